import { X509Certificate } from 'node:crypto'
import tls from 'node:tls'
import { UsageError } from '../bench-error.ts'
import type { TargetAccess } from '../scenario/target-access.ts'

type CertificateCalls = 'getCACertificates' | 'setDefaultCACertificates'
/** From Node 22.19 and 24.5 on; a client that is given its target's access needs none of it. */
const { getCACertificates, setDefaultCACertificates } = tls as Partial<Pick<typeof tls, CertificateCalls>>

const switchOff = 'NODE_TLS_REJECT_UNAUTHORIZED'

/**
 * Lets every client that goes by Node's own settings trust a target of the user's own, as those do that are given its access:
 * fetch, undici, node:https and what is built on them. `env`: that of the process that they live in. Returns the way back.
 * @throws UsageError for a CA that cannot be read
 */
export function trustTarget({ ca, verify }: TargetAccess, env: NodeJS.ProcessEnv): () => void {
  const known = ca === undefined ? undefined : getCACertificates?.('default')
  if (ca !== undefined) checkAuthority(ca)
  if (ca !== undefined && known !== undefined) setDefaultCACertificates?.([...known, ca])
  const before = env[switchOff]
  if (verify === false) env[switchOff] = '0'
  return () => {
    if (known !== undefined) setDefaultCACertificates?.(known)
    if (verify === false && before === undefined) delete env[switchOff]
    else if (verify === false) env[switchOff] = before
  }
}

function checkAuthority(ca: string): void {
  try {
    new X509Certificate(ca)
  } catch (error) {
    throw new UsageError(
      `the CA of the target (--ca) holds no certificate that can be read: ${(error as Error).message}`,
    )
  }
}
