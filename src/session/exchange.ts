import type { Dispatcher } from 'undici'
import type { BagMember } from '../bag.ts'
import type { Connection } from './connection.ts'
import { bodyDropped, bodyTimeout, bodyTooLarge, bodyUnread, headersTimeout } from './exchange-errors.ts'
import { toSessionError, UNSENT } from './map-error.ts'
import { type Phase, PhaseTimer } from './phase-timer.ts'
import type { WireBodyReader, WireRequest, WireResponse } from './transport.ts'

/** What an exchange reports to the pool that it runs in. */
export type ExchangeOwner = {
  /** The connection has no further use for this exchange. */
  finished(exchange: Exchange): void
  /** The connection was dead before a byte was written: the exchange needs another one. */
  unsent(exchange: Exchange): void
  /** The exchange gave up waiting for a connection. */
  forget(exchange: Exchange): void
}

type Reader = { readonly resolve: () => void }

/** Body bytes kept for a reader that has not come yet; the connection pauses above this. */
const HIGH_WATER_BYTES = 64 * 1024

/** How much of an unread body is taken in while others wait for its connection. */
const READ_AHEAD_BYTES = 1024 * 1024

const NO_HEADERS: WireResponse['headers'] = Object.freeze({})

/**
 * One request and its response on one connection: undici's handler on one side, the body's reader on the other. It is
 * one object, not three, because it is made for every request that is measured.
 */
export class Exchange implements Dispatcher.DispatchHandler, WireResponse, WireBodyReader, BagMember {
  readonly request: WireRequest
  status = 0
  statusText = ''
  headers = NO_HEADERS
  /** Set while the exchange has a connection. */
  connection: Connection | undefined
  /** True when its connection had been given another request before. */
  reused = false
  poolTimer: NodeJS.Timeout | undefined
  /** Among those that run in its pool. */
  place = -1

  readonly #owner: ExchangeOwner
  readonly #resolve: (response: WireResponse) => void
  readonly #reject: (reason: unknown) => void
  #controller: Dispatcher.DispatchController | undefined
  #state: 'waiting' | 'sent' | 'answered' | 'body' | 'ended' | 'failed' = 'waiting'
  #chunks: Buffer[] = []
  #bufferedBytes = 0
  #receivedBytes = 0
  #begun = false
  #collecting = false
  #readingAhead = false
  #pausedAtMs: number | undefined
  #reader: Reader | undefined
  #failure: unknown
  #timer: PhaseTimer | undefined
  #onSettled: (() => void) | undefined

  constructor(
    request: WireRequest,
    owner: ExchangeOwner,
    resolve: (response: WireResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    this.request = request
    this.#owner = owner
    this.#resolve = resolve
    this.#reject = reject
    request.scope?.setCurrent((reason) => this.cancel(reason))
  }

  get body(): WireBodyReader {
    return this
  }

  get ended(): boolean {
    return this.#state === 'ended'
  }

  /** Since when the connection is held back because nobody has begun to read the body (`performance.now()`); else undefined. */
  get stalledSinceMs(): number | undefined {
    return this.#state === 'body' && !this.#begun ? this.#pausedAtMs : undefined
  }

  /** Takes the unread body in as far as the limit allows, so that its connection comes free; beyond, gives it up. */
  readAhead(): void {
    this.#readingAhead = true
    this.#resume()
  }

  get settled(): boolean {
    return this.#state === 'ended' || this.#state === 'failed'
  }

  // ---- undici's side

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#state === 'failed') {
      controller.abort(this.#failure as Error)
      return
    }
    this.#controller = controller
    this.#state = 'sent'
    if (!PhaseTimer.isNeeded(this.request.timeouts)) return
    this.#timer = new PhaseTimer(this.request.timeouts, (phase) => this.#expire(phase))
    this.#timer.start('headers')
  }

  onBodySent(): void {
    this.#timer?.refresh()
  }

  onResponseStarted(): void {
    this.#state = 'answered'
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: WireResponse['headers'],
    statusText?: string,
  ): void {
    if (status < 200) return
    this.status = status
    this.statusText = statusText ?? ''
    this.headers = headers
    this.#state = 'body'
    this.#timer?.start('body')
    this.#resolve(this)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#state !== 'body') return
    this.#timer?.refresh()
    this.#receivedBytes += chunk.length
    if (this.#receivedBytes > this.request.maxResponseBytes) {
      controller.abort(bodyTooLarge(this.request))
      return
    }
    this.#chunks.push(chunk)
    this.#bufferedBytes += chunk.length
    if (!this.#collecting && this.#bufferedBytes >= HIGH_WATER_BYTES) this.#holdBack(controller)
    this.#wake()
  }

  onResponseEnd(): void {
    if (this.#state === 'body') this.#state = 'ended'
    this.#settle()
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if ((error as NodeJS.ErrnoException).code === UNSENT && this.#state === 'waiting') {
      this.#owner.unsent(this)
      return
    }
    this.fail(error)
    this.#owner.finished(this)
  }

  // ---- the pool's side

  /** Ends the exchange with an error: rejects the call, or the reading of the body. */
  fail(error: unknown): void {
    if (this.settled) return
    this.#end(this.#explain(error))
  }

  #explain(error: unknown): unknown {
    const silent = this.#state === 'waiting' || this.#state === 'sent'
    const headersIn = this.#state === 'body'
    const closed = (error as NodeJS.ErrnoException | undefined)?.code === 'UND_ERR_SOCKET'
    return toSessionError(closed ? (this.connection?.failure ?? error) : error, this.request, {
      stale: this.reused && silent,
      headersIn,
      sent: this.#state !== 'waiting',
    })
  }

  #end(failure: unknown): void {
    const headersIn = this.#state === 'body'
    this.#failure = failure
    this.#state = 'failed'
    this.#chunks = []
    if (!headersIn) this.#reject(failure)
    this.#release()
  }

  /** Ends the exchange for a reason of the caller's, which is passed on untouched. */
  cancel(reason: unknown): void {
    if (this.settled) return
    const started = this.#controller
    this.#end(reason)
    if (started !== undefined) {
      started.abort(reason as Error)
      this.#owner.finished(this)
    } else if (this.connection === undefined) this.#owner.forget(this)
  }

  // ---- the reader's side

  async read(): Promise<Buffer | null> {
    this.#begun = true
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) {
        this.#bufferedBytes -= chunk.length
        if (this.#bufferedBytes < HIGH_WATER_BYTES) this.#resume()
        return chunk
      }
      if (this.#state === 'failed') throw this.#failure
      if (this.#state === 'ended') return null
      await this.#nextChange()
    }
  }

  async readAll(): Promise<Buffer[]> {
    this.#begun = true
    this.#collecting = true
    if (this.#state === 'body') this.#resume()
    while (this.#state === 'body') await this.#nextChange()
    if (this.#state === 'failed') throw this.#failure
    const chunks = this.#chunks
    this.#chunks = []
    return chunks
  }

  drop(): void {
    if (this.#state === 'body') this.cancel(bodyDropped(this.request))
    this.#chunks = []
  }

  onSettled(callback: () => void): void {
    if (this.settled) {
      callback()
      return
    }
    const before = this.#onSettled
    this.#onSettled = () => {
      before?.()
      callback()
    }
  }

  #holdBack(controller: Dispatcher.DispatchController): void {
    if (!this.#readingAhead) {
      this.#pausedAtMs = performance.now()
      this.#timer?.stop()
      controller.pause()
    } else if (this.#bufferedBytes > READ_AHEAD_BYTES) this.#giveUp(bodyUnread(this.request))
  }

  #expire(phase: Phase): void {
    this.#giveUp(phase === 'headers' ? headersTimeout(this.request) : bodyTimeout(this.request))
  }

  #giveUp(reason: Error): void {
    this.#end(reason)
    this.#controller?.abort(reason)
    this.#owner.finished(this)
  }

  #resume(): void {
    if (this.#pausedAtMs !== undefined) this.#timer?.start('body')
    this.#pausedAtMs = undefined
    this.#controller?.resume()
  }

  #settle(): void {
    this.#owner.finished(this)
    this.#release()
  }

  #release(): void {
    clearTimeout(this.poolTimer)
    this.#timer?.stop()
    this.request.scope?.setCurrent(undefined)
    this.#onSettled?.()
    this.#wake()
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#reader = { resolve }
    })
  }

  #wake(): void {
    const reader = this.#reader
    // A reader that collects everything is woken once, at the end.
    if (reader === undefined || (this.#collecting && this.#state === 'body')) return
    this.#reader = undefined
    reader.resolve()
  }
}
