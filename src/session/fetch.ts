import type { RequestOptions } from './call.ts'
import { SessionError, UsageError } from './errors.ts'
import type { HttpResponse } from './response.ts'

/** What a fetch needs of a session. */
type Client = {
  /** The absolute URL of an input. @throws InvalidUrl */
  readonly resolve: (url: string | URL) => string
  readonly send: (method: string, url: string, options: RequestOptions) => Promise<HttpResponse>
}

/** Statuses whose Response may have no body (WHATWG fetch, "null body status"). */
const NULL_BODY = new Set([101, 103, 204, 205, 304])

/**
 * WHATWG fetch on top of a session's calls. As in fetch, a failure of the network is a TypeError with the cause, an
 * abort is the signal's reason, and no status is an error.
 */
export async function fetchThrough(
  client: Client,
  input: string | URL | Request,
  init: RequestInit,
): Promise<Response> {
  try {
    const url = client.resolve(input instanceof Request ? input.url : input)
    const request = input instanceof Request ? new Request(input, init) : new Request(url, init)
    return toResponse(await client.send(request.method, url, toOptions(request, init)))
  } catch (error) {
    if (error instanceof UsageError) throw new TypeError(error.message, { cause: error })
    if (error instanceof SessionError) throw new TypeError('fetch failed', { cause: error })
    throw error
  }
}

function toOptions(request: Request, init: RequestInit): RequestOptions {
  const headers = new Headers(request.headers)
  // The boundary that Request has put there is not the one that our encoding of the form will use.
  if (init.body instanceof FormData) headers.delete('content-type')
  // A body that was given outright can be sent again; the stream that Request makes of it cannot.
  const body = (init.body ?? request.body) as RequestOptions['body']
  return { headers, body, signal: request.signal, redirect: request.redirect }
}

function toResponse(response: HttpResponse): Response {
  const headers = new Headers()
  for (const name of response.headers.keys()) {
    for (const value of response.headers.getAll(name)) headers.append(name, value)
  }
  const empty = NULL_BODY.has(response.status) || response.request.method === 'HEAD'
  const { status, statusText, url } = response
  const made = new Response(empty ? null : response.stream(), { status, statusText, headers })
  return Object.defineProperties(made, {
    url: { value: url.replace(/#.*$/s, '') },
    redirected: { value: response.history.length > 0 },
  })
}
