import {
  ConnectionError,
  ConnectTimeout,
  HeadersTimeout,
  ProxyError,
  type RetryRecord,
  SessionError,
  TlsError,
} from '../errors.ts'

/**
 * When to send again. A counter that is left out is not counted by itself; the smallest one that falls below 0 ends the
 * retries; `false` raises that kind of error at once.
 *
 * @example { total: 3, statuses: [502, 503], backoffFactorMs: 100, backoffJitterMs: 50 }
 */
export type RetryOptions = {
  /** Retries in all, whatever the reason. @default 0 */
  readonly total?: number | false | undefined
  /** Failures before the request was sent; any method. */
  readonly connect?: number | false | undefined
  /** Failures after it was sent; only `methods`. */
  readonly read?: number | false | undefined
  /** Responses with one of `statuses`. */
  readonly status?: number | undefined
  /** Redirect hops of one call; the smaller of this and `maxRedirects` holds. */
  readonly redirect?: number | undefined
  /** Other failures: TLS, a proxy that refuses. */
  readonly other?: number | undefined
  /** The nth retry waits factor · 2^(n−1); the first does not wait. @default 0 */
  readonly backoffFactorMs?: number | undefined
  /** Up to so much is added to each wait at random. @default 0 */
  readonly backoffJitterMs?: number | undefined
  /** @default 120_000 */
  readonly backoffMaxMs?: number | undefined
  /** Statuses to try again on. 413, 429 and 503 with Retry-After are tried again without being listed. @default [] */
  readonly statuses?: readonly number[] | undefined
  /** Methods that may be sent again once sent. @default GET HEAD OPTIONS PUT DELETE TRACE QUERY */
  readonly methods?: readonly string[] | 'any' | undefined
  /** Wait as long as Retry-After says. @default true */
  readonly respectRetryAfter?: boolean | undefined
  /** No longer than this. @default 21_600_000 (6 h) */
  readonly retryAfterMaxMs?: number | undefined
  /** false: when the retries on a status are used up, return the last response instead of throwing RetryError. @default true */
  readonly raiseOnStatus?: boolean | undefined
}

/** A retry policy, complete. null: not counted by itself. */
export type ResolvedRetry = {
  readonly total: number | false
  readonly connect: number | false | null
  readonly read: number | false | null
  readonly status: number | null
  readonly redirect: number
  readonly other: number | null
  readonly backoffFactorMs: number
  readonly backoffJitterMs: number
  readonly backoffMaxMs: number
  readonly statuses: ReadonlySet<number>
  readonly methods: ReadonlySet<string> | 'any'
  readonly respectRetryAfter: boolean
  readonly retryAfterMaxMs: number
  readonly raiseOnStatus: boolean
}

/** The counters, as they go down. */
export type RetryCounters = Pick<ResolvedRetry, 'total' | 'connect' | 'read' | 'status' | 'other'>

/** Why another try is considered. */
export type RetryReason = 'connect' | 'read' | 'status' | 'other'

/** Methods that may be sent twice without asking (RFC 9110, 9.2.2). */
export const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
  'QUERY',
])

/** The policy of a session that says nothing about retries. */
export const NO_RETRY: ResolvedRetry = Object.freeze({
  total: 0,
  connect: null,
  read: null,
  status: null,
  redirect: Number.POSITIVE_INFINITY,
  other: null,
  backoffFactorMs: 0,
  backoffJitterMs: 0,
  backoffMaxMs: 120_000,
  statuses: new Set<number>(),
  methods: IDEMPOTENT_METHODS,
  respectRetryAfter: true,
  retryAfterMaxMs: 6 * 3600 * 1000,
  raiseOnStatus: true,
})

/** A policy over another; a number is the total. */
export function mergeRetry(base: ResolvedRetry, over: number | RetryOptions | undefined): ResolvedRetry {
  if (over === undefined) return base
  if (typeof over === 'number') return { ...base, total: over }
  const given = Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined))
  return {
    ...base,
    ...given,
    statuses: over.statuses === undefined ? base.statuses : new Set(over.statuses),
    methods:
      over.methods === undefined || over.methods === 'any' ? (over.methods ?? base.methods) : upperCased(over.methods),
  }
}

/** True when nothing that may happen leads to another try, or to a RetryError. */
export function neverRetries(policy: ResolvedRetry): boolean {
  return !policy.total && policy.statuses.size === 0
}

/** True when the policy lets this method be sent a second time. */
export function allowsMethod(policy: ResolvedRetry, method: string): boolean {
  return policy.methods === 'any' || policy.methods.has(method)
}

const RETRY_AFTER_STATUSES = new Set([413, 429, 503])

/** True when a response is one to try again on. `retryAfterMs` is undefined when it has no valid Retry-After. */
export function wantsRetry(
  policy: ResolvedRetry,
  response: { readonly method: string; readonly status: number; readonly retryAfterMs: number | undefined },
): boolean {
  if (!allowsMethod(policy, response.method)) return false
  if (policy.statuses.has(response.status)) return true
  const asked = policy.respectRetryAfter && response.retryAfterMs !== undefined
  return Boolean(policy.total) && asked && RETRY_AFTER_STATUSES.has(response.status)
}

/** What kind of failure an error is for the counters; undefined when it is never tried again. */
export function readReason(error: unknown): Exclude<RetryReason, 'status'> | undefined {
  if (error instanceof ConnectTimeout) return 'connect'
  if (error instanceof HeadersTimeout) return 'read'
  if (error instanceof ConnectionError) return error.sent ? 'read' : 'connect'
  if (error instanceof ProxyError && error.code === 'PROXY_AUTH') return undefined
  if (error instanceof ProxyError) return error.code === 'PROXY_UNREACHABLE' ? 'connect' : 'other'
  return error instanceof TlsError ? 'other' : undefined
}

/** The counters after one more failure, or undefined when they forbid another try. */
export function countFailure(counters: RetryCounters, reason: RetryReason): RetryCounters | undefined {
  if (counters.total === false || counters[reason] === false) return undefined
  const own = counters[reason]
  const next = { ...counters, total: counters.total - 1, ...(own === null ? {} : { [reason]: (own as number) - 1 }) }
  const least = Math.min(...[next.total, next.connect, next.read, next.status, next.other].filter(isCounted))
  return least < 0 ? undefined : next
}

/**
 * The wait before the nth retry in a row, in ms: factor · 2^(n−1) plus jitter, capped; nothing before the first.
 * Source: urllib3 2, `Retry.get_backoff_time`.
 */
export function backoffMs(policy: ResolvedRetry, failuresInARow: number, random: () => number): number {
  if (failuresInARow <= 1) return 0
  const jitterMs = policy.backoffJitterMs === 0 ? 0 : random() * policy.backoffJitterMs
  const waitMs = policy.backoffFactorMs * 2 ** (failuresInARow - 1) + jitterMs
  return Math.max(0, Math.min(policy.backoffMaxMs, waitMs))
}

/** The error as it is thrown once no further try is made: with the retries that were. */
export function withRetries(error: unknown, retries: readonly RetryRecord[]): unknown {
  if (error instanceof SessionError && retries.length > 0) error.retries = retries
  return error
}

function isCounted(counter: number | false | null): counter is number {
  return typeof counter === 'number'
}

function upperCased(methods: readonly string[]): ReadonlySet<string> {
  return new Set(methods.map((method) => method.toUpperCase()))
}
