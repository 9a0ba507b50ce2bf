import { Readable } from 'node:stream'
import { releaseBody } from '../body/release-body.ts'
import { ResponseError, SessionError } from '../errors.ts'
import type { RequestTarget } from '../head/target.ts'
import type { HttpResponse } from '../response.ts'
import { messageOf } from '../thrown.ts'
import { type FetchCall, readFetch } from './read-fetch.ts'
import { receiveFetch } from './receive-fetch.ts'

/** What a fetch needs of a session. */
export type FetchClient = {
  /** @throws InvalidUrl */
  readonly resolve: (url: string) => RequestTarget
  readonly send: (call: FetchCall) => Promise<HttpResponse>
}

// As it was before a program could put a session's in its place.
const platformFetch = globalThis.fetch

/**
 * WHATWG fetch on top of a session's calls. As in fetch, a failure of the network is a TypeError with the cause, an
 * abort is the signal's reason, and no status is an error.
 */
export async function fetchThrough(
  client: FetchClient,
  input: unknown,
  init: RequestInit | null | undefined,
): Promise<Response> {
  try {
    return await fetchOnce(client, input, init)
  } catch (error) {
    // The call may have ended before it had taken the stream over.
    if (init?.body instanceof Readable) releaseBody(init.body)
    throw error
  }
}

async function fetchOnce(client: FetchClient, input: unknown, init: RequestInit | null | undefined): Promise<Response> {
  const asked = input instanceof Request ? input : readText(input)
  const url = typeof asked === 'string' ? asked : asked.url
  // No network and nothing of the session's is in these.
  if (/^(data|blob):/i.test(url)) return platformFetch(asked, init ?? undefined)
  const call = await readFetch(readUrl(client, url), asked, init)
  try {
    return await receiveFetch(call, await client.send(call))
  } catch (error) {
    throw toFetchError(error, call)
  }
}

function readText(input: unknown): string {
  if ((input as { [Symbol.toStringTag]?: unknown } | undefined)?.[Symbol.toStringTag] === 'Request') {
    throw new TypeError("fetch was given another library's Request: pass the platform's own")
  }
  return String(input).trim()
}

function readUrl(client: FetchClient, url: string): RequestTarget {
  let target: RequestTarget
  try {
    target = client.resolve(url)
  } catch (cause) {
    // What can be parsed is a URL, but one that no network leads to.
    throw new TypeError(URL.canParse(url) ? 'fetch failed' : messageOf(cause), { cause })
  }
  // Those of the session's baseUrl are the session's.
  if (target.userinfo !== null && URL.canParse(url)) {
    throw new TypeError(`${target.href} was given with credentials, which fetch does not take in a URL: use auth`)
  }
  return target
}

function toFetchError(error: unknown, { options: { signal } }: FetchCall): unknown {
  if (error instanceof ResponseError) void (error.response as HttpResponse).discard()
  if (signal?.aborted && error === signal.reason) return error
  return error instanceof SessionError ? new TypeError('fetch failed', { cause: error }) : error
}
