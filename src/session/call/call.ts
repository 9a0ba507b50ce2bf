import { type BodyOptions, type EncodedBody, encodeBody, NO_BODY } from '../body/encode-body.ts'
import { UsageError } from '../errors.ts'
import { flatPairs, type HeadersInput, HttpHeaders, masking } from '../head/headers.ts'
import { makeQuery, type ParamEntry, type ParamsInput } from '../head/params.ts'
import { appendQuery, type RequestTarget } from '../head/target.ts'
import {
  type Check,
  describeValue,
  either,
  isAnything,
  isBoolean,
  isCount,
  isObject,
  isOneOf,
  isSignal,
  isText,
} from '../options/check-options.ts'
import {
  CHECK_AUTH,
  CHECK_COOKIES,
  CHECK_HOOKS,
  CHECK_PROXIES,
  CHECK_RETRY,
  CHECK_TIMEOUTS,
} from '../options/session-checks.ts'
import {
  mergeTimeouts,
  type ResolvedSessionOptions,
  type ResolvedTimeouts,
  type Timeouts,
} from '../options/session-options.ts'
import { type Auth, basicAuth, NO_AUTH, type ResolvedAuth, resolveAuth } from '../policy/auth.ts'
import type { Cookies } from '../policy/cookies.ts'
import { findLogin, type NetrcEntry } from '../policy/netrc.ts'
import { type ProxiesInput, type ProxyLayer, readProxies } from '../policy/proxy.ts'
import { mergeRetry, type ResolvedRetry, type RetryOptions } from '../policy/retry.ts'
import type { Transport } from '../wire/transport.ts'
import { CallScope } from './call-scope.ts'
import type { RetryClock } from './clock.ts'
import { bareHeaders, firstHeaders, namesHeader } from './first-headers.ts'
import { type Hooks, mergeHooks, type ResolvedHooks } from './hooks.ts'

/**
 * What one call may set; it wins over the session's defaults.
 *
 * @example { params: { page: 2 }, headers: { Accept: 'text/csv' }, timeoutMs: 2_000, signal }
 */
export type RequestOptions = BodyOptions & {
  /** Merged over the session's; `null` deletes a default for this call. @example { 'X-Team': 'search', Accept: null } */
  readonly headers?: HeadersInput | undefined
  /**
   * Appended to the URL's own query, merged over the session's; `null` deletes a default for this call. Text is appended as
   * it is.
   * @example { page: 2, tag: ['new', 'red'] }
   */
  readonly params?: ParamsInput | undefined
  /** Wins over every other auth; `null` sends none. */
  readonly auth?: Auth | null | undefined
  /** Sent with this call besides the jar's, not stored, and never to another host. */
  readonly cookies?: Readonly<Record<string, string>> | undefined
  /** A number limits the whole call. @default the session's */
  readonly timeoutMs?: number | Timeouts | undefined
  /** A number is the total; an object is merged over the session's. @default the session's */
  readonly retry?: number | RetryOptions | undefined
  /** Run after the session's own. */
  readonly hooks?: Hooks | undefined
  /** Before the session's; `false` goes direct. */
  readonly proxies?: ProxiesInput | undefined
  /** Ends the call, waiting and back-off included, with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** 'manual' returns a 3xx as it is, 'error' throws on it. @default 'follow', 'manual' for HEAD */
  readonly redirect?: 'follow' | 'manual' | 'error' | undefined
  /** @default the session's */
  readonly maxRedirects?: number | undefined
  /** @default the session's */
  readonly maxResponseBytes?: number | undefined
  /**
   * false: the body as it came, its Content-Encoding not undone. `headers: { 'Accept-Encoding': null }` asks for none.
   * @default the session's
   * @example { decompress: false }
   */
  readonly decompress?: boolean | undefined
  /**
   * true: a status of 400–599 throws `StatusError`, once retries and hooks are done.
   * @default the session's
   * @example const user = await session.get('/me', { raiseForStatus: true }).json()
   */
  readonly raiseForStatus?: boolean | undefined
}

/** A way to reach targets. */
export type Lane = {
  readonly transport: Transport
  readonly retry: ResolvedRetry
  readonly proxies: readonly ProxyLayer[]
}

/** Where calls are made from: a session, or the nothing that a one-off call starts from. */
export type CallContext = {
  readonly options: ResolvedSessionOptions
  readonly headers: HttpHeaders
  readonly params: readonly ParamEntry[]
  readonly cookies: Pick<Cookies, 'header' | 'store'>
  readonly auth: ResolvedAuth
  /** How a target is reached: by the adapter mounted on it, or by the session itself. */
  readonly laneFor: (target: RequestTarget) => Lane
  readonly counters: CallCounters
  readonly clock: RetryClock
  /** Calls that wait before a retry, for whoever destroys the session. */
  readonly sleeping: Set<CallScope>
}

/** What the layers count. */
export type CallCounters = { retries: number; staleResends: number }

/** One call with everything decided that does not change from hop to hop. */
export type Call = {
  readonly context: CallContext
  readonly scope: CallScope | null
  readonly timeouts: ResolvedTimeouts
  readonly hooks: ResolvedHooks
  /** Logins for the hosts that redirects lead to; none when the call is to send none. */
  readonly netrc: readonly NetrcEntry[]
  /** The call's own word on retries, over that of each hop's lane. */
  readonly retry: number | RetryOptions | undefined
  /** The call's own word on proxies. */
  readonly proxies: ProxyLayer | null
  readonly redirect: 'follow' | 'manual' | 'error'
  readonly maxRedirects: number
  readonly maxResponseBytes: number
  readonly decompress: boolean
  readonly raiseForStatus: boolean
}

/** One request of a call; a redirect leads to another. */
export type Hop = {
  readonly method: string
  readonly target: RequestTarget
  /** Name, value, name, value … without Cookie from the jar. */
  readonly headers: readonly string[]
  readonly body: EncodedBody
  readonly auth: ResolvedAuth
  readonly cookies: Readonly<Record<string, string>> | undefined
  readonly lane: Lane
  readonly retry: ResolvedRetry
}

/** The headers of a hop, for a hook or a signer to look at and to change. */
export function hopHeaders({ context }: Call, { headers }: Hop): HttpHeaders {
  return masking(new HttpHeaders(flatPairs(headers)), context.options.sensitiveHeaders)
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'])

/** A method as it is sent: upper case. @throws UsageError, code `INVALID_METHOD`, when it is no HTTP token */
export function readMethod(method: string): string {
  if (METHODS.has(method)) return method
  const upper = typeof method === 'string' ? method.toUpperCase() : ''
  if (!/^[A-Z0-9!#$%&'*+\-.^_`|~]+$/.test(upper) || upper === 'CONNECT') {
    const shown = typeof method === 'string' ? JSON.stringify(upper.slice(0, 40)) : describeValue(method)
    throw new UsageError(`The method ${shown} cannot be sent`, { code: 'INVALID_METHOD' })
  }
  return upper
}

const isParams = either(isText, isObject)

/** The checks of a call's options. Bodies, headers and params are checked where they are read. */
export const REQUEST_CHECKS: Readonly<Record<string, Check>> = {
  headers: isObject,
  params: isParams,
  json: isAnything,
  form: isParams,
  multipart: isObject,
  body: isAnything,
  hooks: CHECK_HOOKS,
  auth: CHECK_AUTH,
  cookies: CHECK_COOKIES,
  timeoutMs: CHECK_TIMEOUTS,
  signal: isSignal,
  redirect: isOneOf('follow', 'manual', 'error'),
  retry: CHECK_RETRY,
  proxies: CHECK_PROXIES,
  maxRedirects: isCount(0),
  maxResponseBytes: isCount(0),
  decompress: isBoolean,
  raiseForStatus: isBoolean,
}

/** A call without options of its own. */
export const NO_OPTIONS: RequestOptions = Object.freeze({})

const NO_LOGINS: readonly NetrcEntry[] = Object.freeze([])

/** Completes a call's options over its context. @throws UsageError when an option, a header or the body is wrong */
export function makeCall(context: CallContext, method: string, target: RequestTarget, options: RequestOptions): Call {
  const timeouts = mergeTimeouts(context.options.timeouts, options.timeoutMs)
  return {
    context,
    timeouts,
    hooks: mergeHooks(context.options.hooks, options.hooks),
    netrc: options.auth === null ? NO_LOGINS : context.options.netrc,
    retry: options.retry,
    proxies: options.proxies === undefined ? null : readProxies(options.proxies),
    scope:
      options.signal === undefined && timeouts.total === 0
        ? null
        : new CallScope(options.signal, timeouts.total, { method, url: target.href }),
    redirect: options.redirect ?? (method === 'HEAD' ? 'manual' : 'follow'),
    maxRedirects: options.maxRedirects ?? context.options.maxRedirects,
    maxResponseBytes: options.maxResponseBytes ?? context.options.maxResponseBytes,
    decompress: options.decompress ?? context.options.decompress,
    raiseForStatus: options.raiseForStatus ?? context.options.raiseForStatus,
  }
}

/** The first request of a call. @throws UsageError */
export function makeFirstHop(
  context: CallContext,
  method: string,
  target: RequestTarget,
  options: RequestOptions,
): Hop {
  const body = encodeBody(options)
  const auth = chooseAuth(context, target, options)
  const lane = context.laneFor(target)
  const isBare = options.headers === undefined && body === NO_BODY && auth.kind !== 'header'
  return {
    method,
    target: withParams(context, target, options),
    headers: isBare
      ? bareHeaders(context.headers)
      : firstHeaders({ defaults: context.headers, own: options.headers, body, auth }),
    body,
    auth,
    cookies: options.cookies,
    lane,
    retry: mergeRetry(lane.retry, options.retry),
  }
}

/**
 * call > session > URL userinfo > netrc; an Authorization header on the call stands against session and URL, one among
 * the session's headers against netrc.
 */
function chooseAuth(context: CallContext, target: RequestTarget, options: RequestOptions): ResolvedAuth {
  if (options.auth !== undefined) return resolveAuth(options.auth)
  if (namesHeader(options.headers, 'authorization')) return NO_AUTH
  if (context.auth.kind !== 'none') return context.auth
  if (target.userinfo !== null) return basicAuth(target.userinfo.username, target.userinfo.password)
  if (context.headers.has('authorization')) return NO_AUTH
  const login = findLogin(context.options.netrc, target.hostname)
  return login === undefined ? NO_AUTH : basicAuth(login.login, login.password)
}

function withParams(context: CallContext, target: RequestTarget, { params }: RequestOptions): RequestTarget {
  if (params === undefined && context.params.length === 0) return target
  return appendQuery(target, makeQuery(context.params, params))
}
