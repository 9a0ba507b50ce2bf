import { BodyError, ConnectionError, TooManyRedirects } from '../errors.ts'
import type { HttpResponse } from '../response.ts'
import { FetchBody, makeBody } from './fetch-body.ts'
import { FetchResponse, type ResponseFacts } from './fetch-response.ts'
import { matchesIntegrity } from './matches-integrity.ts'
import type { FetchCall } from './read-fetch.ts'

/** Statuses whose Response has no body (WHATWG fetch, "null body status"). */
const NULL_BODY = new Set([101, 103, 204, 205, 304])

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * Makes fetch's Response of a session's. Whatever goes wrong here gives the body up, which nobody else could.
 * @throws SessionError for what fetch takes for a failure of the network
 */
export async function receiveFetch(call: FetchCall, response: HttpResponse): Promise<Response> {
  try {
    refuseAnswer(call, response)
    const body = call.integrity === '' ? leaveBody(call, response) : await checkBody(call, response)
    return new FetchResponse(body, factsOf(call, response))
  } catch (error) {
    void response.discard()
    throw error
  }
}

function isEmpty({ status, request }: HttpResponse): boolean {
  return NULL_BODY.has(status) || request.method === 'HEAD'
}

/** Statuses that fetch returns to nobody. */
function refuseAnswer({ options }: FetchCall, response: HttpResponse): void {
  const { status, request } = response
  if (status === 407) {
    throw new ConnectionError(`${request.method} ${request.url}: the server answered as a proxy does (407)`, {
      code: 'BAD_RESPONSE',
      request,
      sent: true,
    })
  }
  if (options.redirect !== 'error' || !REDIRECTS.has(status)) return
  throw new TooManyRedirects(`${request.method} ${request.url} was redirected, and redirect is 'error'`, {
    code: 'REDIRECTED',
    request,
    response,
  })
}

function leaveBody({ options: { signal } }: FetchCall, response: HttpResponse): FetchBody {
  if (!isEmpty(response)) return new FetchBody({ response, signal })
  void response.discard()
  return new FetchBody(new Response(null))
}

async function checkBody({ integrity }: FetchCall, response: HttpResponse): Promise<FetchBody> {
  const bytes = isEmpty(response) ? undefined : await response.bytes()
  const { url, request, headers } = response
  if (bytes !== undefined && matchesIntegrity(bytes, integrity)) return new FetchBody(makeBody(bytes, headers))
  throw new BodyError(`The body of ${url} has none of the hashes given as integrity`, {
    code: 'BODY_INTEGRITY',
    request,
  })
}

function factsOf(call: FetchCall, response: HttpResponse): ResponseFacts {
  const { status, statusText, headers, url, history } = response
  const { origin } = call.target
  const wentAway = history.length > 0 && [...history, response].some((one) => new URL(one.url).origin !== origin)
  return {
    status,
    statusText,
    headers,
    url: withoutFragment(url),
    redirected: history.length > 0,
    type: wentAway ? 'cors' : 'basic',
  }
}

function withoutFragment(url: string): string {
  const at = url.indexOf('#')
  return at < 0 ? url : url.slice(0, at)
}
