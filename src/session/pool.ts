import type { Socket } from 'node:net'
import { Bag } from '../bag.ts'
import { channels } from './channels.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import { PoolTimeout } from './errors.ts'
import { Exchange, type ExchangeOwner } from './exchange.ts'
import type { TransportStats, WireRequest, WireResponse } from './transport.ts'

/** What one pool may do. */
export type PoolLimits = ConnectionOptions & {
  readonly connections: number
  /** False: instead of waiting, an extra connection is opened and closed after use. */
  readonly block: boolean
  /** How long an unread body may hold a connection that others wait for. */
  readonly unreadBodyTimeoutMs: number
}

/** A connection on its way. */
type Opening = { socket?: Socket }

/** Opens one socket to the pool's server; `onSocket` is told of it before it is open. */
export type SocketOpener = (connectTimeoutMs: number, onSocket: (socket: Socket) => void) => Promise<Socket>

/** The connections to one origin, and the requests that wait for one, in order of asking. */
export class Pool implements ExchangeOwner {
  readonly #limits: PoolLimits
  readonly #open: SocketOpener
  readonly #connections = new Set<Connection>()
  // Last used first: the others may idle out, as they should.
  readonly #available: Connection[] = []
  readonly #waiting: Exchange[] = []
  readonly #opening = new Set<Opening>()
  readonly #running = new Bag<Exchange>()
  #opened = 0
  #sentOnReused = 0
  #closing: (() => void) | undefined
  #unreadTimer: NodeJS.Timeout | undefined

  constructor(limits: PoolLimits, open: SocketOpener) {
    this.#limits = limits
    this.#open = open
  }

  send(request: WireRequest): Promise<WireResponse> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(request, this, resolve, reject)
      if (channels.ask.hasSubscribers) channels.ask.publish({ exchange })
      this.#submit(exchange)
    })
  }

  stats(): TransportStats {
    return {
      connectionsOpened: this.#opened,
      requestsOnReused: this.#sentOnReused,
      idle: this.#available.filter((connection) => connection.inFlight === 0).length,
      busy: this.#running.size,
      pending: this.#waiting.length,
    }
  }

  get idle(): boolean {
    return this.#running.size === 0 && this.#waiting.length === 0 && this.#opening.size === 0
  }

  // ---- what exchanges report

  finished(exchange: Exchange): void {
    const { connection } = exchange
    if (connection === undefined || !this.#running.delete(exchange)) return
    connection.inFlight -= 1
    // With nobody waiting, whoever comes next finds out whether the connection lives on.
    if (this.#waiting.length === 0 && this.#closing === undefined) this.#list(connection)
    // Later in this turn, when undici knows it.
    else queueMicrotask(() => this.#release(connection))
  }

  unsent(exchange: Exchange): void {
    this.#running.delete(exchange)
    if (exchange.reused) this.#sentOnReused -= 1
    const { connection } = exchange
    exchange.connection = undefined
    if (connection !== undefined) this.#remove(connection)
    this.#waiting.unshift(exchange)
    this.#openMore()
  }

  forget(exchange: Exchange): void {
    const index = this.#waiting.indexOf(exchange)
    if (index >= 0) this.#waiting.splice(index, 1)
    this.#abandonSurplus()
    this.#checkClosed()
  }

  // ---- ending

  /** Resolves once everything under way has ended and every connection is closed. */
  async close(): Promise<void> {
    if (!this.idle) await this.#becomeIdle()
    this.#closeConnections()
  }

  #becomeIdle(): Promise<void> {
    this.#watchUnread()
    return new Promise((resolve) => {
      const before = this.#closing
      this.#closing = () => {
        before?.()
        resolve()
      }
    })
  }

  destroy(reason: Error): void {
    for (const exchange of this.#waiting.splice(0)) exchange.fail(reason)
    for (const exchange of this.#running) exchange.cancel(reason)
    for (const { socket } of this.#opening) socket?.destroy(reason)
    this.#closeConnections()
  }

  #submit(exchange: Exchange): void {
    const connection = this.#isFirst() ? this.#takeAvailable() : undefined
    if (connection !== undefined && !exchange.request.fresh) {
      this.#dispatch(connection, exchange)
      return
    }
    // A second try after a stale connection: an idle one makes room for a new one, and it was asked first.
    connection?.destroy()
    if (exchange.request.fresh) this.#waiting.unshift(exchange)
    else this.#waiting.push(exchange)
    this.#openMore()
    if (this.#opening.size < this.#waiting.length) this.#noRoom(exchange)
  }

  /** True when nobody waits whom a free connection would serve: second tries want new ones. */
  #isFirst(): boolean {
    return this.#waiting.length === 0 || this.#waiting.every(({ request }) => request.fresh)
  }

  #noRoom(exchange: Exchange): void {
    if (!this.#limits.block) {
      void this.#openOne(exchange.request.timeouts.connect, { ...this.#limits, keepAlive: false })
      return
    }
    this.#watchUnread()
    const { pool: timeoutMs } = exchange.request.timeouts
    if (timeoutMs > 0)
      exchange.poolTimer = setTimeout(() => exchange.cancel(poolTimeout(exchange.request, timeoutMs)), timeoutMs)
  }

  /** While others wait, or the pool is to close: looks from time to time for bodies that nobody reads. */
  #watchUnread(): void {
    const { unreadBodyTimeoutMs } = this.#limits
    this.#unreadTimer ??= setTimeout(() => {
      this.#unreadTimer = undefined
      if (this.#waiting.length === 0 && this.#closing === undefined) return
      const before = performance.now() - unreadBodyTimeoutMs
      for (const exchange of this.#running) {
        if ((exchange.stalledSinceMs ?? Number.POSITIVE_INFINITY) <= before) exchange.readAhead()
      }
      if (this.#running.size > 0) this.#watchUnread()
    }, unreadBodyTimeoutMs).unref()
  }

  #takeAvailable(): Connection | undefined {
    for (let connection = this.#available.pop(); connection !== undefined; connection = this.#available.pop()) {
      connection.listed = false
      if (!connection.usable) this.#remove(connection)
      // A full one was listed before it filled up, and is listed again when it has room.
      else if (!connection.full) return connection
    }
    return undefined
  }

  #list(connection: Connection): void {
    if (connection.listed || connection.full || !connection.usable) return
    connection.listed = true
    this.#available.push(connection)
  }

  #dispatch(connection: Connection, exchange: Exchange): void {
    clearTimeout(exchange.poolTimer)
    this.#running.add(exchange)
    exchange.reused = connection.requestsSent > 0
    if (exchange.reused) this.#sentOnReused += 1
    if (channels.dispatch.hasSubscribers) channels.dispatch.publish({ exchange })
    connection.dispatch(exchange)
    this.#list(connection)
  }

  #release(connection: Connection): void {
    if (connection.usable) this.#serve(connection)
    else if (connection.inFlight === 0) this.#remove(connection)
    this.#openMore()
    this.#checkClosed()
  }

  /** Gives a connection to whoever waits longest. */
  #serve(connection: Connection): void {
    // It was opened for a call that has gone away; undici watches no socket that has not carried a request.
    if (this.#waiting.length === 0 && connection.requestsSent === 0) connection.destroy()
    while (!connection.full && connection.usable) {
      const exchange = this.#waiting[0]
      if (exchange === undefined) break
      if (exchange.request.fresh && connection.requestsSent > 0) {
        connection.destroy()
        return
      }
      this.#waiting.shift()
      this.#dispatch(connection, exchange)
    }
    this.#list(connection)
  }

  #openMore(): void {
    while (
      this.#opening.size < this.#waiting.length &&
      this.#connections.size + this.#opening.size < this.#limits.connections
    ) {
      void this.#openOne(this.#waiting[this.#opening.size]?.request.timeouts.connect ?? 0)
    }
  }

  async #openOne(connectTimeoutMs: number, options: ConnectionOptions = this.#limits): Promise<void> {
    const opening: Opening = {}
    this.#opening.add(opening)
    try {
      const socket = await this.#open(connectTimeoutMs, (started) => {
        opening.socket = started
      })
      if (!this.#opening.delete(opening)) return void socket.destroy()
      this.#opened += 1
      this.#adopt(socket, options)
    } catch (error) {
      // An opening that nobody waits for any more has failed by our own hand.
      if (!this.#opening.delete(opening)) return
      this.#waiting.shift()?.fail(error)
      this.#openMore()
    }
    this.#checkClosed()
  }

  /** Ends the newest openings that nobody waits for any more. */
  #abandonSurplus(): void {
    for (const opening of [...this.#opening].slice(this.#waiting.length)) {
      this.#opening.delete(opening)
      opening.socket?.destroy()
    }
  }

  #adopt(socket: Socket, options: ConnectionOptions): void {
    const connection = new Connection(socket, options)
    this.#connections.add(connection)
    socket.once('close', () => {
      this.#remove(connection)
      this.#openMore()
      this.#checkClosed()
    })
    this.#serve(connection)
  }

  #remove(connection: Connection): void {
    if (!this.#connections.delete(connection)) return
    const index = this.#available.indexOf(connection)
    if (index >= 0) this.#available.splice(index, 1)
  }

  #checkClosed(): void {
    if (this.#closing !== undefined && this.idle) this.#closing()
  }

  #closeConnections(): void {
    for (const connection of this.#connections) connection.destroy()
    this.#connections.clear()
    this.#available.length = 0
  }
}

function poolTimeout(request: WireRequest, timeoutMs: number): PoolTimeout {
  return new PoolTimeout(
    `No connection to ${request.target.origin} came free within ${timeoutMs} ms (timeoutMs.pool): raise pool.connections, or ask less at a time`,
    { code: 'POOL_TIMEOUT', timeoutMs, request: { method: request.method, url: request.target.href } },
  )
}
