import { type ClientHttp2Stream, constants } from 'node:http2'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Carried } from './carried.ts'
import { unsentError } from './map-error.ts'
import type { WireBody, WireResponse } from './transport.ts'

/** The attempts on one connection. */
export type Attempts = {
  /** In the order in which their streams were opened, those without one yet among them. */
  readonly list: StreamAttempt[]
  /** Whose stream is opened just now. */
  latest: StreamAttempt | undefined
  /** How large the headers of an answer may be: HTTP/1.1 has a parser that counts, HTTP/2 counts to 64 KiB only. */
  readonly maxHeaderBytes: number
}

/**
 * One exchange on one HTTP/2 connection. undici holds it in the exchange's place, and may hold it for long after the
 * server has said that it takes no more requests: so that the exchange can go elsewhere, it is let go of here.
 */
export class StreamAttempt implements Dispatcher.DispatchHandler {
  /** Its stream has been opened. */
  started = false
  stream: ClientHttp2Stream | undefined
  readonly #attempts: Attempts
  #exchange: Carried<unknown> | undefined

  constructor(exchange: Carried<unknown>, attempts: Attempts) {
    this.#exchange = exchange
    this.#attempts = attempts
    attempts.list.push(this)
  }

  /** Lets go of the exchange: it is as if it had never been here. */
  release(): Carried<unknown> | undefined {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.#leave()
    return exchange
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici drops what throws here, without a stream.
    if (this.#exchange === undefined) throw unsentError()
    this.started = true
    // A stream that was refused is opened once more by undici, behind the others.
    this.#leave()
    this.#attempts.list.push(this)
    this.#attempts.latest = this
    this.#exchange.onRequestStart(controller)
  }

  onBodySent(): void {
    this.#exchange?.onBodySent()
  }

  onResponseStarted(): void {
    this.#exchange?.onResponseStarted()
  }

  onResponseStart(...response: Parameters<Carried<unknown>['onResponseStart']>): void {
    const [controller, , headers] = response
    if (exceeds(headers, this.#attempts.maxHeaderBytes)) controller.abort(headersTooLarge())
    else this.#exchange?.onResponseStart(...response)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#exchange?.onResponseData(controller, chunk)
  }

  onResponseEnd(): void {
    this.#reset()
    this.release()?.onResponseEnd()
  }

  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#reset()
    this.release()?.onResponseError(controller, error)
  }

  /**
   * Nothing more is to be sent of a body. Said before undici closes and destroys the stream: it does so with the code that
   * has Node put off RST_STREAM until the body is out, which is never sent then. Once the server takes more of the body, Node
   * packs empty DATA frames into memory for ever, in one turn of the event loop.
   */
  #reset(): void {
    const { stream } = this
    if (stream === undefined || stream.closed || stream.destroyed || stream.writableFinished) return
    stream.close(constants.NGHTTP2_CANCEL)
  }

  #leave(): void {
    const index = this.#attempts.list.indexOf(this)
    if (index >= 0) this.#attempts.list.splice(index, 1)
  }
}

/**
 * A body as HTTP/2 is given it: a stream as nothing but an iterable. undici joins a stream to that of the request with
 * `pipeline`, which destroys the latter while it is being closed, before RST_STREAM.
 */
export function iterableBody(body: WireBody | null): WireBody | null {
  return body instanceof Readable ? { [Symbol.asyncIterator]: () => body[Symbol.asyncIterator]() } : body
}

/** Names and values, as the parser of HTTP/1.1 counts them. */
function exceeds(headers: WireResponse['headers'], maxBytes: number): boolean {
  let bytes = 0
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') bytes += name.length + value.length
    else for (const one of value ?? []) bytes += name.length + one.length
  }
  return bytes > maxBytes
}

/** As undici names it where it counts itself. */
function headersTooLarge(): Error {
  return Object.assign(new Error('Headers too large'), { code: 'UND_ERR_HEADERS_OVERFLOW' })
}
