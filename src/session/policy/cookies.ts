import { Cookie, CookieJar, MemoryCookieStore, type SerializedCookieJar } from 'tough-cookie'
import { InvalidOption } from '../errors.ts'
import { readHeaderUrl } from '../head/header-text.ts'
import { type RequestTarget, readTarget } from '../head/target.ts'
import { checkOptions } from '../options/check-options.ts'
import { messageOf } from '../thrown.ts'
import { COOKIE_CHECKS } from './cookie-checks.ts'
import { cookieUrl, defaultCookiePath, normalizeCookiePath } from './cookie-path.ts'
import { type SetCookie, SettledLines } from './settled-lines.ts'

/** A stored cookie as it is shown. `expires` is null for a session cookie. */
export type StoredCookie = {
  /** As it was set; names are case-sensitive. */
  readonly name: string
  /** As it is sent. A credential, often. */
  readonly value: string
  /** The host, or the domain whose subdomains get it too. */
  readonly domain: string
  /** Sent to this path and what is under it; escaped as in URLs. */
  readonly path: string
  /** True: over https only. */
  readonly secure: boolean
  /** True: set with HttpOnly, which has no meaning here. */
  readonly httpOnly: boolean
  /** 'strict', 'lax', 'none', or null when it was not said. */
  readonly sameSite: string | null
  /** When it ends; null: with the session. */
  readonly expires: Date | null
}

/** Where a cookie belongs. One of `url` and `domain` is needed, unless the session has a `baseUrl`. */
export type CookieOptions = {
  /** The cookie is set as if this URL had answered with it. @default the session's baseUrl */
  readonly url?: string | URL | undefined
  /** Sends the cookie to subdomains of this domain as well. */
  readonly domain?: string | undefined
  /** Begins with a slash. @default '/' */
  readonly path?: string | undefined
  /** @default false */
  readonly secure?: boolean | undefined
  /** @default false */
  readonly httpOnly?: boolean | undefined
  /** Kept and shown; a session has no site of its own to compare with. @default none */
  readonly sameSite?: 'strict' | 'lax' | 'none' | undefined
  /** When it ends. @default with the session */
  readonly expires?: Date | undefined
  /** Ends after so many seconds; wins over `expires`. @default none */
  readonly maxAgeSeconds?: number | undefined
}

/** A jar as JSON, as `toJSON` gives it (the format of tough-cookie). */
export type CookiesJSON = SerializedCookieJar

type CachedHeader = { readonly header: string; readonly expiresAtMs: number }

/** Paths of one site that are remembered before the cache starts anew: a bound on memory, not a tuning knob. */
const MAX_CACHED_HEADERS = 1_000

/**
 * The cookies of a session: RFC 6265 in strict mode, public suffixes refused.
 * @example session.cookies.set('theme', 'dark', { url: 'https://example.com/' })
 */
export class Cookies {
  #jar: CookieJar | undefined
  readonly #baseUrl: string | undefined
  // Asking the jar costs more than a request on a kept connection, so the header is kept until the jar changes or a
  // cookie in it expires.
  readonly #headers = new Map<string, CachedHeader>()
  readonly #settled = new SettledLines()

  /** A session makes its own; alone it is a jar to fill. `saved` is what `toJSON` gave. */
  constructor(baseUrl?: string, saved?: CookiesJSON) {
    this.#baseUrl = baseUrl
    if (saved === undefined) return
    const jar = openJar()
    for (const one of saved.cookies) {
      const cookie = Cookie.fromJSON(one)
      if (cookie === undefined) continue
      cookie.path = normalizeCookiePath(cookie.path ?? '/')
      jar.store.putCookie(cookie, () => {})
    }
    this.#jar = jar
  }

  /** The Cookie header for a request, or empty. */
  header(target: RequestTarget): string {
    if (this.#jar === undefined) return ''
    const key = target.origin + target.pathname
    const cached = this.#headers.get(key)
    if (cached !== undefined && (cached.expiresAtMs === Infinity || cached.expiresAtMs > Date.now()))
      return cached.header
    return this.#readHeader(this.#jar, target, key)
  }

  /** Stores the Set-Cookie lines of a response; lines that RFC 6265 refuses are dropped. */
  store(target: RequestTarget, setCookie: readonly string[]): void {
    const { hostname, secure } = target
    const source = { hostname, secure, defaultPath: defaultCookiePath(target) }
    for (const line of setCookie) {
      if (this.#settled.has(line, source)) continue
      this.#settled.add(line, source, storeLine(this.#open(), line, target))
      this.#headers.clear()
    }
  }

  /** The value of the first cookie of that name (that would be sent to `url`, when given), or undefined. */
  get(name: string, url?: string | URL): string | undefined {
    return this.getAll(url).find((cookie) => cookie.name === name)?.value
  }

  /**
   * Stores a cookie.
   * @throws InvalidOption when name, value, place or end is not acceptable
   * @example session.cookies.set('theme', 'dark', { domain: 'example.com', maxAgeSeconds: 3600 })
   */
  set(name: string, value: string, options: CookieOptions = {}): void {
    checkOptions(options, COOKIE_CHECKS, 'cookies', 'cookies')
    // A leading dot says nothing (RFC 6265, 5.2.3).
    const domain = options.domain?.replace(/^\./, '').toLowerCase()
    const place = options.url ?? (domain === undefined ? this.#baseUrl : `https://${domain}/`)
    if (place === undefined) throw refused('url', 'url or domain (the session has no baseUrl)', 'neither')
    const target = readTarget(place)
    if (!isCookieName(name)) throw refused('name', 'a cookie name (RFC 6265 token)', 'another')
    if (!isCookieValue(value)) {
      throw refused('value', 'a cookie value (ASCII without space, comma, semicolon, quote and backslash)', 'another')
    }
    const cookie = new Cookie({
      key: name,
      value,
      path: normalizeCookiePath(options.path ?? '/'),
      secure: options.secure ?? false,
      httpOnly: options.httpOnly ?? false,
      ...(domain === undefined ? {} : { domain }),
      ...(options.sameSite === undefined ? {} : { sameSite: options.sameSite }),
      ...(options.expires === undefined ? {} : { expires: options.expires }),
      ...(options.maxAgeSeconds === undefined ? {} : { maxAge: options.maxAgeSeconds }),
    })
    try {
      this.#open().setCookieSync(cookie, cookieUrl(target))
    } catch (error) {
      throw refused('cookie', 'a cookie that its domain may set', messageOf(error))
    }
    this.#forget()
  }

  /** Every cookie, or those that would be sent to `url`. */
  getAll(url?: string | URL): readonly StoredCookie[] {
    if (this.#jar === undefined) return []
    if (url === undefined) return allCookies(this.#jar).map(describeCookie)
    const target = readTarget(url, this.#baseUrl)
    return this.#jar.getCookiesSync(cookieUrl(target)).map(describeCookie)
  }

  /** Deletes every cookie of that name, of that domain and path when given. Returns how many there were. */
  delete(name: string, where: { readonly domain?: string; readonly path?: string } = {}): number {
    const path = where.path === undefined ? undefined : normalizeCookiePath(where.path)
    const doomed = this.getAll().filter(
      (cookie) =>
        cookie.name === name &&
        (where.domain === undefined || cookie.domain === where.domain) &&
        (path === undefined || cookie.path === path),
    )
    for (const one of doomed) this.#open().store.removeCookie(one.domain, one.path, name, () => {})
    this.#forget()
    return doomed.length
  }

  /** Deletes every cookie. */
  clear(): void {
    this.#jar = undefined
    this.#forget()
  }

  /** The number of cookies. */
  get size(): number {
    return this.#jar === undefined ? 0 : allCookies(this.#jar).length
  }

  /** The whole jar, values included, for saving: `new Session({ cookies: JSON.parse(text) })` reads it back. */
  toJSON(): CookiesJSON {
    return this.#open().serializeSync() as CookiesJSON
  }

  /** In the console: names and places, no values. */
  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.getAll().map(({ name, domain, path }) => `${name}=*** (${domain}${path})`)
  }

  /** The jar has changed. */
  #forget(): void {
    this.#headers.clear()
    this.#settled.clear()
  }

  #open(): CookieJar {
    this.#jar ??= openJar()
    return this.#jar
  }

  #readHeader(jar: CookieJar, target: RequestTarget, key: string): string {
    const cookies = jar.getCookiesSync(cookieUrl(target))
    const header = cookies.map((cookie) => cookie.cookieString()).join('; ')
    const expiresAtMs = cookies.reduce((first, cookie) => Math.min(first, cookie.expiryTime() ?? Infinity), Infinity)
    if (this.#headers.size >= MAX_CACHED_HEADERS) this.#headers.clear()
    this.#headers.set(key, { header, expiresAtMs })
    return header
  }
}

/** True for what RFC 6265 lets a server name a cookie. */
export function isCookieName(name: string): boolean {
  return typeof name === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)
}

/** True for ASCII without space, comma, semicolon, quote and backslash (RFC 6265, 4.1.1). */
export function isCookieValue(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value)
}

/** A strict jar: a Secure cookie never goes over http, not even to this machine. */
function openJar(): CookieJar {
  return new CookieJar(new MemoryCookieStore(), { looseMode: false, allowSecureOnLocal: false })
}

/** Stores one Set-Cookie line; null when RFC 6265 refuses it. */
function storeLine(jar: CookieJar, line: string, target: RequestTarget): SetCookie | null {
  const parsed = Cookie.parse(line)
  if (parsed === undefined) return null
  if (parsed.path?.startsWith('/')) parsed.path = normalizeCookiePath(readHeaderUrl(parsed.path))
  const stored = jar.setCookieSync(parsed, cookieUrl(target), { ignoreError: true })
  if (stored === undefined) return null
  const { key, domain, path, pathIsDefault } = stored
  return { name: key, domain: domain ?? '', path: path ?? '/', hasDefaultPath: pathIsDefault === true }
}

/** Adds a call's own cookies to the jar's header; the call's win. */
export function joinCookies(header: string, call: Readonly<Record<string, string>>): string {
  const isReplaced = (pair: string) => Object.hasOwn(call, pair.slice(0, pair.indexOf('=')))
  const kept = header === '' ? [] : header.split('; ').filter((pair) => !isReplaced(pair))
  return [...kept, ...Object.entries(call).map(([name, value]) => `${name}=${value}`)].join('; ')
}

function allCookies(jar: CookieJar): readonly Cookie[] {
  let all: readonly Cookie[] = []
  jar.store.getAllCookies((_error, cookies) => {
    all = cookies ?? []
  })
  return all.filter((cookie) => (cookie.expiryTime() ?? Infinity) > Date.now())
}

function describeCookie(cookie: Cookie): StoredCookie {
  const expiresAtMs = cookie.expiryTime() ?? Infinity
  return {
    name: cookie.key,
    value: cookie.value,
    domain: cookie.domain ?? '',
    path: cookie.path ?? '/',
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    sameSite: cookie.sameSite ?? null,
    expires: expiresAtMs === Infinity ? null : new Date(expiresAtMs),
  }
}

function refused(path: string, expected: string, received: string): InvalidOption {
  return new InvalidOption([{ path: `cookies.${path}`, expected, received }])
}
