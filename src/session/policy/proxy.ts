import { InvalidOption, ProxyError } from '../errors.ts'
import { type RequestTarget, readUserinfo } from '../head/target.ts'
import { maskUrl } from '../mask.ts'
import { describeValue, isRecord } from '../options/check-options.ts'
import { basicHeader } from './auth.ts'
import { bypassesProxy } from './no-proxy.ts'

/**
 * Proxies by what they are for: `http`, `https`, `all`, or one host, on any port, as `https://host` or `all://host` (the
 * most exact one wins); null is none. A proxy is a URL: `http://user:password@host:3128`, `https://…`, `socks5://…` (names are
 * resolved here) or `socks5h://…` (by the proxy). One URL alone is for everything.
 * @example { https: 'http://proxy.corp:3128', 'https://internal.corp': null }
 */
export type ProxiesInput = false | string | URL | { readonly [selector: string]: string | URL | null | undefined }

/** One proxy, taken apart. */
export type ProxyServer = {
  /** socks5 resolves names here, socks5h at the proxy. */
  readonly kind: 'http' | 'https' | 'socks5' | 'socks5h'
  /** Without brackets. */
  readonly hostname: string
  /** The URL's, else 80, 443 or 1080 by kind. */
  readonly port: number
  /** Decoded; null when the URL has none. */
  readonly credentials: { readonly username: string; readonly password: string } | null
  /** For messages: without credentials. */
  readonly shown: string
  /** Tells proxies apart, credentials included. */
  readonly key: string
}

/** One source of proxies: the call, the session or the environment. `none` ends the search. */
export type ProxyLayer = {
  readonly none: boolean
  readonly bySelector: ReadonlyMap<string, ProxyServer | null>
  readonly noProxy: string
}

/** Bytes that a SOCKS5 frame can announce in one byte of length: name, user and password each have one. */
export const SOCKS_FIELD_BYTES = 255

const DEFAULT_PORTS = { http: 80, https: 443, socks5: 1080, socks5h: 1080 }

/** Reads the proxies of a call or session. @throws InvalidOption when one is no proxy URL */
export function readProxies(input: ProxiesInput): ProxyLayer {
  if (input === false) return { none: true, bySelector: new Map(), noProxy: '' }
  const entries = typeof input === 'string' || input instanceof URL ? { all: input } : input
  if (!isRecord(entries)) throw unreadable('proxies', PROXIES, input)
  const bySelector = new Map<string, ProxyServer | null>()
  for (const [selector, url] of Object.entries(entries)) {
    if (url === undefined) continue
    const path = `proxies.${maskUrl(selector)}`
    const key = readSelector(selector)
    if (key === undefined) throw new InvalidOption([{ path, expected: SELECTORS, received: 'another selector' }])
    if (url !== null && typeof url !== 'string' && !(url instanceof URL)) throw unreadable(path, PROXY_URL, url)
    bySelector.set(key, url === null ? null : readProxy(String(url), path))
  }
  return { none: false, bySelector, noProxy: '' }
}

/**
 * Reads the proxies of the environment: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`; lower case wins over upper.
 * HTTP_PROXY is not read in a CGI process, where a request's Proxy header would set it.
 */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): ProxyLayer {
  const bySelector = new Map<string, ProxyServer | null>()
  for (const selector of ['http', 'https', 'all']) {
    const upper =
      selector === 'http' && environment.REQUEST_METHOD !== undefined ? undefined : `${selector.toUpperCase()}_PROXY`
    const url = environment[`${selector}_proxy`] ?? (upper === undefined ? undefined : environment[upper])
    if (url === undefined || url === '') continue
    bySelector.set(selector, readProxy(url.includes('://') ? url : `http://${url}`, `${selector}_proxy`))
  }
  return { none: false, bySelector, noProxy: environment.no_proxy ?? environment.NO_PROXY ?? '' }
}

/** The proxy for a target: the first layer that has an answer gives it; null is a direct connection. */
export function chooseProxy(target: RequestTarget, layers: readonly ProxyLayer[]): ProxyServer | null {
  const scheme = target.secure ? 'https' : 'http'
  const selectors = [`${scheme}://${target.hostname}`, scheme, `all://${target.hostname}`, 'all']
  for (const { none, bySelector, noProxy } of layers) {
    if (none) return null
    const selector = selectors.find((one) => bySelector.has(one))
    if (selector === undefined) continue
    return noProxy !== '' && bypassesProxy(target, noProxy) ? null : (bySelector.get(selector) ?? null)
  }
  return null
}

/** The Proxy-Authorization header, or undefined when the proxy asks for nothing. */
export function proxyAuthorization(proxy: ProxyServer): string | undefined {
  return proxy.credentials === null ? undefined : basicHeader(proxy.credentials.username, proxy.credentials.password)
}

/** The error for a proxy that asks for credentials, or refuses those it was given. */
export function proxyAuthError({ shown, kind, credentials }: ProxyServer): ProxyError {
  const advice =
    credentials === null
      ? `wants credentials: put them into its URL (${kind}://user:password@host:port)`
      : 'refuses the user and password in its URL: correct them'
  return new ProxyError(`The proxy ${shown} ${advice}`, { code: 'PROXY_AUTH' })
}

const PROXY_URL = 'an http, https, socks5 or socks5h URL'
const PROXIES = `false, ${PROXY_URL}, or an object of them by what they are for`

function unreadable(path: string, expected: string, value: unknown): InvalidOption {
  return new InvalidOption([{ path, expected, received: describeValue(value) }])
}

const SELECTORS = 'http, https, all, or one of them with ://host (no port, no user, no *)'

/** A selector as targets are looked up by it: the host as URLs have it. Undefined for one that selects nothing. */
function readSelector(selector: string): string | undefined {
  const [, scheme = '', host] = /^(https?|all)(?::\/\/([^/]+))?\/?$/i.exec(selector) ?? []
  if (host === undefined) return scheme === '' ? undefined : scheme.toLowerCase()
  const url = URL.parse(`http://${host}/`)
  // A port that is there and 80 is left out by the parser.
  const isHost = url !== null && url.username === '' && url.password === '' && !/\*|:\d*$/.test(host)
  return isHost ? `${scheme.toLowerCase()}://${hostOf(url)}` : undefined
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function readProxy(text: string, path: string): ProxyServer {
  const url = URL.parse(text)
  const kind = url?.protocol.slice(0, -1)
  if (url === null || url.hostname === '' || !isKind(kind)) {
    throw new InvalidOption([{ path, expected: PROXY_URL, received: 'another' }])
  }
  const hostname = hostOf(url)
  const port = url.port === '' ? DEFAULT_PORTS[kind] : Number(url.port)
  const credentials = readUserinfo(url)
  if (kind.startsWith('socks5') && !fitsSocks(credentials)) {
    const expected = `a user and a password of at most ${SOCKS_FIELD_BYTES} bytes each, as SOCKS5 has them`
    throw new InvalidOption([{ path, expected, received: 'a longer one' }])
  }
  return { kind, hostname, port, credentials, shown: `${kind}://${url.hostname}:${port}`, key: url.href }
}

function fitsSocks(credentials: ProxyServer['credentials']): boolean {
  return Object.values(credentials ?? {}).every((text) => Buffer.byteLength(text) <= SOCKS_FIELD_BYTES)
}

function isKind(kind: string | undefined): kind is ProxyServer['kind'] {
  return kind === 'http' || kind === 'https' || kind === 'socks5' || kind === 'socks5h'
}
