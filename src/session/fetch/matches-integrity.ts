import { hash } from 'node:crypto'

const ALGORITHMS = ['sha256', 'sha384', 'sha512']

/**
 * Subresource Integrity: true when the bytes have one of the hashes of the strongest algorithm named, and when no
 * algorithm that is known is named at all (W3C SRI, 3.3.4 and 3.3.5).
 */
export function matchesIntegrity(bytes: Uint8Array, integrity: string): boolean {
  const named = integrity.split(/[\t\n\f\r ]+/).flatMap((item) => {
    const [, algorithm = '', expected = ''] = /^(sha256|sha384|sha512)-?([^?]*)/i.exec(item) ?? []
    return algorithm === '' ? [] : [{ algorithm: algorithm.toLowerCase(), expected: plainBase64(expected) }]
  })
  const strongest = ALGORITHMS.findLast((algorithm) => named.some((one) => one.algorithm === algorithm))
  if (strongest === undefined) return true
  const actual = plainBase64(hash(strongest, bytes, 'base64'))
  return named.some(({ algorithm, expected }) => algorithm === strongest && expected === actual)
}

/** Both alphabets and any padding are allowed. */
function plainBase64(text: string): string {
  return text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '')
}
