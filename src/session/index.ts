export { Adapter, type AdapterOptions } from './adapter.ts'
export type { Auth, AuthFunction, AuthRequest, ChallengeAuth } from './auth.ts'
export type { RequestOptions } from './call.ts'
export { type CookieOptions, Cookies, type CookiesJSON, type StoredCookie } from './cookies.ts'
export { digest } from './digest.ts'
export type { BodyOptions } from './encode-body.ts'
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
export { type HeadersInput, type HeaderValue, HttpHeaders } from './headers.ts'
export type { HookRedirect, HookRequest, HookRetry, Hooks, ResponseHook } from './hooks.ts'
export type { Link } from './links.ts'
export type { MultipartFile, MultipartInput, MultipartValue } from './multipart.ts'
export type { ParamsInput, ParamValue } from './params.ts'
export type { ProxiesInput, ProxyServer } from './proxy.ts'
export { del, del as delete, get, head, type OneOffOptions, options, patch, post, put, request } from './request.ts'
export { HttpResponse } from './response.ts'
export type { ResponsePromise } from './response-promise.ts'
export type { RetryOptions, RetryRecord } from './retry.ts'
export type { ManyInput, ManyOptions } from './run-all.ts'
export { Session } from './session.ts'
export {
  type PoolOptions,
  SESSION_DEFAULTS,
  type SessionOptions,
  type Timeouts,
  type TlsSettings,
} from './session-options.ts'
export type { SessionStats } from './session-stats.ts'
export type {
  Transport,
  TransportStats,
  WireBody,
  WireBodyReader,
  WireRequest,
  WireResponse,
  WireTimeouts,
} from './transport.ts'
