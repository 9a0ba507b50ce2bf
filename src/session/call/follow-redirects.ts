import { at } from '../at.ts'
import { NO_BODY } from '../body/encode-body.ts'
import { BodyError, InvalidUrl, ResponseError, TooManyRedirects } from '../errors.ts'
import { type RequestTarget, readTarget } from '../head/target.ts'
import { basicAuth, NO_AUTH, type ResolvedAuth } from '../policy/auth.ts'
import { findOwnLogin } from '../policy/netrc.ts'
import { type RedirectStep, readRedirect, redirectBody, redirectHeaders } from '../policy/redirect.ts'
import { mergeRetry } from '../policy/retry.ts'
import type { HttpResponse } from '../response.ts'
import { type Call, type Hop, hopHeaders } from './call.ts'
import { withinScope } from './call-scope.ts'
import { orGiveUp } from './or-give-up.ts'
import { sendAuthorized } from './send-authorized.ts'

/** Sends, and follows redirects as the call wants them followed. */
export async function followRedirects(call: Call, first: Hop): Promise<HttpResponse> {
  let history = NO_HISTORY
  let hop = first
  for (;;) {
    const response = await (history === NO_HISTORY ? sendAuthorized(call, hop) : sendOn(call, hop, history))
    response.history = history
    const mayLead = response.status >= 300 && response.status <= 399
    const step = mayLead ? await orGiveUp(response, () => nextStep(call, hop, response)) : undefined
    if (step === undefined) return response
    if (history.length >= Math.min(call.maxRedirects, first.retry.redirect)) throw tooMany(call, response)
    await response.discard()
    history = [...history, response]
    hop = nextHop(call, hop, step, history)
    if (call.hooks.beforeRedirect.length > 0) hop = await beforeRedirect(call, hop, response)
  }
}

const NO_HISTORY: readonly HttpResponse[] = Object.freeze([])

async function sendOn(call: Call, hop: Hop, history: readonly HttpResponse[]): Promise<HttpResponse> {
  try {
    return await sendAuthorized(call, hop)
  } catch (error) {
    throw error instanceof InvalidUrl ? badLocation(at(history, -1), error) : error
  }
}

function nextStep(call: Call, hop: Hop, response: HttpResponse): RedirectStep | undefined {
  if (call.redirect === 'manual') return undefined
  const step = readStep(hop, response)
  if (step !== undefined && call.redirect === 'error') {
    throw new TooManyRedirects(`${hop.method} ${hop.target.href} was redirected, and redirect is 'error'`, {
      code: 'REDIRECTED',
      request: response.request,
      response,
    })
  }
  return step
}

function readStep(hop: Hop, response: HttpResponse): RedirectStep | undefined {
  try {
    return readRedirect(response.status, response.headers.get('location') ?? undefined, hop)
  } catch (error) {
    throw error instanceof InvalidUrl ? badLocation(response, error) : error
  }
}

/** What a server says in a Location is no mistake of the caller's, who is told which response it was. */
function badLocation(response: HttpResponse, { message }: InvalidUrl): ResponseError<HttpResponse> {
  const { method, url } = response.request
  return new ResponseError(`${method} ${url} was redirected with status ${response.status}, but ${message}`, {
    code: 'BAD_LOCATION',
    request: response.request,
    response,
  })
}

function nextHop(call: Call, hop: Hop, step: RedirectStep, history: readonly HttpResponse[]): Hop {
  const body = redirectBody(hop.body, step, NO_BODY)
  if (body === undefined) {
    throw new BodyError(
      `${hop.method} ${hop.target.href} was redirected, but its body is a stream and cannot be sent again: pass text, bytes or a Blob`,
      { code: 'BODY_NOT_REPLAYABLE', request: { method: hop.method, url: hop.target.href } },
    )
  }
  const lane = call.context.laneFor(step.target)
  const auth = step.crossing ? loginFor(call, step.target, history) : hop.auth
  const headers = redirectHeaders(hop.headers, step, call.context.options.sensitiveHeaders)
  const sameHost = hop.target.hostname === step.target.hostname
  return {
    method: step.method,
    target: step.target,
    headers: step.crossing && auth.kind === 'header' ? [...headers, 'Authorization', auth.value] : headers,
    body,
    auth,
    cookies: sameHost && !step.crossing ? hop.cookies : undefined,
    lane,
    retry: lane === hop.lane ? hop.retry : mergeRetry(lane.retry, call.retry),
  }
}

/** The .netrc login of a host that the call comes to for the first time: what stayed behind is not sent on the way back. */
function loginFor(call: Call, { hostname }: RequestTarget, history: readonly HttpResponse[]): ResolvedAuth {
  if (call.netrc.length === 0 || history.some(({ url }) => readTarget(url).hostname === hostname)) return NO_AUTH
  const login = findOwnLogin(call.netrc, hostname)
  return login === undefined ? NO_AUTH : basicAuth(login.login, login.password)
}

async function beforeRedirect(call: Call, hop: Hop, response: HttpResponse): Promise<Hop> {
  const headers = hopHeaders(call, hop)
  const next = { method: hop.method, url: hop.target.href, headers }
  for (const hook of call.hooks.beforeRedirect) await withinScope(call.scope, hook({ response, next }))
  return { ...hop, headers: headers.flat() }
}

function tooMany(call: Call, response: HttpResponse): TooManyRedirects<HttpResponse> {
  return new TooManyRedirects(
    `${response.request.method} ${response.url}: more than ${call.maxRedirects} redirects (maxRedirects)`,
    { code: 'TOO_MANY_REDIRECTS', request: response.request, response },
  )
}
