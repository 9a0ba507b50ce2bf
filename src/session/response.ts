import { at } from './at.ts'
import { type BodySource, collectPieces, openBody, openBytes, stoppable } from './body/body-source.ts'
import type { DecodeOptions } from './body/decode-body.ts'
import { decodeJsonText, decodeText, readCharset } from './body/decode-text.ts'
import { DrainedBody } from './body/drained-body.ts'
import { readLines } from './body/read-lines.ts'
import type { RetryRecord } from './errors.ts'
import { BodyError, type RequestSummary, StatusError } from './errors.ts'
import { HttpHeaders, masking } from './head/headers.ts'
import { type Link, readLinks } from './head/links.ts'
import { messageOf } from './thrown.ts'
import type { WireBodyReader, WireRequest, WireResponse } from './wire/transport.ts'

/** Where a response comes from. */
type ResponseOrigin = {
  readonly request: WireRequest
  readonly elapsedMs: number
  /** Headers that are not to be printed, besides those that never are; in lower case. */
  readonly masked?: ReadonlySet<string> | undefined
  /** false: Content-Encoding is not undone. @default true */
  readonly decompress?: boolean | undefined
}

/** The body for one reader, who begins with its first `next`: what `stream()` reads from. For the session's own use. */
export let openSource: (response: HttpResponse) => BodySource

const NONE: readonly never[] = Object.freeze([])

/**
 * A response whose headers have come; the body is read when it is asked for, once or (as bytes, text, JSON) again and
 * again. A small body that nobody reads costs nothing; call `discard()` on a large one.
 * @example const response = await session.get('/me'); if (response.ok) console.log(await response.json())
 */
export class HttpResponse implements AsyncDisposable {
  /** The status code: 200–599 by the standard, up to 999 from some servers. */
  readonly status: number
  /** The status line's reason; empty over HTTP/2. */
  readonly statusText: string
  /** From the request being sent to the headers of this response, waiting for a connection included; redirects are not. */
  readonly elapsedMs: number
  /** The responses that redirected here, first one first. */
  history: readonly HttpResponse[] = NONE
  /** The retries that were made before this response came, on its own hop. */
  retries: readonly RetryRecord[] = NONE
  #wire: WireResponse
  readonly #request: WireRequest
  readonly #masked: ReadonlySet<string> | undefined
  #headers: HttpHeaders | undefined
  #bytes: Promise<Buffer> | undefined
  readonly #decompress: boolean
  #streamed = false

  constructor(wire: WireResponse, made: ResponseOrigin) {
    this.status = wire.status
    this.statusText = wire.statusText
    this.elapsedMs = made.elapsedMs
    this.#wire = wire
    this.#request = made.request
    this.#masked = made.masked
    this.#decompress = made.decompress ?? true
  }

  /** True for 200–299. */
  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  /** The URL that answered, after redirects, without userinfo. */
  get url(): string {
    return this.#request.target.href
  }

  /** The response's Link headers by relation, URLs resolved. @example const next = response.links.next?.url */
  get links(): Readonly<Record<string, Link>> {
    return readLinks(this.headers.get('link'), this.url)
  }

  /** The request that was answered: method and URL. */
  get request(): RequestSummary {
    return { method: this.#request.method, url: this.#request.target.href }
  }

  /** The response's headers. @example response.headers.get('content-type') */
  get headers(): HttpHeaders {
    this.#headers ??= masking(HttpHeaders.fromWire(this.#wire.headers), this.#masked)
    return this.#headers
  }

  /** True when the body has been asked for. */
  get bodyUsed(): boolean {
    return this.#streamed || this.#bytes !== undefined
  }

  /** The whole body, decoded. @throws BodyError, BodyTimeout, TotalTimeout */
  bytes(): Promise<Uint8Array> {
    return this.#readBytes()
  }

  /** The whole body as text: by its byte order mark, else by the charset of Content-Type, else (also when it is not known) as UTF-8. @throws as `bytes` does */
  async text(): Promise<string> {
    return decodeText(await this.#readBytes(), this.#charset())
  }

  /** The whole body as JSON, which is UTF-8; UTF-16 and another charset are read when it is not. @throws BodyError `INVALID_JSON`, and as `bytes` does */
  async json<T = unknown>(): Promise<T> {
    const text = decodeJsonText(await this.#readBytes(), this.#charset())
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      const found = this.headers.get('content-type') ?? 'no Content-Type'
      throw new BodyError(`${this.url} (status ${this.status}, ${found}) is not JSON: ${messageOf(cause)}`, {
        code: 'INVALID_JSON',
        request: this.request,
      })
    }
  }

  /**
   * The body in pieces, decoded, as they come; once. Cancelling it gives the rest up at once, and with it the connection
   * unless the body had ended. Reading throws `BodyError` `BODY_USED` when the body has been read as a stream before.
   */
  stream(): ReadableStream<Uint8Array> {
    const source = this.#openLazily()
    // Nothing is read before somebody asks: a stream that is taken and left must count as unread.
    const strategy = { highWaterMark: 0 }
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const piece = await source.next()
          if (piece === null) controller.close()
          else controller.enqueue(piece)
        },
        cancel: () => source.stop(),
      },
      strategy,
    )
  }

  /**
   * The body's lines, without their ends (\n or \r\n), as they come; once. Decoded as `text` does. Leaving the loop gives the rest up at once.
   * @example for await (const line of response.lines()) …
   */
  lines(): AsyncGenerator<string> {
    const source = this.#openLazily()
    return stoppable(readLines(source, this.#charset()), () => source.stop())
  }

  /** Throws on 400–599, else returns the response. @throws StatusError with this response */
  raiseForStatus(): this {
    if (this.status < 400 || this.status > 599) return this
    const { method, url } = this.request
    throw new StatusError<HttpResponse>(`${method} ${url}: ${this.status} ${this.statusText}`.trim(), {
      code: `HTTP_${this.status}`,
      status: this.status,
      request: this.request,
      response: this,
    })
  }

  /**
   * Gives the body up. What is left is read, so that the connection can be kept, as long as that is at most 128 KiB and half
   * a second away; else the connection is closed. A small body can still be read afterwards.
   */
  async discard(): Promise<void> {
    const { body, headers } = this.#wire
    if (this.#bytes !== undefined || body.ended) return
    if (this.#streamed) return body.drop()
    const drained = new DrainedBody(body, this.#request, Number(headers['content-length'] ?? 0))
    this.#wire = { status: this.status, statusText: this.statusText, headers, body: drained }
    await drained.done()
  }

  /** `await using` gives an unread body up, as `discard` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.discard()
  }

  /** Calls back when the body has ended, well or not; at once when it has. */
  onSettled(callback: () => void): void {
    this.#wire.body.onSettled(callback)
  }

  #readBytes(): Promise<Buffer> {
    if (this.#bytes !== undefined) return this.#bytes
    if (this.#streamed) throw this.#used()
    const decoding = this.#decoding()
    this.#bytes = decoding === undefined ? collect(this.#wire.body) : collectPieces(openBody(this.#wire.body, decoding))
    return this.#bytes
  }

  /** The body for one reader, who begins with its first `next`. */
  #openLazily(): BodySource {
    let source: BodySource | undefined
    return {
      next: async () => {
        source ??= this.#open()
        return source.next()
      },
      stop: () => {
        if (source === undefined && !this.bodyUsed) source = this.#open()
        source?.stop()
      },
      get stopped() {
        return source?.stopped ?? false
      },
      touch: () => source?.touch(),
    }
  }

  #open(): BodySource {
    if (this.#bytes !== undefined) return openBytes(this.#bytes)
    if (this.#streamed) throw this.#used()
    this.#streamed = true
    return openBody(this.#wire.body, this.#decoding())
  }

  #charset(): string | undefined {
    const given = this.#wire.headers['content-type']
    const contentType = typeof given === 'object' ? given[0] : given
    return contentType === undefined ? undefined : readCharset(contentType)
  }

  #decoding(): DecodeOptions | undefined {
    const encoding = this.#wire.headers['content-encoding']
    if (encoding === undefined || encoding === 'identity' || !this.#decompress) return undefined
    return { encoding: String(encoding), maxBytes: this.#request.maxResponseBytes, request: this.request }
  }

  static {
    openSource = (response) => response.#openLazily()
  }

  #used(): BodyError {
    return new BodyError(`The body of ${this.url} has been read as a stream: it is gone`, {
      code: 'BODY_USED',
      request: this.request,
    })
  }
}

async function collect(body: WireBodyReader): Promise<Buffer> {
  const chunks = await body.readAll()
  return chunks.length === 1 ? at(chunks, 0) : Buffer.concat(chunks)
}
