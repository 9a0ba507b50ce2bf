import { Readable } from 'node:stream'
import type { BagMember } from '../bag.ts'
import { releaseBody } from '../body/release-body.ts'
import { codeOf } from '../thrown.ts'
import type { Carried, Controller } from './carried.ts'
import type { Connection } from './connection.ts'
import { bodyDropped, bodyNotSent, bodyTooLarge, bodyUnread, phaseOver } from './exchange-errors.ts'
import type { ExchangeOwner, Opening } from './exchange-owner.ts'
import { toSessionError, UNSENT } from './map-error.ts'
import { type Limited, type Phase, refreshPhase, startPhase, UNSWEPT } from './phase-limit.ts'
import type { WireBodyReader, WireRequest, WireResponse } from './transport.ts'

/** Body bytes kept for a reader that has not come yet; the connection pauses above this. */
const HIGH_WATER_BYTES = 64 * 1024

/** How much of an unread body is taken in while others wait for its connection. */
const READ_AHEAD_BYTES = 1024 * 1024

const NO_HEADERS: WireResponse['headers'] = Object.freeze({})

/** Thrown at undici to drop a request that is over before its turn: an abort would end the connection with it. */
const CALLED_OFF = new Error('The request was called off before it was sent')

/**
 * One request and its response on one connection: undici's handler on one side, the body's reader on the other. It is
 * one object, not three, because it is made for every request that is measured.
 */
export class Exchange implements Carried<Connection>, WireResponse, WireBodyReader, BagMember, Limited {
  readonly request: WireRequest
  status = 0
  statusText = ''
  headers = NO_HEADERS
  /** Set while the exchange has a connection. */
  connection: Connection | undefined
  /** The connection that is opened for it while it waits. */
  opening: Opening<Exchange> | undefined
  /** Its place in the order of waiting; 0 while it has never waited. */
  turn = 0
  /** Only connections with a higher number than this may carry it. */
  newerThan = 0
  /** True when its connection had been given another request before. */
  reused = false
  /** Among those that run in its pool. */
  place = -1
  phase: Phase | undefined
  lastedMs = UNSWEPT
  timer: NodeJS.Timeout | undefined

  readonly #owner: ExchangeOwner<Exchange>
  readonly #resolve: (response: WireResponse) => void
  readonly #reject: (reason: unknown) => void
  #controller: Controller | undefined
  #state: 'waiting' | 'sent' | 'answered' | 'body' | 'ended' | 'failed' = 'waiting'
  #chunks: Buffer[] = []
  #bufferedBytes = 0
  #receivedBytes = 0
  #begun = false
  #collecting = false
  #readingAhead = false
  #pausedAtMs: number | undefined
  #wakeReader: (() => void) | undefined
  #failure: unknown
  #onSettled: (() => void) | undefined

  constructor(
    request: WireRequest,
    owner: ExchangeOwner<Exchange>,
    resolve: (response: WireResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    this.request = request
    this.#owner = owner
    this.#resolve = resolve
    this.#reject = reject
    request.scope?.setCurrent((reason) => this.cancel(reason))
    // undici hears of it only once it has begun to send; a failure before that, or one like a network's, is no connection's.
    if (request.body instanceof Readable)
      request.body.once('error', (error) => this.#state !== 'body' && this.cancel(bodyNotSent(request, error)))
  }

  get body(): WireBodyReader {
    return this
  }

  get ended(): boolean {
    return this.#state === 'ended'
  }

  get settled(): boolean {
    return this.#state === 'ended' || this.#state === 'failed'
  }

  /** True until undici has begun to write it. */
  get unstarted(): boolean {
    return this.#state === 'waiting'
  }

  /** True while the body comes in and nobody has begun to read it. */
  get unread(): boolean {
    return this.#state === 'body' && !this.#begun
  }

  /** Since when the connection is held back because nobody takes what has come of the body (`performance.now()`); else undefined. */
  get stalledSinceMs(): number | undefined {
    return this.#state === 'body' ? this.#pausedAtMs : undefined
  }

  // ---- undici's side

  onRequestStart(controller: Controller): void {
    if (this.#state === 'failed') throw CALLED_OFF
    this.#controller = controller
    this.#state = 'sent'
    startPhase(this, 'headers')
  }

  onBodySent(): void {
    if (this.phase === 'headers') refreshPhase(this)
  }

  onResponseStarted(): void {
    this.#state = 'answered'
  }

  onResponseStart(_: Controller, status: number, headers: WireResponse['headers'], statusText?: string): void {
    // An interim response shows that the server lives, but is no answer: the limit of the headers runs on.
    if (status < 200) return
    this.status = status
    this.statusText = statusText ?? ''
    this.headers = headers
    this.#state = 'body'
    startPhase(this, 'body')
    this.#resolve(this)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#state !== 'body') return
    refreshPhase(this)
    this.#receivedBytes += chunk.length
    if (this.#receivedBytes > this.request.maxResponseBytes) return void controller.abort(bodyTooLarge(this.request))
    this.#chunks.push(chunk)
    this.#bufferedBytes += chunk.length
    if (!this.#collecting && this.#bufferedBytes >= HIGH_WATER_BYTES) this.#holdBack(controller)
    this.#wake()
  }

  onResponseEnd(): void {
    if (this.#state === 'body') this.#state = 'ended'
    this.#owner.finished(this)
    this.#release()
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    const isUnsent = codeOf(error) === UNSENT
    if (this.connection?.letsGo(this.request.method, { state: this.#state, isUnsent })) return void this.refused(error)
    this.fail(error)
    this.#owner.finished(this)
  }

  // ---- the pool's side

  /** The server has not seen it, or says that it will not look at it: as if it had never been sent. */
  refused(error: Error): void {
    if (this.settled) return void this.#owner.finished(this)
    startPhase(this, undefined)
    this.#controller = undefined
    this.#state = 'waiting'
    this.#owner.unsent(this, error)
  }

  /** Ends the exchange with an error: rejects the call, or the reading of the body. */
  fail(error: unknown): void {
    if (this.settled) return
    const silent = this.#state === 'waiting' || this.#state === 'sent'
    this.#end(
      toSessionError(this.connection?.reasonFor(error) ?? error, this.request, {
        stale: this.reused && silent,
        headersIn: this.#state === 'body',
        sent: this.#state !== 'waiting',
      }),
    )
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
    else this.#owner.calledOff(this)
  }

  expire(phase: Phase): void {
    const { connection } = this
    const reason = phaseOver(phase, this.request)
    this.cancel(reason)
    if (phase !== 'body') connection?.mistrust()
  }

  /** Takes the unread body in as far as the limit allows, so that its connection comes free; beyond, gives it up. */
  readAhead(): void {
    this.#readingAhead = true
    this.#resume()
  }

  #end(failure: unknown): void {
    const headersIn = this.#state === 'body'
    this.#failure = failure
    this.#state = 'failed'
    this.#chunks = []
    if (!headersIn) this.#reject(failure)
    this.#release()
  }

  #release(): void {
    startPhase(this, undefined)
    if (this.request.body !== null) releaseBody(this.request.body)
    this.request.scope?.setCurrent(undefined)
    this.#onSettled?.()
    this.#wake()
  }

  #holdBack(controller: Controller): void {
    if (!this.#readingAhead) {
      this.#pausedAtMs = performance.now()
      startPhase(this, undefined)
      controller.pause()
    } else if (this.#bufferedBytes > READ_AHEAD_BYTES) this.cancel(bodyUnread(this.request))
  }

  #resume(): void {
    if (this.#pausedAtMs !== undefined && this.#state === 'body') startPhase(this, 'body')
    this.#pausedAtMs = undefined
    this.#controller?.resume()
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
    if (this.settled) return void callback()
    const before = this.#onSettled
    this.#onSettled = () => {
      before?.()
      callback()
    }
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeReader = resolve
    })
  }

  #wake(): void {
    const wake = this.#wakeReader
    // A reader that collects everything is woken once, at the end.
    if (wake === undefined || (this.#collecting && this.#state === 'body')) return
    this.#wakeReader = undefined
    wake()
  }
}
