import { type CertificateOptions, type Credentials, issueCertificate } from './issue-certificate.ts'

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

const dayMs = 24 * 3_600_000

/** Makes a fresh CA and everything that it signs. */
export async function makeCertificates(): Promise<Certificates> {
  // From yesterday on: a clock that runs a little behind ours must not find a certificate "not yet valid".
  const inTime = daysFromNow(-1, 365)
  const ca = await issueCertificate({ commonName: 'sessionbench fixture CA', use: 'authority', ...inTime })
  const local = { commonName: 'localhost', use: 'server', hosts: ['localhost', '127.0.0.1', '::1'], ...inTime } as const
  const issue = async (options: CertificateOptions): Promise<Credentials> => {
    // Only what is plain data goes to other threads.
    const { cert, key } = await issueCertificate(options)
    return { cert, key }
  }
  const [leaf, expired, wrongHost, selfSigned, client] = await Promise.all([
    issue({ ...local, ca }),
    issue({ ...local, ca, ...daysFromNow(-30, -1) }),
    issue({ ...local, ca, commonName: 'wrong.host.test', hosts: ['wrong.host.test'] }),
    issue(local),
    issue({ commonName: 'fixture client', use: 'client', ...inTime, ca }),
  ])
  return { ca: ca.cert, leaf, expired, wrongHost, selfSigned, client }
}

function daysFromNow(first: number, last: number): Pick<CertificateOptions, 'notBefore' | 'notAfter'> {
  return { notBefore: new Date(Date.now() + first * dayMs), notAfter: new Date(Date.now() + last * dayMs) }
}
