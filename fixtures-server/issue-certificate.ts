import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import { BitString, Integer, OctetString, Utf8String } from 'asn1js'
import {
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  Time,
  TimeType,
} from 'pkijs'

/** A certificate and its private key, both PEM. */
export interface Credentials {
  readonly cert: string
  readonly key: string
}

/** What was issued, with what it takes to sign others by it. */
export interface Issued extends Credentials {
  readonly certificate: Certificate
  readonly privateKey: webcrypto.CryptoKey
  readonly keyId: OctetString
}

export interface CertificateOptions {
  readonly commonName: string
  readonly use: 'authority' | 'server' | 'client'
  /** Names and addresses that it is for. @default none */
  readonly hosts?: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
  /** Whose word it is. @default its own */
  readonly ca?: Issued | undefined
}

/** Makes an X.509 certificate (RFC 5280) with a fresh key of its own (EC P-256, signed with SHA-256). */
export async function issueCertificate({
  commonName,
  notBefore,
  notAfter,
  ...options
}: CertificateOptions): Promise<Issued> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const certificate = new Certificate()
  certificate.version = 2
  certificate.serialNumber = new Integer({ valueHex: toBuffer(makeSerialNumber()) })
  certificate.notBefore = timeOf(notBefore)
  certificate.notAfter = timeOf(notAfter)
  certificate.subject.typesAndValues.push(
    new AttributeTypeAndValue({ type: ids.commonName, value: new Utf8String({ value: commonName }) }),
  )
  certificate.issuer = options.ca?.certificate.subject ?? certificate.subject
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey)
  const keyId = await identify(keys.publicKey)
  certificate.extensions = makeExtensions(keyId, options)
  await certificate.sign(options.ca?.privateKey ?? keys.privateKey, 'SHA-256')
  return {
    ...{ certificate, privateKey: keys.privateKey, keyId },
    cert: toPem('CERTIFICATE', certificate.toSchema().toBER()),
    key: toPem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
  }
}

/** Object identifiers of X.520 and RFC 5280. */
const ids = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const

/** keyCertSign and cRLSign, or digitalSignature: bits from the left. */
const keyUsages = { authority: 0b0000_0110, leaf: 0b1000_0000 }

function makeExtensions(
  keyId: OctetString,
  { use, hosts = [], ca }: Pick<CertificateOptions, 'use' | 'hosts' | 'ca'>,
): Extension[] {
  const isAuthority = use === 'authority'
  const bits = Uint8Array.of(isAuthority ? keyUsages.authority : keyUsages.leaf)
  const purpose = use === 'client' ? ids.clientAuth : ids.serverAuth
  return [
    extend(ids.basicConstraints, new BasicConstraints({ cA: isAuthority }).toSchema(), true),
    extend(ids.keyUsage, new BitString({ valueHex: toBuffer(bits), unusedBits: isAuthority ? 1 : 7 }), true),
    // Strict clients (Python's since 3.13) want to be told by which key a certificate was signed.
    extend(ids.subjectKeyIdentifier, keyId),
    extend(ids.authorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier: ca?.keyId ?? keyId }).toSchema()),
    ...(isAuthority ? [] : [extend(ids.extKeyUsage, new ExtKeyUsage({ keyPurposes: [purpose] }).toSchema())]),
    ...(hosts.length === 0
      ? []
      : [extend(ids.subjectAltName, new GeneralNames({ names: hosts.map(nameHost) }).toSchema())]),
  ]
}

function extend(extnID: string, value: { toBER(): ArrayBuffer }, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER() })
}

function nameHost(host: string): GeneralName {
  const octets = octetsOf(host)
  return octets === undefined
    ? new GeneralName({ type: 2, value: host })
    : new GeneralName({ type: 7, value: new OctetString({ valueHex: toBuffer(octets) }) })
}

/** An address as certificates have it; undefined for a name. */
function octetsOf(host: string): Uint8Array | undefined {
  const family = isIP(host)
  if (family === 0) return undefined
  if (family === 4) return Uint8Array.from(host.split('.'), Number)
  // A URL has every IPv6 address in its one short form.
  const [head, tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::').map(groupsOf)
  const [first, last] = [head ?? [], tail ?? []]
  const groups = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

/** UTCTime has two digits for the year: from 2050 on it is GeneralizedTime (RFC 5280, section 4.1.2.5). */
function timeOf(value: Date): Time {
  return new Time({ value, type: value.getUTCFullYear() >= 2_050 ? TimeType.GeneralizedTime : TimeType.UTCTime })
}

/** By a digest of the key (RFC 7093, method 1). */
async function identify(key: webcrypto.CryptoKey): Promise<OctetString> {
  const raw = await webcrypto.subtle.exportKey('raw', key)
  const digest = await webcrypto.subtle.digest('SHA-256', raw)
  return new OctetString({ valueHex: digest.slice(0, 20) })
}

/** Above zero, without a leading zero octet. */
function makeSerialNumber(): Uint8Array {
  const octets = randomBytes(16)
  octets[0] = ((octets[0] as number) & 0x3f) | 0x40
  return octets
}

function toBuffer(octets: Uint8Array): ArrayBuffer {
  return Uint8Array.from(octets).buffer
}

function toPem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
