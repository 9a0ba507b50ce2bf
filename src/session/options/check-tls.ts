import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { InvalidOption, type OptionProblem } from '../errors.ts'
import { messageOf } from '../thrown.ts'
import { secureContextOf, type TlsOptions } from '../wire/open-socket.ts'
import { describeValue } from './check-options.ts'

/**
 * Reads certificates and key when they are given, once for each set of them: the first connection would only say that something is
 * wrong, and of an authority that cannot be read or of an empty text Node says nothing at all.
 * @throws InvalidOption that lists each that cannot be used
 */
export function checkTls(tls: TlsOptions): void {
  const { ca, cert, key } = tls
  if (ca === undefined && cert === undefined && key === undefined) return
  secureContextOf(tls, () => {
    const problems = findProblems(tls)
    if (problems.length > 0) throw new InvalidOption(problems)
  })
}

function findProblems({ ca, cert, key, passphrase }: TlsOptions): OptionProblem[] {
  const authorities: readonly (string | Buffer)[] = typeof ca === 'string' || Buffer.isBuffer(ca) ? [ca] : (ca ?? [])
  const problems = [
    ...authorities.flatMap((one) => problemOf('ca', one, 'certificates in PEM', () => readCertificates(one))),
    ...problemOf('cert', cert, 'a certificate in PEM', () => load({ cert })),
    ...problemOf('key', key, `a private key in PEM${passphrase === undefined ? '' : ' that passphrase opens'}`, () =>
      load({ key, passphrase }),
    ),
  ]
  if (problems.length > 0) return problems
  return problemOf('key', key, 'the private key of cert', () => load({ cert, key, passphrase }))
}

function problemOf(
  path: string,
  value: string | Buffer | undefined,
  expected: string,
  read: () => void,
): OptionProblem[] {
  if (value === undefined) return []
  try {
    if (value.length === 0) throw new Error('it is empty')
    read()
    return []
  } catch (error) {
    return [{ path, expected: `${expected} (${messageOf(error)})`, received: describeValue(value) }]
  }
}

function load(
  options: { readonly [Name in keyof SecureContextOptions]: SecureContextOptions[Name] | undefined },
): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  createSecureContext(Object.fromEntries(given) as SecureContextOptions)
}

/** Node takes the certificates up to the first that it cannot read, and passes over the rest. */
function readCertificates(pem: string | Buffer): void {
  const blocks = pem.toString('latin1').split(/^(?=-----BEGIN )/m)
  const certificates = blocks.filter((block) => /^-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(block))
  if (certificates.length === 0) throw new Error('no certificate begins in it')
  for (const certificate of certificates) new X509Certificate(certificate)
}
