import type { Socket } from 'node:net'
import { type buildConnector, Client, type Dispatcher } from 'undici'
import type { Exchange } from './exchange.ts'
import { UNSENT } from './map-error.ts'
import { coarseMs } from './phase-timer.ts'

/** What a connection is opened with. */
export type ConnectionOptions = {
  readonly origin: string
  readonly pipelining: number
  readonly keepAliveTimeoutMs: number
  readonly maxRequests: number
  readonly allowH2: boolean
  /** False for a connection that serves one request and is closed. */
  readonly keepAlive: boolean
  /** Set for plain http through a proxy: the request line has the whole URL. */
  readonly absoluteForm?: { readonly authorization: string | undefined } | undefined
}

/** The server's keep-alive hint is shortened by this much, so that a request does not cross with its close. */
const KEEP_ALIVE_MARGIN_MS = 1_000

/** HTTP/2 streams that one connection carries at a time. */
const MAX_STREAMS = 100

/** One open socket with undici's client on it. It never reconnects: when the socket is gone, the connection is. */
export class Connection {
  /** Requests given to this connection so far. */
  requestsSent = 0
  inFlight = 0
  /** True while the pool holds it among those that can take a request. */
  listed = false
  /** The first error of the socket's: a TLS alert, which undici forgets when the socket ends right after it. */
  failure: Error | undefined
  readonly capacity: number
  readonly #socket: Socket
  readonly #client: Client
  readonly #options: ConnectionOptions
  #attached = false

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('error', (error) => {
      this.failure ??= error
    })
    this.capacity = (socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2' ? MAX_STREAMS : options.pipelining
    this.#client = new Client(options.origin, {
      connect: (_options, callback) => this.#attach(callback),
      pipelining: options.pipelining,
      keepAliveTimeout: options.keepAliveTimeoutMs,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
      allowH2: options.allowH2,
    })
  }

  /** True while requests can be sent on it. */
  get usable(): boolean {
    return !this.#socket.destroyed && !this.#spent && (this.#options.keepAlive || this.requestsSent === 0)
  }

  /** True when it carries as many requests as it may. */
  get full(): boolean {
    return this.inFlight >= this.capacity
  }

  dispatch(exchange: Exchange): void {
    const { request } = exchange
    this.requestsSent += 1
    this.inFlight += 1
    exchange.connection = this
    const options: Dispatcher.DispatchOptions & { servername: string } = {
      path:
        this.#options.absoluteForm === undefined ? request.target.path : request.target.origin + request.target.path,
      method: request.method as Dispatcher.HttpMethod,
      headers: this.#headers(request.headers) as string[],
      body: request.body as Dispatcher.DispatchOptions['body'] & {},
      headersTimeout: coarseMs(request.timeouts.headers),
      bodyTimeout: coarseMs(request.timeouts.body),
      // Said outright, so that a HEAD or a DELETE with a body does not cost the connection.
      reset: !this.#options.keepAlive || this.#spent,
      // undici's default is true, which keeps the next request back until this one's headers are in: no pipelining at all.
      blocking: false,
      // Constant, so that a Host header of the caller's does not make undici reconnect for another SNI.
      servername: 'session',
    }
    this.#client.dispatch(options, exchange)
  }

  #headers(headers: readonly string[]): readonly string[] {
    const authorization = this.#options.absoluteForm?.authorization
    return authorization === undefined ? headers : [...headers, 'Proxy-Authorization', authorization]
  }

  destroy(reason?: Error): void {
    this.#socket.destroy(reason)
  }

  get #spent(): boolean {
    return this.requestsSent >= this.#options.maxRequests
  }

  // undici asks for a socket when the first request comes, and again when that socket has died with requests waiting.
  #attach(callback: buildConnector.Callback): void {
    const first = !this.#attached
    this.#attached = true
    // Not at once: undici is in the middle of its own loop here, and would not look at its queue again.
    queueMicrotask(() => {
      if (first && !this.#socket.destroyed) callback(null, this.#socket)
      else callback(Object.assign(new Error('The connection is gone'), { code: UNSENT }), null)
    })
  }
}
