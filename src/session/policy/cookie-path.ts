import type { RequestTarget } from '../head/target.ts'

/** Nothing to do in most paths: characters that stand for themselves, and no escape. */
const PLAIN = /^[A-Za-z0-9_\-.~!$&'()*+,;=:@/]*$/

/**
 * A path in the one form in which paths are compared: `/my app`, `/my%20app` and `/%6dy%20app` are one path, `/a/b` and
 * `/a%2Fb` are two. RFC 6265 compares bytes, but those of a Path attribute need not be escaped as a URL's are.
 */
export function normalizeCookiePath(path: string): string {
  if (PLAIN.test(path)) return path
  return path
    .toWellFormed()
    .replace(/%([0-9A-Fa-f]{2})|[^A-Za-z0-9_\-.~!$&'()*+,;=:@/%]/gu, (found, hex: string | undefined) =>
      hex === undefined ? encodeURIComponent(found) : normalizeEscape(hex),
    )
}

/** The URL to ask tough-cookie about: it decodes the path once before it compares, and is to compare this form of it. */
export function cookieUrl(target: Pick<RequestTarget, 'origin' | 'pathname'>): string {
  return target.origin + normalizeCookiePath(target.pathname).replaceAll('%', '%25')
}

/** Where the cookies of a response belong that do not say it: the folder of its path (RFC 6265, 5.1.4). */
export function defaultCookiePath({ pathname }: Pick<RequestTarget, 'pathname'>): string {
  return pathname.slice(0, pathname.lastIndexOf('/')) || '/'
}

function normalizeEscape(hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16))
  return /[A-Za-z0-9_\-.~]/.test(character) ? character : `%${hex.toUpperCase()}`
}
