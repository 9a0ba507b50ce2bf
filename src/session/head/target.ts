import { InvalidUrl } from '../errors.ts'
import { maskUrl } from '../mask.ts'
import { describeValue } from '../options/check-options.ts'
import { readHeaderUrl } from './header-text.ts'

/** A URL that can be requested, parsed once and taken apart for everything that needs a part of it. */
export type RequestTarget = {
  /** The URL without userinfo, with its fragment. */
  readonly href: string
  /** Scheme, host and port. */
  readonly origin: string
  readonly secure: boolean
  /** Host without brackets, lower case. */
  readonly hostname: string
  readonly port: number
  /** Path and query, as the request line has them. */
  readonly path: string
  readonly pathname: string
  /** With its `#`, or empty. */
  readonly fragment: string
  /** Decoded, or null when the URL has no userinfo. */
  readonly userinfo: { readonly username: string; readonly password: string } | null
}

/** What a URL parser takes no notice of: it would hide a scheme from us, and with it a user and password. */
const IGNORED = /^[\0- ]+|[\0- ]+$|[\t\n\r]/g

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i

/**
 * Reads a URL. With a base, a relative URL is appended to the base's path: `/users` on `https://host/v1` is
 * `https://host/v1/users`, and no relative URL can leave the base's host.
 * @throws InvalidUrl when it is no absolute http or https URL
 */
export function readTarget(url: string | URL, baseUrl?: string): RequestTarget {
  const text = typeof url === 'string' ? url.replace(IGNORED, '') : (url as Partial<URL> | null | undefined)?.href
  if (typeof text !== 'string')
    throw new InvalidUrl(`A URL is text or a URL, not ${describeValue(url)}`, { code: 'INVALID_URL' })
  if (ABSOLUTE.test(text)) return makeTarget(parse(text, 'an absolute http(s) URL'))
  if (baseUrl === undefined) throw invalid(text, 'an absolute http(s) URL (or set baseUrl on the session)')
  // What looks like another host is a path below the base, but nobody means a password to be one.
  if (/^[/\\]{2,}[^/\\?#]*@/.test(text)) throw invalid(text, 'a path, or an absolute http(s) URL')
  return makeTarget(parse(joinUrl(baseUrl, text), 'a path'))
}

/** Appends a relative URL to a base URL; the base's own query and fragment are dropped. */
export function joinUrl(baseUrl: string, relative: string): string {
  const base = baseUrl.replace(/[?#].*$/s, '')
  if (relative === '' || /^[?#]/.test(relative)) return base + relative
  return `${base.replace(/\/+$/, '')}/${relative.replace(/^[/\\]+/, '')}`
}

/** Resolves a Location header against the URL that it came from; the fragment is inherited (RFC 9110, 10.2.2). */
export function resolveLocation(location: string, from: RequestTarget): RequestTarget {
  let url: URL
  try {
    url = new URL(readHeaderUrl(location), from.href)
  } catch (cause) {
    throw invalid(location, 'a URL in the Location header', cause)
  }
  if (url.hash === '') url.hash = from.fragment
  return makeTarget(checkScheme(url, location))
}

/** Takes a parsed URL apart. */
function makeTarget(url: URL): RequestTarget {
  const secure = url.protocol === 'https:'
  // A `?` with nothing behind it is part of the URL, and of any signature over it.
  const query = url.search === '' && url.href.at(-1 - url.hash.length) === '?' ? '?' : url.search
  const path = url.pathname + query
  return {
    href: url.origin + path + url.hash,
    origin: url.origin,
    secure,
    hostname: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path,
    pathname: url.pathname,
    fragment: url.hash,
    userinfo: readUserinfo(url),
  }
}

/** User and password of a URL, decoded, or null when it has neither. A `%` that begins no escape stands for itself. */
export function readUserinfo({ username, password }: Pick<URL, 'username' | 'password'>): RequestTarget['userinfo'] {
  return username === '' && password === '' ? null : { username: decode(username), password: decode(password) }
}

/** The same target with this appended to its query. */
export function appendQuery(target: RequestTarget, query: string): RequestTarget {
  if (query === '') return target
  const path = target.path + (target.path.includes('?') ? (target.path.endsWith('?') ? '' : '&') : '?') + query
  return { ...target, path, href: target.origin + path + target.fragment }
}

function parse(text: string, expected: string): URL {
  try {
    return checkScheme(new URL(text), text)
  } catch (cause) {
    throw cause instanceof InvalidUrl ? cause : invalid(text, expected)
  }
}

function checkScheme(url: URL, text: string): URL {
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  throw invalid(text, 'http: or https:')
}

function invalid(text: string, expected: string, cause?: unknown): InvalidUrl {
  // The platform's own error holds the whole input, userinfo included, so it is not kept as the cause.
  const reason = cause === undefined ? '' : ' (it cannot be parsed)'
  return new InvalidUrl(`"${maskUrl(text)}" cannot be requested: expected ${expected}${reason}`, {
    code: 'INVALID_URL',
  })
}

function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}
