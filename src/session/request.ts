import { releaseBodies } from './body/release-body.ts'
import { type CallContext, type Lane, REQUEST_CHECKS, type RequestOptions, readMethod } from './call/call.ts'
import { systemClock } from './call/clock.ts'
import { runCall } from './call/run-call.ts'
import { HttpHeaders } from './head/headers.ts'
import { readTarget } from './head/target.ts'
import { checkOptions } from './options/check-options.ts'
import { CONNECTION_CHECKS } from './options/session-checks.ts'
import {
  lowerCased,
  type ResolvedSessionOptions,
  resolvePool,
  resolveProxies,
  resolveSessionOptions,
  resolveTls,
  SESSION_DEFAULTS,
  type SessionOptions,
  type TlsSettings,
} from './options/session-options.ts'
import { NO_AUTH } from './policy/auth.ts'
import { Cookies } from './policy/cookies.ts'
import { loadNetrc } from './policy/netrc.ts'
import type { HttpResponse } from './response.ts'
import { type ResponsePromise, withReaders } from './response-promise.ts'
import { OneShotTransport } from './wire/one-shot-transport.ts'

/** Options of a one-off call: a call's, and those that otherwise belong to a session. */
export type OneOffOptions = RequestOptions &
  TlsSettings &
  Pick<SessionOptions, 'sensitiveHeaders' | 'trustEnv' | 'netrc' | 'maxResponseHeaderBytes'>

const DEFAULT_HEADERS = new HttpHeaders(SESSION_DEFAULTS.headers)
const DEFAULT_OPTIONS = resolveSessionOptions({})
const CHECKS = { ...REQUEST_CHECKS, ...CONNECTION_CHECKS }
const CONNECTION_NAMES = [
  'ca',
  'cert',
  'key',
  'passphrase',
  'verify',
  'allowH2',
  'sensitiveHeaders',
  'trustEnv',
  'netrc',
  'maxResponseHeaderBytes',
] as const

/**
 * One call with no state before or after: opens a connection of its own (full TLS handshake), sends `Connection: close`
 * and closes it. Cookies live from one redirect hop to the next and end with the call.
 * @throws SessionError of one of its kinds, or the signal's reason
 * @example const data = await request('GET', 'https://example.com/data').json()
 */
export function request(method: string, url: string | URL, options: OneOffOptions = {}): ResponsePromise {
  return withReaders(send(method, url, options))
}

async function send(method: string, url: string | URL, options: OneOffOptions): Promise<HttpResponse> {
  try {
    checkOptions(options, CHECKS, 'options')
    return await runCall(makeContext(options), { method: readMethod(method), target: readTarget(url), options })
  } catch (error) {
    releaseBodies(options)
    throw error
  }
}

/**
 * One GET; as `request`.
 * @throws as `request` does
 * @example const page = await get('https://example.com/', { timeoutMs: 5_000 }).text()
 */
export function get(url: string | URL, options?: OneOffOptions): ResponsePromise {
  return request('GET', url, options)
}

/**
 * One HEAD; redirects are not followed unless asked for. As `request`.
 * @throws as `request` does
 * @example const bytes = Number((await head('https://example.com/big.iso')).headers.get('content-length'))
 */
export function head(url: string | URL, options?: OneOffOptions): ResponsePromise {
  return request('HEAD', url, options)
}

/**
 * One OPTIONS; as `request`.
 * @throws as `request` does
 * @example const allowed = (await options('https://example.com/items')).headers.get('allow')
 */
export function options(url: string | URL, options?: OneOffOptions): ResponsePromise {
  return request('OPTIONS', url, options)
}

/**
 * One POST, with at most one of `json`, `form`, `multipart` and `body`; as `request`.
 * @throws as `request` does
 * @example await post('https://example.com/items', { json: { name: 'lamp' }, auth: { bearer: token } })
 */
export function post(url: string | URL, options?: OneOffOptions): ResponsePromise {
  return request('POST', url, options)
}

/**
 * One PUT; as `request`.
 * @throws as `request` does
 * @example await put('https://example.com/items/7', { json: { name: 'lamp' } })
 */
export function put(url: string | URL, options?: OneOffOptions): ResponsePromise {
  return request('PUT', url, options)
}

/**
 * One PATCH; as `request`.
 * @throws as `request` does
 * @example await patch('https://example.com/items/7', { json: { price: 5 } })
 */
export function patch(url: string | URL, options?: OneOffOptions): ResponsePromise {
  return request('PATCH', url, options)
}

/**
 * One DELETE; as `request`. Exported as `delete` too, which only an import can rename.
 * @throws as `request` does
 * @example await del('https://example.com/items/7', { auth: ['ann', password] })
 */
export function del(url: string | URL, options?: OneOffOptions): ResponsePromise {
  return request('DELETE', url, options)
}

function makeContext(options: OneOffOptions): CallContext {
  const own = CONNECTION_NAMES.some((name) => options[name] !== undefined)
  const resolved = own ? resolveOwn(options) : DEFAULT_OPTIONS
  const lane: Lane = {
    transport: new OneShotTransport(resolved.pool, resolved.tls),
    retry: resolved.retry,
    proxies: resolved.proxies,
  }
  return {
    options: resolved,
    headers: DEFAULT_HEADERS,
    params: [],
    cookies: new Cookies(),
    auth: NO_AUTH,
    laneFor: () => lane,
    counters: { retries: 0, staleResends: 0 },
    clock: systemClock,
    sleeping: new Set(),
  }
}

function resolveOwn(options: OneOffOptions): ResolvedSessionOptions {
  return {
    ...DEFAULT_OPTIONS,
    pool: resolvePool({ maxResponseHeaderBytes: options.maxResponseHeaderBytes }),
    tls: resolveTls(options),
    // What the call itself says about proxies is read with the call.
    proxies: resolveProxies({ trustEnv: options.trustEnv }),
    netrc: loadNetrc(options.netrc ?? false),
    sensitiveHeaders:
      options.sensitiveHeaders === undefined ? DEFAULT_OPTIONS.sensitiveHeaders : lowerCased(options.sensitiveHeaders),
  }
}
