import { NO_AUTH } from './auth.ts'
import { type CallContext, makeCall, makeFirstHop, REQUEST_CHECKS, type RequestOptions, readMethod } from './call.ts'
import { checkOptions } from './check-options.ts'
import { systemClock } from './clock.ts'
import { Cookies } from './cookies.ts'
import { HttpHeaders } from './headers.ts'
import { OneShotTransport } from './one-shot-transport.ts'
import type { HttpResponse } from './response.ts'
import { sendWithHooks } from './send-with-hooks.ts'
import {
  CONNECTION_CHECKS,
  lowerCased,
  resolveSessionOptions,
  resolveTls,
  SESSION_DEFAULTS,
  type TlsSettings,
} from './session-options.ts'
import { readTarget } from './target.ts'

/** Options of a one-off call: a call's, and those of TLS that otherwise belong to a session. */
export type OneOffOptions = RequestOptions & TlsSettings & { readonly sensitiveHeaders?: readonly string[] }

const DEFAULT_HEADERS = new HttpHeaders(SESSION_DEFAULTS.headers)
const DEFAULT_OPTIONS = resolveSessionOptions({})
const CHECKS = { ...REQUEST_CHECKS, ...CONNECTION_CHECKS }
const CONNECTION_NAMES = ['ca', 'cert', 'key', 'passphrase', 'verify', 'allowH2', 'sensitiveHeaders'] as const

/**
 * One call with no state before or after: opens a connection of its own (full TLS handshake), sends `Connection: close`
 * and closes it. Cookies live from one redirect hop to the next and end with the call.
 * @throws SessionError of one of its kinds, or the signal's reason
 * @example const response = await request('GET', 'https://example.com/')
 */
export async function request(method: string, url: string | URL, options: OneOffOptions = {}): Promise<HttpResponse> {
  checkOptions(options, CHECKS, 'options')
  const context = makeContext(options)
  const verb = readMethod(method)
  const hop = makeFirstHop(context, verb, readTarget(url), options)
  const call = makeCall(context, verb, hop.target, options)
  try {
    const response = await sendWithHooks(call, hop)
    if (call.scope !== null) response.onSettled(() => call.scope?.dispose())
    return response
  } catch (error) {
    call.scope?.dispose()
    throw error
  }
}

/** `request('GET', …)`. */
export function get(url: string | URL, options?: OneOffOptions): Promise<HttpResponse> {
  return request('GET', url, options)
}

/** `request('HEAD', …)`; redirects are not followed unless asked for. */
export function head(url: string | URL, options?: OneOffOptions): Promise<HttpResponse> {
  return request('HEAD', url, options)
}

/** `request('OPTIONS', …)`. */
export function options(url: string | URL, options?: OneOffOptions): Promise<HttpResponse> {
  return request('OPTIONS', url, options)
}

/** `request('POST', …)`. */
export function post(url: string | URL, options?: OneOffOptions): Promise<HttpResponse> {
  return request('POST', url, options)
}

/** `request('PUT', …)`. */
export function put(url: string | URL, options?: OneOffOptions): Promise<HttpResponse> {
  return request('PUT', url, options)
}

/** `request('PATCH', …)`. */
export function patch(url: string | URL, options?: OneOffOptions): Promise<HttpResponse> {
  return request('PATCH', url, options)
}

/** `request('DELETE', …)`; exported as `delete` too, which only an import can rename. */
export function del(url: string | URL, options?: OneOffOptions): Promise<HttpResponse> {
  return request('DELETE', url, options)
}

function makeContext(options: OneOffOptions): CallContext {
  const own = CONNECTION_NAMES.some((name) => options[name] !== undefined)
  const tls = own ? resolveTls(options) : DEFAULT_OPTIONS.tls
  const sensitiveHeaders =
    options.sensitiveHeaders === undefined ? DEFAULT_OPTIONS.sensitiveHeaders : lowerCased(options.sensitiveHeaders)
  return {
    options: own ? { ...DEFAULT_OPTIONS, tls, sensitiveHeaders } : DEFAULT_OPTIONS,
    headers: DEFAULT_HEADERS,
    params: [],
    cookies: new Cookies(),
    auth: NO_AUTH,
    transport: new OneShotTransport(tls),
    counters: { retries: 0, staleResends: 0 },
    clock: systemClock,
    sleeping: new Set(),
  }
}
