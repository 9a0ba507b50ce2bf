import { decodeBody } from './decode-body.ts'
import { BodyError, type RequestSummary, StatusError } from './errors.ts'
import { HttpHeaders, masking } from './headers.ts'
import { type Link, readLinks } from './links.ts'
import type { RetryRecord } from './retry.ts'
import type { WireBodyReader, WireRequest, WireResponse } from './transport.ts'

/** Where a response comes from. */
export type ResponseOrigin = {
  readonly request: WireRequest
  readonly elapsedMs: number
  /** Headers that are not to be printed, besides those that never are; in lower case. */
  readonly masked?: ReadonlySet<string> | undefined
}

const NONE: readonly never[] = Object.freeze([])

/** Bytes of an unwanted body that are read so that its connection can be kept; more costs the connection. */
const DISCARD_LIMIT_BYTES = 128 * 1024

/**
 * A response whose headers have come; the body is read when it is asked for, once or (as bytes, text, JSON) again and
 * again. A small body that nobody reads costs nothing; call `discard()` on a large one.
 * @example const user = await (await session.get('/me')).raiseForStatus().json()
 */
export class HttpResponse implements AsyncDisposable {
  /** The status code, 200–599. */
  readonly status: number
  /** The status line's reason; empty over HTTP/2. */
  readonly statusText: string
  /** From the request being sent to the headers of this response, waiting for a connection included; redirects are not. */
  readonly elapsedMs: number
  /** The responses that redirected here, first one first. */
  history: readonly HttpResponse[] = NONE
  /** The retries that were made before this response came, on its own hop. */
  retries: readonly RetryRecord[] = NONE
  readonly #wire: WireResponse
  readonly #request: WireRequest
  readonly #masked: ReadonlySet<string> | undefined
  #headers: HttpHeaders | undefined
  #bytes: Promise<Buffer> | undefined
  #streamed = false

  constructor(wire: WireResponse, made: ResponseOrigin) {
    this.status = wire.status
    this.statusText = wire.statusText
    this.elapsedMs = made.elapsedMs
    this.#wire = wire
    this.#request = made.request
    this.#masked = made.masked
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

  /** The whole body as text, by the charset of Content-Type, else UTF-8. @throws as `bytes` does */
  async text(): Promise<string> {
    const bytes = await this.#readBytes()
    const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(this.headers.get('content-type') ?? '')?.[1]
    return decodeText(bytes, charset)
  }

  /** The whole body as JSON (UTF-8). @throws BodyError `INVALID_JSON`, and as `bytes` does */
  async json<T = unknown>(): Promise<T> {
    const text = decodeText(await this.#readBytes(), undefined)
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      const found = this.headers.get('content-type') ?? 'no Content-Type'
      throw new BodyError(`${this.url} (status ${this.status}, ${found}) is not JSON: ${(cause as Error).message}`, {
        code: 'INVALID_JSON',
        request: this.request,
      })
    }
  }

  /** The body in pieces, decoded, as they come; once. @throws BodyError `BODY_USED` when it has been read */
  stream(): ReadableStream<Uint8Array> {
    const pieces = this.#pieces()
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: async () => {
        await pieces.return(undefined)
        this.#wire.body.drop()
      },
    })
  }

  /** The body's lines, without their ends, as they come; once. @example for await (const line of response.lines()) … */
  async *lines(): AsyncGenerator<string> {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const piece of this.stream()) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split(/\r?\n/)
      rest = lines.pop() ?? ''
      yield* lines
    }
    rest += decoder.decode()
    if (rest !== '') yield rest
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

  /** Gives the body up: reads a little of it so that the connection can be kept, or closes the connection. */
  async discard(): Promise<void> {
    const { body } = this.#wire
    if (this.bodyUsed || body.ended) return
    try {
      await drain(body)
    } catch {
      // A body that fails while it is thrown away is of no interest.
    }
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
    this.#bytes = this.#encoding() === undefined ? collect(this.#wire.body) : collectPieces(this.#decoded())
    return this.#bytes
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    if (this.#bytes !== undefined) {
      yield await this.#bytes
      return
    }
    if (this.#streamed) throw this.#used()
    this.#streamed = true
    yield* this.#decoded()
  }

  async *#decoded(): AsyncGenerator<Buffer> {
    try {
      yield* this.#decode()
    } finally {
      // Left early, by an error or by the reader: the rest must not hold the connection.
      if (!this.#wire.body.ended) this.#wire.body.drop()
    }
  }

  #decode(): AsyncIterable<Buffer> {
    const pieces = readPieces(this.#wire.body)
    const encoding = this.#encoding()
    if (encoding === undefined) return pieces
    return decodeBody(pieces, { encoding, maxBytes: this.#request.maxResponseBytes, request: this.request })
  }

  #encoding(): string | undefined {
    const encoding = this.#wire.headers['content-encoding']
    return encoding === undefined || encoding === 'identity' ? undefined : String(encoding)
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
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
}

async function collectPieces(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const piece of pieces) chunks.push(piece)
  return Buffer.concat(chunks)
}

async function* readPieces(body: WireBodyReader): AsyncGenerator<Buffer> {
  for (let piece = await body.read(); piece !== null; piece = await body.read()) yield piece
}

async function drain(body: WireBodyReader): Promise<void> {
  let bytes = 0
  for (let piece = await body.read(); piece !== null; piece = await body.read()) {
    bytes += piece.length
    if (bytes > DISCARD_LIMIT_BYTES) return body.drop()
  }
}

function decodeText(bytes: Buffer, charset: string | undefined): string {
  const label = charset?.toLowerCase() ?? 'utf-8'
  if (label !== 'utf-8' && label !== 'utf8') {
    try {
      return new TextDecoder(label).decode(bytes)
    } catch {
      // An unknown charset is read as UTF-8, like a missing one.
    }
  }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return bytes.toString('utf8', hasMark ? 3 : 0)
}
