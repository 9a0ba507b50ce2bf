import { BodyError, ConnectionError, TooManyRedirects } from './errors.ts'
import { FetchResponse, type ResponseFacts } from './fetch-response.ts'
import { matchesIntegrity } from './matches-integrity.ts'
import { openFetchBody } from './open-fetch-body.ts'
import type { FetchCall } from './read-fetch.ts'
import type { HttpResponse } from './response.ts'

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
    if (call.integrity !== '') return new FetchResponse(await readChecked(call, response), factsOf(call, response))
    if (!isEmpty(response))
      return new FetchResponse(openFetchBody(response, call.options.signal), factsOf(call, response))
    void response.discard()
    return new FetchResponse(null, factsOf(call, response))
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

async function readChecked(call: FetchCall, response: HttpResponse): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = isEmpty(response) ? undefined : await response.bytes()
  if (bytes !== undefined && matchesIntegrity(bytes, call.integrity)) return bytes as Uint8Array<ArrayBuffer>
  const { url, request } = response
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
