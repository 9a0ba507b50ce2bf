import type { Socket } from 'node:net'
import type { Clock } from '../../probe/clock.ts'
import { frameResponses, type KnownHeads, type ResponseFramer } from './frame-responses.ts'
import type { Arrival } from './open-recorder.ts'
import type { PreparedRequest } from './prepare-requests.ts'
import type { Connect } from './raw-socket.ts'
import { ResponseSyntaxError } from './read-response-head.ts'

/** Who sends over connections, and hears what becomes of it. */
export interface LoadDriver {
  /** A connection has free places: it is sent as many requests as there are, or none. */
  onFree(connection: LoadConnection): void
  onAnswer(request: SentRequest, status: number, endMs: number): void
  /** So many were written as a connection opened: for the first time where it is theirs, once more where it is another's. */
  onWritten(count: number): void
  /** A request that got no answer; `undefined`: a connection that could not be opened, or brought what nobody had asked for. */
  onFailure(request: SentRequest | undefined, error: Error, endMs: number): void
}

/** A request under way. The object is used again: whoever hears of it keeps nothing of it. */
export interface SentRequest {
  prepared: PreparedRequest
  /** When it was sent, or where each has a connection of its own, when that was begun. By the clock, ms. */
  beginMs: number
  /** Of an open loop: whose it is. */
  arrival: Arrival
}

const atOnce: Arrival = Object.freeze({ dueMs: 0, dispatchedMs: 0, stage: undefined })

interface ConnectionOptions {
  readonly connect: Connect
  /** Of all connections to one target. */
  readonly heads: KnownHeads
  readonly clock: Clock
  readonly driver: LoadDriver
  /** Requests that may be under way at a time. */
  readonly pipelining: number
  /** Each request has a connection of its own, opened for it; `pipelining` is 1 then. */
  readonly isPerRequest: boolean
}

/** A target that refuses would be asked again at once, and for ever. */
const reconnectAfterMs = 10

/**
 * A place for connections, one at a time, and for the requests on it. Answers come in the order of requests. Those behind an answer
 * that the target called its last have not been taken up, and are sent again on the next connection (RFC 9112, section
 * 9.3.2); those of a connection that ends in any other way have failed.
 */
export class LoadConnection {
  /** For whoever sends over it: whether it stands in a line of those that are free. */
  isListed = false
  readonly #options: ConnectionOptions
  /** A ring. */
  readonly #sent: SentRequest[] = []
  #first = 0
  #count = 0
  #socket: Socket | undefined
  #framer: ResponseFramer
  #isOpen = false
  /** It could not be opened. */
  #isRefused = false
  /** The other side sends nothing more. */
  #isEnding = false
  /** It has brought an answer. */
  #isAnswered = false
  /** There is none, and nothing is wrong with that. */
  #isClosed = true
  #openingMs = 0
  /** The target has said that it answers nothing more on this connection. */
  #isLast = false
  #isOver = false
  /** When what is looked at came. */
  #readMs = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#framer = this.#makeFramer()
  }

  /** Requests that it may be sent now. */
  get free(): number {
    const { pipelining, isPerRequest } = this.#options
    if (this.#isOver) return 0
    if (isPerRequest) return this.#socket === undefined ? 1 - this.#count : 0
    // One that the target has closed after an answer is opened again by whoever needs it, as part of what that takes.
    if (this.#socket === undefined) return this.#isClosed ? pipelining - this.#count : 0
    return this.#isOpen && !this.#isLast && !this.#isEnding ? pipelining - this.#count : 0
  }

  get isIdle(): boolean {
    return this.#count === 0
  }

  get underWay(): number {
    return this.#count
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Whether it is known what becomes of it: it is open, or could not be opened. */
  get isTold(): boolean {
    return this.#isOpen || this.#isRefused
  }

  /** Since when somebody waits: for the connection to open, or for the answer to the oldest request; infinite for nobody. */
  get waitingSinceMs(): number {
    if (this.#socket !== undefined && !this.#isOpen) return this.#openingMs
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#at(0).beginMs
  }

  /** Begins to connect, where it is not connected. */
  open(): void {
    if (this.#socket !== undefined || this.#isOver) return
    this.#framer = this.#makeFramer()
    this.#isLast = false
    this.#isEnding = false
    this.#isAnswered = false
    this.#isClosed = false
    this.#openingMs = this.#options.clock.nowMs()
    this.#socket = this.#options.connect({
      onOpen: () => this.#opened(),
      onRead: (bytes, length) => this.#read(bytes, length),
      onEnd: () => {
        this.#isEnding = true
      },
      onClose: (error) => this.#closed(error),
    })
  }

  /** Takes a request under way, which is sent with the next `send`. */
  take(prepared: PreparedRequest, beginMs: number, arrival: Arrival = atOnce): void {
    const place = (this.#first + this.#count) % this.#options.pipelining
    const known = this.#sent[place]
    this.#count++
    if (known === undefined) {
      this.#sent[place] = { prepared, beginMs, arrival }
      return
    }
    known.prepared = prepared
    known.beginMs = beginMs
    known.arrival = arrival
  }

  /** Sends what it was given last: its own bytes, or with those of others before it. */
  send(bytes: Buffer): void {
    if (this.#socket === undefined) this.open()
    else this.#socket.write(bytes)
  }

  /** Gives up what is under way, which fails. */
  abort(error: Error): void {
    this.#socket?.destroy(error)
  }

  /** What is under way has failed, and the connection is of no more use. */
  fail(error: Error): void {
    const endMs = this.#options.clock.nowMs()
    while (this.#count > 0) this.#options.driver.onFailure(this.#take(), error, endMs)
    this.close()
  }

  /** Ends for good; nobody hears of it. */
  close(): void {
    this.#isOver = true
    this.#socket?.destroy()
  }

  #at(place: number): SentRequest {
    return this.#sent[(this.#first + place) % this.#options.pipelining] as SentRequest
  }

  #take(): SentRequest {
    const request = this.#at(0)
    this.#first = (this.#first + 1) % this.#options.pipelining
    this.#count--
    return request
  }

  #makeFramer(): ResponseFramer {
    const { heads, driver } = this.#options
    return frameResponses({
      heads,
      isOfHead: () => (this.#count === 0 ? undefined : this.#at(0).prepared.isHead),
      onAnswer: (status, isLast) => {
        this.#isAnswered = true
        this.#isLast ||= isLast || this.#options.isPerRequest
        driver.onAnswer(this.#take(), status, this.#readMs)
      },
    })
  }

  #opened(): void {
    this.#isOpen = true
    // What the connection before this one did not take up, or what this one was opened for.
    for (let place = 0; place < this.#count; place++) this.#socket?.write(this.#at(place).prepared.bytes)
    if (this.#count > 0) this.#options.driver.onWritten(this.#count)
    this.#offer()
  }

  #offer(): void {
    if (this.free > 0) this.#options.driver.onFree(this)
  }

  #read(bytes: Buffer, length: number): void {
    this.#readMs = this.#options.clock.nowMs()
    try {
      this.#framer.push(bytes, length)
    } catch (error) {
      this.abort(error as Error)
      return
    }
    if (this.#isLast) this.#socket?.destroy()
    else this.#offer()
  }

  #closed(error: Error | undefined): void {
    this.#readMs = this.#options.clock.nowMs()
    const wasOpen = this.#isOpen
    this.#isRefused ||= !wasOpen
    const failure = error ?? this.#endOfStream()
    this.#socket = undefined
    this.#isOpen = false
    if (this.#isOver) return
    // A target that takes connections and ends them would be asked again at once, and for ever.
    const isUnasked = failure instanceof ResponseSyntaxError
    if (isUnasked && this.#count === 0) this.#options.driver.onFailure(undefined, failure, this.#readMs)
    if (this.#isLast || (failure === undefined && this.#isAnswered)) {
      this.#isClosed = true
      if (this.#count > 0) this.open()
      else this.#offer()
      return
    }
    if (failure !== undefined && this.#count === 0 && !wasOpen) {
      this.#options.driver.onFailure(undefined, failure, this.#readMs)
    }
    while (this.#count > 0 && failure !== undefined) this.#options.driver.onFailure(this.#take(), failure, this.#readMs)
    void this.#options.clock.sleep(reconnectAfterMs).then(() => {
      if (this.#options.isPerRequest) this.#offer()
      else this.open()
    })
  }

  /** Undefined where the target ended between two answers with nothing under way, or ended an answer by it. */
  #endOfStream(): Error | undefined {
    try {
      this.#framer.end()
    } catch (error) {
      return error as Error
    }
    if (this.#count === 0 || this.#isLast) return undefined
    return Object.assign(new Error('the target closed a connection with requests under way'), { code: 'ECONNRESET' })
  }
}
