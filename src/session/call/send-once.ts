import { ConnectionError } from '../errors.ts'
import { joinCookies } from '../policy/cookies.ts'
import { chooseProxy, type ProxyServer, proxyAuthError } from '../policy/proxy.ts'
import { allowsMethod, IDEMPOTENT_METHODS } from '../policy/retry.ts'
import { HttpResponse } from '../response.ts'
import { withRequest } from '../wire/exchange-errors.ts'
import { refusesCredentials, usesAbsoluteForm } from '../wire/open-route.ts'
import type { WireRequest, WireResponse } from '../wire/transport.ts'
import type { Call, Hop } from './call.ts'

/** One request: cookies out, response, cookies in. Resent once when a kept connection turned out to be dead. */
export async function sendOnce(call: Call, hop: Hop): Promise<HttpResponse> {
  const startedAt = performance.now()
  call.scope?.throwIfCancelled()
  const request = makeWireRequest(call, hop)
  let wire: WireResponse
  try {
    wire = await hop.lane.transport.send(request)
  } catch (error) {
    wire = await resend(call, hop, { request, error })
  }
  const { proxy } = request
  if (proxy !== null && usesAbsoluteForm(hop.target.secure, proxy) && refusesCredentials(wire)) {
    wire.body.drop()
    throw withRequest(proxyAuthError(proxy), request)
  }
  const setCookie = wire.headers['set-cookie']
  if (setCookie !== undefined) {
    call.context.cookies.store(hop.target, typeof setCookie === 'string' ? [setCookie] : setCookie)
  }
  return new HttpResponse(wire, {
    request,
    elapsedMs: performance.now() - startedAt,
    masked: call.context.options.sensitiveHeaders,
    decompress: call.decompress,
  })
}

function resend(call: Call, hop: Hop, failed: { readonly request: WireRequest; readonly error: unknown }) {
  if (!mayResend(failed.error, hop)) throw failed.error
  call.context.counters.staleResends += 1
  return hop.lane.transport.send({ ...failed.request, fresh: true })
}

/** A kept connection gave no byte back: the server most likely never saw the request, or says that it did not look at it. */
function mayResend(error: unknown, hop: Hop): boolean {
  return (
    error instanceof ConnectionError &&
    error.code === 'CONNECTION_STALE' &&
    hop.body.replayable &&
    (!error.sent ||
      IDEMPOTENT_METHODS.has(hop.method) ||
      allowsMethod(hop.retry, hop.method) ||
      hasHeader(hop.headers, 'idempotency-key'))
  )
}

function makeWireRequest(call: Call, hop: Hop): WireRequest {
  const { target } = hop
  return {
    method: hop.method,
    target,
    headers: withCookies(call, hop),
    body: hop.body.body,
    timeouts: call.timeouts,
    maxResponseBytes: call.maxResponseBytes,
    scope: call.scope,
    fresh: false,
    proxy: proxyOf(call, hop),
  }
}

function proxyOf(call: Call, hop: Hop): ProxyServer | null {
  if (call.proxies === null && hop.lane.proxies.length === 0) return null
  return chooseProxy(hop.target, call.proxies === null ? hop.lane.proxies : [call.proxies, ...hop.lane.proxies])
}

function withCookies(call: Call, hop: Hop): readonly string[] {
  const stored = call.context.cookies.header(hop.target)
  const header = hop.cookies === undefined ? stored : joinCookies(stored, hop.cookies)
  // A Cookie header given by hand replaces the jar's.
  if (header === '' || hasHeader(hop.headers, 'cookie')) return hop.headers
  return [...hop.headers, 'Cookie', header]
}

function hasHeader(flat: readonly string[], wanted: string): boolean {
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] as string
    if (name.length === wanted.length && name.toLowerCase() === wanted) return true
  }
  return false
}
