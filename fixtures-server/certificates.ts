import { generate } from 'selfsigned'

/** A certificate and its private key, both PEM. */
export interface Credentials {
  readonly cert: string
  readonly key: string
}

/** What the TLS listener needs: the CA that clients trust and a leaf that it signed. */
export interface Certificates {
  readonly ca: string
  readonly leaf: Credentials
}

type GenerateOptions = NonNullable<Parameters<typeof generate>[1]>

const curve = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
// A clock that runs a little behind ours must not find the certificate "not yet valid".
const backdatedMs = 24 * 3_600_000

/** Makes a fresh CA and a leaf for localhost, 127.0.0.1 and ::1 (EC P-256): about 80 ms. */
export async function makeCertificates(): Promise<Certificates> {
  const ca = await issue('sessionbench fixture CA', {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const leaf = await issue('localhost', {
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { ca: ca.cert, leaf }
}

async function issue(commonName: string, options: GenerateOptions): Promise<Credentials> {
  const notBeforeDate = new Date(Date.now() - backdatedMs)
  const made = await generate([{ name: 'commonName', value: commonName }], { ...curve, notBeforeDate, ...options })
  return { cert: made.cert, key: made.private }
}
