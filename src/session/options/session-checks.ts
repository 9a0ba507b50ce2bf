import { InvalidOption, UsageError } from '../errors.ts'
import { fieldsOf } from '../fields-of.ts'
import { HttpHeaders } from '../head/headers.ts'
import { encodeParams, readParams } from '../head/params.ts'
import { readTarget } from '../head/target.ts'
import { isCookieName, isCookieValue } from '../policy/cookies.ts'
import { readProxies } from '../policy/proxy.ts'
import {
  type Check,
  either,
  isBoolean,
  isCount,
  isFunction,
  isLimitMs,
  isListOf,
  isMs,
  isNull,
  isOneOf,
  isPatienceMs,
  isText,
} from './check-options.ts'

const isPem = (value: unknown) =>
  typeof value === 'string' || Buffer.isBuffer(value) ? undefined : 'PEM as text or Buffer'

export const CHECK_TIMEOUTS = either(isLimitMs, {
  connect: isLimitMs,
  headers: isLimitMs,
  body: isLimitMs,
  pool: isLimitMs,
  total: isLimitMs,
})

/** Methods and the names of headers are tokens (RFC 9110, 5.6.2): with anything else in it, a word matches none. */
const isToken = (value: unknown) =>
  typeof value === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(value) ? undefined : 'a token'

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
  methods: either(isOneOf('any'), isListOf(isToken, 'methods')),
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

export const CHECK_COOKIES: Check = (value) =>
  Object.prototype.toString.call(value) === '[object Object]' &&
  Object.entries(value as object).every(([name, one]) => isCookieName(name) && isCookieValue(one))
    ? undefined
    : 'cookie names with values of ASCII without space, comma, semicolon, quote and backslash'

export const CHECK_AUTH: Check = either(
  isNull,
  isFunction,
  (value) =>
    Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string')
      ? undefined
      : '[user, password]',
  (value) => (typeof fieldsOf(value).bearer === 'string' ? undefined : '{ bearer }'),
  (value) => (typeof fieldsOf(value).prepare === 'function' ? undefined : 'digest(user, password)'),
)

const isReadable =
  (read: (value: never) => unknown): Check =>
  (value) => {
    try {
      read(value as never)
      return undefined
    } catch (error) {
      if (error instanceof InvalidOption)
        return error.problems.map((one) => `${one.path}: ${one.expected}, not ${one.received}`).join('; ')
      return error instanceof UsageError ? error.message : 'another form'
    }
  }

export const CHECK_PROXIES = isReadable((value) => readProxies(value))

const TRANSPORT_METHODS = ['send', 'stats', 'close', 'destroy'] as const

export const CHECK_TRANSPORT: Check = (value) =>
  TRANSPORT_METHODS.every((name) => typeof (value as Record<string, unknown> | null)?.[name] === 'function')
    ? undefined
    : `an object with the methods ${TRANSPORT_METHODS.join(', ')}`

export const CHECK_POOL = {
  connections: isCount(1),
  pipelining: isCount(1),
  keepAliveTimeoutMs: isCount(1),
  maxOrigins: isCount(1),
  maxRequestsPerConnection: isCount(1),
  unreadBodyTimeoutMs: isPatienceMs,
  block: isBoolean,
} satisfies Record<string, Check>

/** The checks of the options that a session and a one-off call share. */
export const CONNECTION_CHECKS = {
  ca: either(isPem, isListOf(isPem, 'PEM')),
  cert: isPem,
  key: isPem,
  passphrase: isText,
  verify: isBoolean,
  allowH2: isBoolean,
  retry: CHECK_RETRY,
  proxies: CHECK_PROXIES,
  maxRedirects: isCount(0),
  maxResponseBytes: isCount(0),
  maxResponseHeaderBytes: isCount(1),
  timeoutMs: CHECK_TIMEOUTS,
  trustEnv: isBoolean,
  netrc: either(isBoolean, isText),
  sensitiveHeaders: isListOf(isToken, 'header names'),
} satisfies Record<string, Check>

/** The checks of a session's options. */
export const SESSION_CHECKS: Readonly<Record<string, Check>> = {
  ...CONNECTION_CHECKS,
  baseUrl: isReadable((value) => readTarget(value)),
  headers: either(isReadable((value) => new HttpHeaders(value))),
  params: isReadable((value) => encodeParams(readParams(value))),
  auth: CHECK_AUTH,
  cookies: (value) =>
    Array.isArray(fieldsOf(value).cookies) ? undefined : 'a jar as session.cookies.toJSON() gives it',
  hooks: CHECK_HOOKS,
  pool: CHECK_POOL,
  decompress: isBoolean,
  raiseForStatus: isBoolean,
}
