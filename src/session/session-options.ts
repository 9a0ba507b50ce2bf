import type { Auth } from './auth.ts'
import {
  type Check,
  checkOptions,
  either,
  isBoolean,
  isCount,
  isFunction,
  isListOf,
  isMs,
  isNull,
  isObject,
  isOneOf,
  isText,
} from './check-options.ts'
import type { CookiesJSON } from './cookies.ts'
import { UsageError } from './errors.ts'
import { type HeadersInput, HttpHeaders } from './headers.ts'
import { type Hooks, mergeHooks, NO_HOOKS, type ResolvedHooks } from './hooks.ts'
import { loadNetrc, type NetrcEntry } from './netrc.ts'
import type { TlsOptions } from './open-socket.ts'
import { encodeParams, type ParamsInput, readParams } from './params.ts'
import { mergeRetry, NO_RETRY, type ResolvedRetry, type RetryOptions } from './retry.ts'
import { readTarget } from './target.ts'
import type { ResolvedPool } from './undici-transport.ts'

/** Timeouts by phase, in ms; 0 is no limit. Each has its own error class. */
export type Timeouts = {
  /** DNS, TCP and TLS together. `ConnectTimeout`. @default 10_000 */
  readonly connect?: number | undefined
  /** From the request sent to the response's headers. `HeadersTimeout`. @default 300_000 */
  readonly headers?: number | undefined
  /** Between two pieces of the body. `BodyTimeout`. @default 300_000 */
  readonly body?: number | undefined
  /** Waiting for a connection of the pool to come free. `PoolTimeout`. @default 0 */
  readonly pool?: number | undefined
  /** The whole call: redirects, retries, back-off and body. `TotalTimeout`. @default 0 */
  readonly total?: number | undefined
}

export type ResolvedTimeouts = { readonly [Phase in keyof Timeouts]-?: number }

/** How connections are kept and shared. */
export type PoolOptions = {
  /** Connections per origin; further requests wait in order of asking. @default 10 */
  readonly connections?: number | undefined
  /** Requests sent on one connection before its first answer (HTTP/1.1 pipelining). @default 1 */
  readonly pipelining?: number | undefined
  /** An idle connection is closed after this; a shorter hint of the server's wins. @default 4_000 */
  readonly keepAliveTimeoutMs?: number | undefined
  /** Origins with a pool of their own; above, the oldest idle pool is closed. @default 100 */
  readonly maxOrigins?: number | undefined
  /** A connection is closed after so many requests. @default Infinity */
  readonly maxRequestsPerConnection?: number | undefined
  /** false: when all connections are busy, open an extra one for the request and close it after use. @default true */
  readonly block?: boolean | undefined
}

/** Trust and identity for https. Certificates are PEM, as text or bytes. */
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
  readonly auth?: Auth | undefined
  /** A saved jar, from `session.cookies.toJSON()`. */
  readonly cookies?: CookiesJSON | undefined
  /** A number limits the whole call (`total`). @example { connect: 2_000, headers: 5_000 } */
  readonly timeoutMs?: number | Timeouts | undefined
  /** A number is the total. @default 0 @example { total: 3, statuses: [502, 503], backoffFactorMs: 200 } */
  readonly retry?: number | RetryOptions | undefined
  readonly hooks?: Hooks | undefined
  /** Logins from a .netrc, where nothing else says who calls: true is $NETRC or ~/.netrc, text a path. @default false */
  readonly netrc?: boolean | string | undefined
  /** Hops before `TooManyRedirects`. @default 30 */
  readonly maxRedirects?: number | undefined
  readonly pool?: PoolOptions | undefined
  /** Larger bodies fail with `BodyError` `BODY_TOO_LARGE`, counted as sent and as decoded. @default Infinity */
  readonly maxResponseBytes?: number | undefined
  /** Headers that are not sent on to another host by a redirect, besides Authorization, Cookie and Proxy-Authorization. */
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
    block: true,
  }) as ResolvedPool,
  maxResponseBytes: Number.POSITIVE_INFINITY,
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
  readonly pool: ResolvedPool
  readonly tls: TlsOptions
  readonly maxResponseBytes: number
  readonly sensitiveHeaders: ReadonlySet<string>
}

const isPem: Check = (value) =>
  typeof value === 'string' || Buffer.isBuffer(value) ? undefined : 'PEM as text or Buffer'

export const CHECK_TIMEOUTS = either(isMs, { connect: isMs, headers: isMs, body: isMs, pool: isMs, total: isMs })

const isCountOrFalse = either(isCount(0), (value) => (value === false ? undefined : 'false'))

export const CHECK_RETRY = either(isCount(0), {
  total: isCountOrFalse,
  connect: isCountOrFalse,
  read: isCountOrFalse,
  status: isCount(0),
  redirect: isCount(0),
  other: isCount(0),
  backoffFactorMs: isMs,
  backoffJitterMs: isMs,
  backoffMaxMs: isMs,
  statuses: (value: unknown) =>
    Array.isArray(value) && value.every((one) => Number.isInteger(one) && one >= 100 && one <= 599)
      ? undefined
      : 'a list of statuses',
  methods: either(isOneOf('any'), (value) => (isListOfText(value) ? undefined : 'a list of methods')),
  respectRetryAfter: isBoolean,
  retryAfterMaxMs: isMs,
  raiseOnStatus: isBoolean,
})

const isHook = either(
  isFunction,
  isListOf((one) => (typeof one === 'function' ? undefined : 'a function'), 'functions'),
)

export const CHECK_HOOKS: Check = {
  beforeRequest: isHook,
  afterResponse: isHook,
  beforeRedirect: isHook,
  beforeRetry: isHook,
}

export const CHECK_AUTH: Check = either(
  isNull,
  isFunction,
  (value) =>
    Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string')
      ? undefined
      : '[user, password]',
  (value) => (typeof (value as { bearer?: unknown } | null)?.bearer === 'string' ? undefined : '{ bearer }'),
  (value) =>
    typeof (value as { prepare?: unknown } | null)?.prepare === 'function' ? undefined : 'digest(user, password)',
)

/** The checks of the options that a session and a one-off call share. */
export const CONNECTION_CHECKS = {
  ca: either(isPem, (value) => (Array.isArray(value) ? undefined : 'a list of PEM')),
  cert: isPem,
  key: isPem,
  passphrase: isText,
  verify: isBoolean,
  allowH2: isBoolean,
  retry: CHECK_RETRY,
  maxRedirects: isCount(0),
  maxResponseBytes: isCount(0),
  timeoutMs: CHECK_TIMEOUTS,
  sensitiveHeaders: (value: unknown) => (Array.isArray(value) ? undefined : 'a list of header names'),
} satisfies Record<string, Check>

const isReadable =
  (read: (value: never) => unknown): Check =>
  (value) => {
    try {
      read(value as never)
      return undefined
    } catch (error) {
      return error instanceof UsageError ? error.message : 'another form'
    }
  }

const SESSION_CHECKS: Readonly<Record<string, Check>> = {
  ...CONNECTION_CHECKS,
  baseUrl: isReadable((value) => readTarget(value)),
  headers: either(isReadable((value) => new HttpHeaders(value))),
  params: isReadable((value) => encodeParams(readParams(value))),
  auth: CHECK_AUTH,
  cookies: isObject,
  hooks: CHECK_HOOKS,
  netrc: either(isBoolean, isText),
  pool: {
    connections: isCount(1),
    pipelining: isCount(1),
    keepAliveTimeoutMs: isCount(1),
    maxOrigins: isCount(1),
    maxRequestsPerConnection: isCount(1),
    block: isBoolean,
  },
}

/** Completes session options. @throws InvalidOption that lists everything that is wrong */
export function resolveSessionOptions(options: SessionOptions): ResolvedSessionOptions {
  checkOptions(options, SESSION_CHECKS, 'options')
  return {
    baseUrl: options.baseUrl === undefined ? undefined : readTarget(options.baseUrl).href,
    timeouts: mergeTimeouts(SESSION_DEFAULTS.timeoutMs, options.timeoutMs),
    hooks: mergeHooks(NO_HOOKS, options.hooks),
    netrc: loadNetrc(options.netrc ?? false),
    retry: mergeRetry(NO_RETRY, options.retry),
    maxRedirects: options.maxRedirects ?? SESSION_DEFAULTS.maxRedirects,
    pool: { ...SESSION_DEFAULTS.pool, ...withoutUndefined(options.pool) },
    tls: resolveTls(options),
    maxResponseBytes: options.maxResponseBytes ?? SESSION_DEFAULTS.maxResponseBytes,
    sensitiveHeaders: lowerCased(options.sensitiveHeaders ?? SESSION_DEFAULTS.sensitiveHeaders),
  }
}

/** Completes the settings of TLS. */
export function resolveTls(options: TlsSettings): TlsOptions {
  return {
    ca: options.ca,
    cert: options.cert,
    key: options.key,
    passphrase: options.passphrase,
    verify: options.verify ?? SESSION_DEFAULTS.verify,
    allowH2: options.allowH2 ?? SESSION_DEFAULTS.allowH2,
  }
}

/** Timeouts over others; a number is the total. */
export function mergeTimeouts(base: ResolvedTimeouts, over: number | Timeouts | undefined): ResolvedTimeouts {
  if (over === undefined) return base
  if (typeof over === 'number') return { ...base, total: over }
  return { ...base, ...withoutUndefined(over) }
}

export function lowerCased(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()))
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function withoutUndefined<T extends object>(options: T | undefined): { [Name in keyof T]?: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: NonNullable<T[Name]>
  }
}
