import { maxHeaderSize } from 'node:http'
import { type Hooks, mergeHooks, NO_HOOKS, type ResolvedHooks } from '../call/hooks.ts'
import { defined } from '../defined.ts'
import type { HeadersInput } from '../head/headers.ts'
import type { ParamsInput } from '../head/params.ts'
import type { Auth } from '../policy/auth.ts'
import type { CookiesJSON } from '../policy/cookies.ts'
import { loadNetrc, type NetrcEntry } from '../policy/netrc.ts'
import { type ProxiesInput, type ProxyLayer, readEnvironment, readProxies } from '../policy/proxy.ts'
import { mergeRetry, NO_RETRY, type ResolvedRetry, type RetryOptions } from '../policy/retry.ts'
import type { TlsOptions } from '../wire/open-socket.ts'
import type { ResolvedPool } from '../wire/undici-transport.ts'
import { checkOptions } from './check-options.ts'
import { checkTls } from './check-tls.ts'
import { SESSION_CHECKS } from './session-checks.ts'

/** Timeouts by phase, in ms; 0 is no limit. Each has its own error class. @example { connect: 1_000, headers: 5_000 } */
export type Timeouts = {
  /** DNS, TCP and TLS together. `ConnectTimeout`. @default 10_000 */
  readonly connect?: number | undefined
  /** From the request sent to the response's headers. `HeadersTimeout`. @default 300_000 */
  readonly headers?: number | undefined
  /**
   * Between two pieces of the body. `BodyTimeout`. Also how long somebody who has begun to read a body may take nothing of it
   * while others wait for its connection, or `close()` does: then it is given up, `BodyError` `BODY_UNREAD` (300_000 when 0).
   * @default 300_000
   */
  readonly body?: number | undefined
  /** Waiting for a connection of the pool to come free. `PoolTimeout`. @default 0 */
  readonly pool?: number | undefined
  /** The whole call: redirects, retries, back-off and body. `TotalTimeout`. @default 0 */
  readonly total?: number | undefined
}

/** Timeouts, complete, in ms. */
export type ResolvedTimeouts = { readonly [Phase in keyof Timeouts]-?: number }

/** How connections are kept and shared. @example { connections: 50, keepAliveTimeoutMs: 10_000 } */
export type PoolOptions = {
  /** Connections per origin; further requests wait in order of asking. @default 10 */
  readonly connections?: number | undefined
  /**
   * Requests sent on one connection before its first answer (HTTP/1.1 pipelining). An abort or a timeout of the one whose answer
   * is next ends the connection; those behind it are sent on another. One that is not next ends without it: its answer is thrown
   * away in its turn, 128 KiB and half a second of it at most. @default 1
   */
  readonly pipelining?: number | undefined
  /** An idle connection is closed after this; a shorter hint of the server's wins. @default 4_000 */
  readonly keepAliveTimeoutMs?: number | undefined
  /** Origins with a pool of their own; above, the idle pool that was used longest ago is closed. @default 100 */
  readonly maxOrigins?: number | undefined
  /** A connection is closed after so many requests. @default Infinity */
  readonly maxRequestsPerConnection?: number | undefined
  /**
   * While others wait for a connection: a body that nobody has begun to read for so long is read ahead, up to 1 MiB; a
   * larger one, or one that has not ended after ten times as long (a second at least), is given up with its connection. 0: at once.
   * @default 1_000
   */
  readonly unreadBodyTimeoutMs?: number | undefined
  /** false: when all connections are busy, open an extra one for the request and close it after use. @default true */
  readonly block?: boolean | undefined
}

/** Trust and identity for https. Certificates are PEM, as text or bytes. @example { ca: await readFile('ca.pem') } */
export type TlsSettings = {
  /** Authorities to trust instead of the system's. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined
  /** Client certificate, with its chain. */
  readonly cert?: string | Buffer | undefined
  /** The client certificate's private key. */
  readonly key?: string | Buffer | undefined
  /** Of the private key. */
  readonly passphrase?: string | undefined
  /** false: accept any certificate, whatever the environment says. @default true */
  readonly verify?: boolean | undefined
  /** true: offer HTTP/2. @default false */
  readonly allowH2?: boolean | undefined
}

/** What every call of a session starts from. */
export type SessionOptions = TlsSettings & {
  /** Relative URLs are appended to it: `/users` on `https://host/v1` is `https://host/v1/users`. */
  readonly baseUrl?: string | URL | undefined
  /** Default headers; a call's own win. `null` removes one of the built-in defaults (user-agent, accept, accept-encoding). */
  readonly headers?: HeadersInput | undefined
  /** Default query parameters. */
  readonly params?: ParamsInput | undefined
  /** Basic, bearer, digest or a function; a call's own wins. @default none @example ['ann', password] */
  readonly auth?: Auth | undefined
  /** A saved jar, from `session.cookies.toJSON()`. */
  readonly cookies?: CookiesJSON | undefined
  /** A number limits the whole call (`total`). @example { connect: 2_000, headers: 5_000 } */
  readonly timeoutMs?: number | Timeouts | undefined
  /** A number is the total. @default 0 @example { total: 3, statuses: [502, 503], backoffFactorMs: 200 } */
  readonly retry?: number | RetryOptions | undefined
  /** Functions called on the way of each call, before the call's own. */
  readonly hooks?: Hooks | undefined
  /** Explicit proxies; `false` is none, whatever the environment says. */
  readonly proxies?: ProxiesInput | undefined
  /** Reads http_proxy, https_proxy, all_proxy and no_proxy, once, now. @default false */
  readonly trustEnv?: boolean | undefined
  /**
   * Logins from a .netrc, where nothing else says who calls: true is $NETRC or ~/.netrc, text a path. A redirect to
   * another host sends the login of that host's own entry, never the `default` one. @default false
   */
  readonly netrc?: boolean | string | undefined
  /** Hops before `TooManyRedirects`. @default 30 */
  readonly maxRedirects?: number | undefined
  /** How connections are kept and shared. */
  readonly pool?: PoolOptions | undefined
  /**
   * An answer with larger headers fails with `ConnectionError` `BAD_RESPONSE`; over HTTP/2 64 KiB is the most. A
   * setting of connections: for what an adapter reaches, the adapter's. @default 16_384, or
   * what Node's --max-http-header-size says
   */
  readonly maxResponseHeaderBytes?: number | undefined
  /** Larger bodies fail with `BodyError` `BODY_TOO_LARGE`, counted as sent and as decoded. @default Infinity */
  readonly maxResponseBytes?: number | undefined
  /** false: bodies as they came, their Content-Encoding not undone. @default true @example { decompress: false } */
  readonly decompress?: boolean | undefined
  /**
   * true: a status of 400–599 throws `StatusError`, as `response.raiseForStatus()` does; not in `session.fetch`.
   * @default false
   * @example const api = new Session({ baseUrl, raiseForStatus: true })
   */
  readonly raiseForStatus?: boolean | undefined
  /**
   * Headers that are not sent on to another host by a redirect, besides Authorization, Cookie and Proxy-Authorization; nor is
   * their value printed. @default ['X-Api-Key', 'X-Auth-Token', 'X-Access-Token', 'X-Csrf-Token', 'Api-Key', 'Private-Token']
   */
  readonly sensitiveHeaders?: readonly string[] | undefined
}

/** Every default in one place. */
export const SESSION_DEFAULTS = Object.freeze({
  headers: Object.freeze({
    'User-Agent': 'sessionbench/0.1',
    Accept: '*/*',
    'Accept-Encoding': 'gzip, deflate, br, zstd',
  }),
  timeoutMs: Object.freeze({ connect: 10_000, headers: 300_000, body: 300_000, pool: 0, total: 0 }) as ResolvedTimeouts,
  retry: NO_RETRY,
  maxRedirects: 30,
  pool: Object.freeze({
    connections: 10,
    pipelining: 1,
    keepAliveTimeoutMs: 4_000,
    maxOrigins: 100,
    maxRequestsPerConnection: Number.POSITIVE_INFINITY,
    unreadBodyTimeoutMs: 1_000,
    block: true,
  }) as Omit<ResolvedPool, 'maxResponseHeaderBytes'>,
  maxResponseHeaderBytes: maxHeaderSize,
  maxResponseBytes: Number.POSITIVE_INFINITY,
  decompress: true,
  raiseForStatus: false,
  sensitiveHeaders: Object.freeze([
    'X-Api-Key',
    'X-Auth-Token',
    'X-Access-Token',
    'X-Csrf-Token',
    'Api-Key',
    'Private-Token',
  ]) as readonly string[],
  verify: true,
  allowH2: false,
})

/** Session options, complete. */
export type ResolvedSessionOptions = {
  readonly baseUrl: string | undefined
  readonly timeouts: ResolvedTimeouts
  readonly hooks: ResolvedHooks
  readonly netrc: readonly NetrcEntry[]
  readonly retry: ResolvedRetry
  readonly maxRedirects: number
  readonly proxies: readonly ProxyLayer[]
  readonly pool: ResolvedPool
  readonly tls: TlsOptions
  readonly maxResponseBytes: number
  readonly decompress: boolean
  readonly raiseForStatus: boolean
  readonly sensitiveHeaders: ReadonlySet<string>
}

/** Completes session options. @throws InvalidOption that lists everything that is wrong */
export function resolveSessionOptions(options: SessionOptions): ResolvedSessionOptions {
  checkOptions(options, SESSION_CHECKS, 'options')
  return {
    baseUrl: options.baseUrl === undefined ? undefined : new URL(options.baseUrl).href,
    timeouts: mergeTimeouts(SESSION_DEFAULTS.timeoutMs, options.timeoutMs),
    hooks: mergeHooks(NO_HOOKS, options.hooks),
    netrc: loadNetrc(options.netrc ?? false),
    retry: mergeRetry(NO_RETRY, options.retry),
    maxRedirects: options.maxRedirects ?? SESSION_DEFAULTS.maxRedirects,
    proxies: resolveProxies(options),
    pool: resolvePool(options),
    tls: resolveTls(options),
    maxResponseBytes: options.maxResponseBytes ?? SESSION_DEFAULTS.maxResponseBytes,
    decompress: options.decompress ?? SESSION_DEFAULTS.decompress,
    raiseForStatus: options.raiseForStatus ?? SESSION_DEFAULTS.raiseForStatus,
    sensitiveHeaders: lowerCased(options.sensitiveHeaders ?? SESSION_DEFAULTS.sensitiveHeaders),
  }
}

/** Completes the limits of the pools. */
export function resolvePool({
  pool,
  maxResponseHeaderBytes = SESSION_DEFAULTS.maxResponseHeaderBytes,
}: Pick<SessionOptions, 'pool' | 'maxResponseHeaderBytes'>): ResolvedPool {
  return { ...SESSION_DEFAULTS.pool, ...defined(pool ?? {}), maxResponseHeaderBytes }
}

/** Where proxies come from, in order: what is given, then (only when trusted) the environment. */
export function resolveProxies(options: {
  readonly proxies?: ProxiesInput | undefined
  readonly trustEnv?: boolean | undefined
}): readonly ProxyLayer[] {
  const given = options.proxies === undefined ? [] : [readProxies(options.proxies)]
  return options.trustEnv === true ? [...given, readEnvironment(process.env)] : given
}

/** Completes the settings of TLS. @throws InvalidOption for what cannot be read */
export function resolveTls(options: TlsSettings): TlsOptions {
  const tls = {
    ca: options.ca,
    cert: options.cert,
    key: options.key,
    passphrase: options.passphrase,
    verify: options.verify ?? SESSION_DEFAULTS.verify,
    allowH2: options.allowH2 ?? SESSION_DEFAULTS.allowH2,
  }
  checkTls(tls)
  return tls
}

/** Timeouts over others; a number is the total. */
export function mergeTimeouts(base: ResolvedTimeouts, over: number | Timeouts | undefined): ResolvedTimeouts {
  if (over === undefined) return base
  if (typeof over === 'number') return { ...base, total: over }
  return { ...base, ...defined(over) }
}

/** Names to compare header names with. */
export function lowerCased(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()))
}
