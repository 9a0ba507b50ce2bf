export type { BodyOptions } from './body/encode-body.ts'
export type { MultipartFile, MultipartInput, MultipartValue } from './body/multipart.ts'
export type { RequestOptions } from './call/call.ts'
export type { HookRedirect, HookRequest, HookRetry, Hooks, ResponseHook } from './call/hooks.ts'
export type { ManyInput, ManyOptions } from './call/run-all.ts'
export type { RetryRecord } from './errors.ts'
export {
  BodyError,
  BodyTimeout,
  ConnectionError,
  ConnectTimeout,
  HeadersTimeout,
  InvalidHeader,
  InvalidOption,
  InvalidUrl,
  type OptionProblem,
  PoolTimeout,
  ProxyError,
  type RequestSummary,
  ResponseError,
  RetryError,
  SessionClosed,
  SessionError,
  StatusError,
  TimeoutError,
  TlsError,
  TooManyRedirects,
  TotalTimeout,
  UsageError,
} from './errors.ts'
export { type HeadersInput, type HeaderValue, HttpHeaders } from './head/headers.ts'
export type { Link } from './head/links.ts'
export type { ParamsInput, ParamValue } from './head/params.ts'
export { Adapter, type AdapterOptions } from './options/adapter.ts'
export {
  type PoolOptions,
  SESSION_DEFAULTS,
  type SessionOptions,
  type Timeouts,
  type TlsSettings,
} from './options/session-options.ts'
export type { Auth, AuthFunction, AuthRequest, ChallengeAuth } from './policy/auth.ts'
export { type CookieOptions, Cookies, type CookiesJSON, type StoredCookie } from './policy/cookies.ts'
export { digest } from './policy/digest.ts'
export type { ProxiesInput, ProxyServer } from './policy/proxy.ts'
export type { RetryOptions } from './policy/retry.ts'
export { del, del as delete, get, head, type OneOffOptions, options, patch, post, put, request } from './request.ts'
export { HttpResponse } from './response.ts'
export type { ResponsePromise } from './response-promise.ts'
export { Session } from './session.ts'
export type { SessionStats } from './session-stats.ts'
export type {
  Transport,
  TransportStats,
  WireBody,
  WireBodyReader,
  WireRequest,
  WireResponse,
  WireTimeouts,
} from './wire/transport.ts'
