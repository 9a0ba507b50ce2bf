import { generate } from 'selfsigned'

/** A certificate and its private key, both PEM. */
export interface Credentials {
  readonly cert: string
  readonly key: string
}

/** A CA made for this server, and what it signed: good leaves, and some with one thing wrong each. */
export interface Certificates {
  readonly ca: string
  /** For localhost, 127.0.0.1 and ::1. */
  readonly leaf: Credentials
  /** As `leaf`, but its time is over. */
  readonly expired: Credentials
  /** In its time and signed by the CA, but for another host. */
  readonly wrongHost: Credentials
  /** As `leaf`, but signed by nobody else. */
  readonly selfSigned: Credentials
  /** What a client may show to the listener that asks for a certificate. */
  readonly client: Credentials
}

type GenerateOptions = NonNullable<Parameters<typeof generate>[1]>
type Extensions = NonNullable<GenerateOptions['extensions']>
type AltName = { type: 2; value: string } | { type: 7; ip: string }

const curve = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
const dayMs = 24 * 3_600_000
const localNames: readonly AltName[] = [
  { type: 2, value: 'localhost' },
  { type: 7, ip: '127.0.0.1' },
  { type: 7, ip: '::1' },
]

/** Makes a fresh CA and everything that it signs (EC P-256). */
export async function makeCertificates(): Promise<Certificates> {
  const ca = await issue('sessionbench fixture CA', {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const [leaf, expired, wrongHost, selfSigned, client] = await Promise.all([
    issue('localhost', { ca, extensions: leafFor(localNames) }),
    issue('localhost', { ca, extensions: leafFor(localNames), ...daysFromNow(-30, -1) }),
    issue('wrong.host.test', { ca, extensions: leafFor([{ type: 2, value: 'wrong.host.test' }]) }),
    issue('localhost', { extensions: leafFor(localNames) }),
    issue('fixture client', { ca, extensions: leafFor([], { clientAuth: true }) }),
  ])
  return { ca: ca.cert, leaf, expired, wrongHost, selfSigned, client }
}

function leafFor(altNames: readonly AltName[], use: { clientAuth?: true } = {}): Extensions {
  const names: Extensions = altNames.length > 0 ? [{ name: 'subjectAltName', altNames: [...altNames] }] : []
  return [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', ...(use.clientAuth ? { clientAuth: true } : { serverAuth: true }) },
    ...names,
  ]
}

// From yesterday on: a clock that runs a little behind ours must not find a certificate "not yet valid".
function daysFromNow(first: number, last: number) {
  return { notBeforeDate: new Date(Date.now() + first * dayMs), notAfterDate: new Date(Date.now() + last * dayMs) }
}

async function issue(commonName: string, options: GenerateOptions): Promise<Credentials> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    ...curve,
    ...daysFromNow(-1, 365),
    ...options,
  })
  return { cert: made.cert, key: made.private }
}
