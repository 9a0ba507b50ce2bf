import { checkHeader, type HttpHeaders } from '../head/headers.ts'

/** What an auth function sees and may change: the headers are those of the request about to be sent. */
export type AuthRequest = {
  /** Upper case. */
  readonly method: string
  /** The whole URL, without userinfo. */
  readonly url: string
  /** As they will be sent; the signature goes here. */
  readonly headers: HttpHeaders
}

/**
 * Signs a request by setting headers on it; called for every request, redirect hops on the same host included.
 * @example const auth = ({ headers, method, url }) => { headers.set('Authorization', sign(method, url)) }
 */
export type AuthFunction = (request: AuthRequest) => void | Promise<void>

/** An auth that answers challenges: it may know the header beforehand, and may answer a 401. */
export type ChallengeAuth = {
  /** The Authorization header to send at once, or undefined to wait for a challenge. */
  prepare(request: { readonly method: string; readonly path: string; readonly origin: string }): string | undefined
  /** The Authorization header that answers this challenge, or undefined to give up and return the 401. */
  answer(
    challenges: readonly string[],
    request: { readonly method: string; readonly path: string; readonly origin: string },
  ): string | undefined
}

/** `[user, password]` is basic; `{ bearer }` a token; `digest(user, password)` digest; a function is called per request. */
export type Auth =
  | readonly [user: string, password: string]
  | { readonly bearer: string }
  | AuthFunction
  | ChallengeAuth

/** Auth as the pipeline uses it. */
export type ResolvedAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly value: string }
  | { readonly kind: 'function'; readonly sign: AuthFunction }
  | { readonly kind: 'challenge'; readonly scheme: ChallengeAuth }

/** Nobody in particular. */
export const NO_AUTH: ResolvedAuth = Object.freeze({ kind: 'none' })

/** Turns the public forms of auth into the resolved one. @throws InvalidHeader on a token that cannot be sent */
export function resolveAuth(auth: Auth | null | undefined): ResolvedAuth {
  if (auth == null) return NO_AUTH
  if (typeof auth === 'function') return { kind: 'function', sign: auth }
  if (isCredentials(auth)) return basicAuth(auth[0], auth[1])
  if ('bearer' in auth) {
    const value = `Bearer ${auth.bearer}`
    checkHeader('Authorization', value)
    return { kind: 'header', value }
  }
  return { kind: 'challenge', scheme: auth }
}

/** Basic auth, resolved. */
export function basicAuth(user: string, password: string): ResolvedAuth & { readonly kind: 'header' } {
  return { kind: 'header', value: basicHeader(user, password) }
}

/** The Authorization header of basic auth, UTF-8 (RFC 7617). */
export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

function isCredentials(auth: Exclude<Auth, AuthFunction>): auth is readonly [string, string] {
  return Array.isArray(auth)
}
