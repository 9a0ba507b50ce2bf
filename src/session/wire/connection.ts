import { maxHeaderSize } from 'node:http'
import type { Socket } from 'node:net'
import { type buildConnector, Client, type Dispatcher } from 'undici'
import { IDEMPOTENT_METHODS } from '../policy/retry.ts'
import type { Carried } from './carried.ts'
import { ignoreContinue } from './ignore-continue.ts'
import { UNSENT, unsentError } from './map-error.ts'
import { PipelinedAttempt } from './pipelined-attempt.ts'
import { type Attempts, iterableBody, StreamAttempt } from './stream-attempt.ts'
import { untakenError } from './stream-failure.ts'
import { watchResting } from './watch-resting.ts'
import { watchStreams } from './watch-streams.ts'

/** What a connection is opened with. */
export type ConnectionOptions = {
  readonly origin: string
  readonly pipelining: number
  readonly keepAliveTimeoutMs: number
  readonly maxRequests: number
  readonly allowH2: boolean
  /** @default undici's: that of node:http */
  readonly maxResponseHeaderBytes?: number | undefined
  /** False for a connection that serves one request and is closed. */
  readonly keepAlive: boolean
  /** Set for plain http through a proxy: the request line has the whole URL. */
  readonly absoluteForm?: { readonly authorization: string | undefined } | undefined
}

/** The server's keep-alive hint is shortened by this much, so that a request does not cross with its close. */
const KEEP_ALIVE_MARGIN_MS = 1_000

/** HTTP/2 streams that one connection carries at a time. */
const MAX_STREAMS = 100

type DispatchBody = Dispatcher.DispatchOptions['body'] & {}

/** How many requests a connection carries at a time, as far as that is known before it is open: HTTP/2 where it is offered. */
export function likelyPlaces(options: ConnectionOptions): number {
  return placesOf(options, options.allowH2 && options.origin.startsWith('https:'))
}

function placesOf({ keepAlive, maxRequests, pipelining }: ConnectionOptions, isH2: boolean): number {
  return keepAlive ? Math.min(isH2 ? MAX_STREAMS : pipelining, maxRequests) : 1
}

/** One open socket with undici's client on it. It never reconnects: when the socket is gone, the connection is. */
export class Connection {
  /** Its number among those of its pool, in order of opening. */
  readonly serial: number
  /** Requests given to this connection so far. */
  requestsSent = 0
  inFlight = 0
  /** True while the pool holds it among those that can take a request. */
  listed = false
  /** True when it only finishes what it has begun: the server takes no more, or it is not to be trusted with more. */
  leaving = false
  /** True when the server has said that it takes no more (GOAWAY): what undici gives back then has not been looked at. */
  dismissed = false
  /**
   * Why what was pipelined behind has to go elsewhere, at no cost of its own. 'answered': an answer said that it was the last
   * (RFC 9112, 9.6: nothing behind it was looked at). 'aborted': a call was, and took the connection with it.
   */
  cutShort: 'answered' | 'aborted' | undefined
  /** Told once, when it begins to leave. */
  onLeaving: (() => void) | undefined
  readonly capacity: number
  readonly #socket: Socket
  readonly #client: Client
  readonly #options: ConnectionOptions
  // HTTP/2 only.
  readonly #attempts: Attempts | undefined
  // HTTP/1.1 only, where requests are pipelined.
  readonly #pipeline: PipelinedAttempt[] | undefined
  // The first error of the socket's: a TLS alert, which undici forgets when the socket ends right after it.
  #failure: Error | undefined
  #attached = false
  #rested = false
  #endRest: (() => void) | undefined
  #reconnect: buildConnector.Callback | undefined

  constructor(socket: Socket, serial: number, options: ConnectionOptions) {
    this.#socket = socket
    this.serial = serial
    this.#options = options
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The network's and TLS's own; undici's are about the one answer that it could not read.
      if (/^E(?!RR_HTTP2)/.test(error.code ?? '')) this.#failure ??= error
    })
    const isH2 = (socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2'
    this.capacity = isH2 ? MAX_STREAMS : options.pipelining
    const { maxResponseHeaderBytes: headerBytes } = options
    this.#client = new Client(options.origin, {
      connect: (_options, callback) => this.#attach(callback),
      pipelining: options.pipelining,
      keepAliveTimeout: options.keepAliveTimeoutMs,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
      allowH2: options.allowH2,
      ...(headerBytes === undefined ? {} : { maxHeaderSize: Math.min(headerBytes, Number.MAX_SAFE_INTEGER) }),
    })
    if (!isH2) {
      if (options.pipelining === 1) return
      this.#pipeline = []
      this.#client.on('disconnect', (_origin, _clients, error) => this.#onCut(error))
      return
    }
    const attempts: Attempts = { list: [], latest: undefined, maxHeaderBytes: headerBytes ?? maxHeaderSize }
    this.#attempts = attempts
    this.#client.on('disconnect', () => this.#onDisconnect(attempts.list))
    this.#client.on('connect', () =>
      watchStreams(socket, (stream) => {
        if (attempts.latest !== undefined) attempts.latest.stream = stream
      }),
    )
  }

  /** True while requests can be sent on it. */
  get usable(): boolean {
    const { keepAlive } = this.#options
    if (this.#endRest !== undefined && this.#socket.readableLength > 0) return false
    return !this.#socket.destroyed && !this.leaving && !this.#spent && (keepAlive || this.requestsSent === 0)
  }

  /** How many requests one like it carries at a time. */
  get places(): number {
    return placesOf(this.#options, this.multiplexed)
  }

  /** True when it carries as many requests as it may. */
  get full(): boolean {
    return this.inFlight >= this.capacity
  }

  get closed(): boolean {
    return this.#socket.destroyed
  }

  /** True for HTTP/2. */
  get multiplexed(): boolean {
    return this.#attempts !== undefined
  }

  /** False until undici has it: until then nobody notices that the other side closes it. */
  get attached(): boolean {
    return this.#attached
  }

  /** True when bytes wait to be sent: of the request that has been answered already, when that one had a body. */
  get backedUp(): boolean {
    // Behind another, none of them has been answered.
    if (this.#attempts !== undefined || this.#pipeline?.some(({ calledOff }) => calledOff)) return false
    return this.#socket.writableLength > 0
  }

  /** True when it was there before the request that it carries now: the other side may have begun to close it. */
  get kept(): boolean {
    return this.requestsSent > 0 || this.#rested
  }

  /**
   * Keeps it for the next request, though it was opened for one that somebody else has carried; false where it can't wait.
   * On HTTP/2 the other side speaks first, and one connection carries many: there is another.
   */
  rest(): boolean {
    const { keepAlive, keepAliveTimeoutMs } = this.#options
    if (!keepAlive || this.multiplexed || !this.usable) return false
    this.#rested = true
    this.#endRest ??= watchResting(this.#socket, keepAliveTimeoutMs)
    return true
  }

  /** What the socket died of, where undici only knows that it did. */
  reasonFor(error: unknown): unknown {
    const code = (error as NodeJS.ErrnoException | undefined)?.code
    if (code === 'UND_ERR_HEADERS_OVERFLOW')
      return Object.assign(error as Error, { limitBytes: this.#options.maxResponseHeaderBytes })
    return code === 'UND_ERR_SOCKET' || code === UNSENT ? (this.#failure ?? error) : error
  }

  /** True for a failed request that may go elsewhere: it was never written, or undici gives it back and no answer is due. */
  letsGo(method: string, { state, isUnsent }: { readonly state: string; readonly isUnsent: boolean }): boolean {
    if (state === 'waiting') return isUnsent || this.closed
    if (!isUnsent) return false
    if (this.cutShort === undefined) return this.dismissed
    // Some servers begin with what is behind an answer that they then say is the last.
    return state === 'sent' && IDEMPOTENT_METHODS.has(method)
  }

  dispatch(exchange: Carried<Connection>): void {
    const { request } = exchange
    this.#endRest?.()
    this.#endRest = undefined
    this.requestsSent += 1
    this.inFlight += 1
    exchange.connection = this
    const options: Dispatcher.DispatchOptions & { servername: string } = {
      path:
        this.#options.absoluteForm === undefined ? request.target.path : request.target.origin + request.target.path,
      method: request.method as Dispatcher.HttpMethod,
      headers: this.#headers(request.headers) as string[],
      body: (this.#attempts === undefined ? request.body : iterableBody(request.body)) as DispatchBody,
      // Limits are the exchange's own: undici starts its own again with each interim response, and has none for a
      // request that it has not begun to write.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Said outright, so that a HEAD or a DELETE with a body does not cost the connection.
      reset: !this.#options.keepAlive || this.#spent,
      // undici's default is true, which keeps the next request back until this one's headers are in: no pipelining at all.
      blocking: false,
      // Constant, so that a Host header of the caller's does not make undici reconnect for another SNI.
      servername: 'session',
    }
    this.#client.dispatch(options, this.#handlerOf(exchange))
  }

  #handlerOf(exchange: Carried<Connection>): Dispatcher.DispatchHandler {
    if (this.#attempts !== undefined) return new StreamAttempt(exchange, this.#attempts)
    return this.#pipeline === undefined ? exchange : new PipelinedAttempt(exchange, this.#pipeline)
  }

  #headers(headers: readonly string[]): readonly string[] {
    const authorization = this.#options.absoluteForm?.authorization
    return authorization === undefined ? headers : [...headers, 'Proxy-Authorization', authorization]
  }

  destroy(reason?: Error): void {
    this.#socket.destroy(reason)
  }

  /** An answer did not come in time: on HTTP/2, where the connection lives on, the others may finish but no more are begun. */
  mistrust(): void {
    if (this.#attempts === undefined) return
    this.#leave()
    this.callOff()
  }

  /** A request was called off before it was begun. An HTTP/2 server that lets none begin is not waited for any longer. */
  callOff(): void {
    if (this.#attempts?.list.every(({ started }) => !started)) this.destroy()
  }

  /** One of its exchanges is over. */
  settle(): void {
    this.inFlight -= 1
    if (this.#reconnect !== undefined) queueMicrotask(() => this.#refuseReconnect())
  }

  get #spent(): boolean {
    return this.requestsSent >= this.#options.maxRequests
  }

  #leave(): void {
    if (this.leaving) return
    this.leaving = true
    this.onLeaving?.()
  }

  // undici asks for a socket when the first request comes, and again when that one is gone with requests waiting.
  #attach(callback: buildConnector.Callback): void {
    if (this.#attached) {
      this.#reconnect = callback
      queueMicrotask(() => this.#refuseReconnect())
      return
    }
    this.#attached = true
    // Not at once: undici is in the middle of its own loop here, and would not look at its queue again.
    queueMicrotask(() => {
      if (this.#socket.destroyed) return callback(unsentError(), null)
      callback(null, this.#socket)
      ignoreContinue(this.#socket)
    })
  }

  // undici ends the connection itself then, and puts what is behind back among those that wait.
  #onCut(error: Error): void {
    if ((error as NodeJS.ErrnoException).code !== 'UND_ERR_INFO') return
    if (error.message === 'reset') this.cutShort = 'answered'
    else if (error.message === 'aborted') this.cutShort = 'aborted'
  }

  /** While streams of a session that the server ends are open, undici would ask again at once, and for ever. */
  #refuseReconnect(): void {
    const callback = this.#reconnect
    if (callback === undefined || this.#client.stats.running > 0) return
    this.#reconnect = undefined
    callback(unsentError(), null)
  }

  /** undici lets go of a socket that is still open when the server ends the session (GOAWAY): what it takes no more goes elsewhere. */
  #onDisconnect(attempts: readonly StreamAttempt[]): void {
    if (this.#socket.destroyed) return
    this.dismissed = true
    const begun = attempts.filter(({ started }) => started)
    const waiting = attempts.filter(({ started }) => !started)
    // undici has put the refused ones, which are those with the latest streams, back among those that wait.
    const refused = this.#client.stats.pending - waiting.length
    this.#leave()
    for (const attempt of [...begun.slice(begun.length - Math.max(0, refused)), ...waiting])
      attempt.release()?.refused(untakenError())
  }
}
