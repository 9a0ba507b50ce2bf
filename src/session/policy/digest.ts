import { createHash, randomBytes } from 'node:crypto'
import { InvalidOption } from '../errors.ts'
import { describeValue } from '../options/check-options.ts'
import type { ChallengeAuth } from './auth.ts'
import { type Challenge, readChallenges } from './challenge.ts'

const HASHES: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-512', 'sha512'],
  ['SHA-512-256', 'sha512-256'],
])

/** Everything that a digest is computed from. */
type DigestInput = {
  readonly user: string
  readonly password: string
  readonly method: string
  /** Path and query, as on the request line. */
  readonly uri: string
  readonly challenge: Challenge
  /** How often this nonce has been used, this time included. */
  readonly nonceCount: number
  readonly cnonce: string
}

/** Computes the Authorization header, or undefined when the challenge asks for what is not supported. Source: RFC 7616, 3.4. */
export function digestHeader(input: DigestInput): string | undefined {
  const { realm = '', nonce, opaque, algorithm = 'MD5' } = input.challenge.params
  const offers = readQop(input.challenge.params.qop)
  const isSession = /-sess$/i.test(algorithm)
  const hashName = HASHES.get(algorithm.replace(/-sess$/i, '').toUpperCase())
  if (hashName === undefined || nonce === undefined || (offers.length > 0 && !offers.includes('auth'))) return undefined
  const hash = (first: string, ...rest: readonly (string | Buffer)[]) =>
    rest.reduce((so, part) => so.update(':').update(part), createHash(hashName).update(first)).digest('hex')
  const { user, cnonce } = input
  const secret = hash(user, asSent(realm), input.password)
  const ha1 = isSession ? hash(secret, asSent(nonce), cnonce) : secret
  const ha2 = hash(input.method, input.uri)
  const nc = input.nonceCount.toString(16).padStart(8, '0')
  const hasQop = offers.length > 0
  const response = hash(ha1, asSent(nonce), ...(hasQop ? [nc, cnonce, 'auth'] : []), ha2)
  const parts = [
    userPart(user),
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(input.uri)}`,
    `response="${response}"`,
    ...(input.challenge.params.algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(hasQop ? ['qop=auth', `nc=${nc}`] : []),
    ...(hasQop || isSession ? [`cnonce="${cnonce}"`] : []),
  ]
  return `Digest ${parts.join(', ')}`
}

/**
 * Digest auth (MD5, SHA-256, SHA-512-256, their -sess forms; qop auth). The nonce of each host is remembered, so that a
 * session pays for the 401 once.
 * @example const session = new Session({ auth: digest('ann', password) })
 */
export function digest(user: string, password: string): ChallengeAuth {
  for (const [path, value] of Object.entries({ user, password }))
    if (typeof value !== 'string') throw new InvalidOption([{ path, expected: 'text', received: describeValue(value) }])
  const known = new Map<string, { readonly challenge: Challenge; count: number }>()
  const sign = (request: { readonly method: string; readonly path: string; readonly origin: string }) => {
    const state = known.get(request.origin)
    if (state === undefined) return undefined
    state.count += 1
    return digestHeader({
      user,
      password,
      method: request.method,
      uri: request.path,
      challenge: state.challenge,
      nonceCount: state.count,
      cnonce: randomBytes(16).toString('hex'),
    })
  }
  return {
    prepare: sign,
    answer(lines, request) {
      for (const challenge of readChallenges(lines)) {
        if (challenge.scheme !== 'digest') continue
        known.set(request.origin, { challenge, count: 0 })
        const header = sign(request)
        if (header !== undefined) return header
      }
      known.delete(request.origin)
      return undefined
    },
  }
}

/** What the server offers; nothing (RFC 2069, which knew no qop) when it says so by an empty list. */
function readQop(qop = ''): readonly string[] {
  return qop
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '')
}

/** The bytes of a header's text, which was read as Latin-1. */
function asSent(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function userPart(user: string): string {
  // Outside ASCII the plain form has no agreed charset (RFC 7616, 3.4.4).
  if (/^[\x20-\x7e]*$/.test(user)) return `username=${quote(user)}`
  return `username*=UTF-8''${encodeURIComponent(user).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)}`
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
