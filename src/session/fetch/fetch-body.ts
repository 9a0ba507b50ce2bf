import type { HttpHeaders } from '../head/headers.ts'
import type { HttpResponse } from '../response.ts'
import { openFetchBody, toBodyError } from './open-fetch-body.ts'

/** A body that nobody has asked for yet. */
type UnreadBody = { readonly response: HttpResponse; readonly signal: AbortSignal | undefined }

/**
 * The body of a fetched response. Most are read whole, by one call: for these no stream is made, which would cost more
 * than the rest of the call. For everything else there is the platform's own body.
 */
export class FetchBody {
  #unread: UnreadBody | undefined
  #platform: Response | undefined

  constructor(content: UnreadBody | Response) {
    if (content instanceof Response) this.#platform = content
    else this.#unread = content
  }

  /** True when it has been asked for. */
  get used(): boolean {
    return this.#platform === undefined ? this.#unread === undefined : this.#platform.bodyUsed
  }

  /** The platform's body, with all that it can. */
  get platform(): Response {
    this.#platform ??= this.#unread === undefined ? makeUsed() : openBody(this.#unread)
    return this.#platform
  }

  /** Everything at once, or undefined when there is no other way than the platform's. */
  take(): Promise<Uint8Array> | undefined {
    if (this.#unread === undefined || this.#platform !== undefined) return undefined
    const { response, signal } = this.#unread
    // Let go of, so that the bytes live no longer than their reader wants them.
    this.#unread = undefined
    return response.bytes().catch((error: unknown) => {
      throw toBodyError(error, signal)
    })
  }

  /** Both can be read from now on. @throws TypeError when it has been read */
  clone(): FetchBody {
    return new FetchBody(this.platform.clone())
  }
}

/** Content as the platform has it. blob() and formData() ask the headers for the type. */
export function makeBody(content: ReadableStream<Uint8Array> | Uint8Array, headers: HttpHeaders): Response {
  const type = headers.get('content-type')
  const init = type === null ? undefined : { headers: { 'content-type': type } }
  return new Response(content as ReadableStream<Uint8Array>, init)
}

function openBody({ response, signal }: UnreadBody): Response {
  return makeBody(openFetchBody(response, signal), response.headers)
}

/** What the platform has for a body that has been read. */
function makeUsed(): Response {
  const used = new Response('')
  void used.text()
  return used
}
