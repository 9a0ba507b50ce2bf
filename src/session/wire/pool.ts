import type { Socket } from 'node:net'
import { Bag } from '../bag.ts'
import { channels } from './channels.ts'
import { Connection, type ConnectionOptions, likelyPlaces } from './connection.ts'
import { ConnectionSet } from './connection-set.ts'
import { Exchange } from './exchange.ts'
import type { ExchangeOwner, Opening } from './exchange-owner.ts'
import { startPhase, sweepPhase } from './phase-limit.ts'
import type { PoolLimits, SocketOpener } from './pool-limits.ts'
import { beginSweep, endSweep, type Swept } from './sweep.ts'
import type { TransportStats, WireRequest, WireResponse } from './transport.ts'
import { UnreadWatch } from './unread-watch.ts'
import { WaitingLine } from './waiting-line.ts'

/**
 * The connections to one origin, and the requests that wait for one, in order of asking.
 *
 * It makes progress whatever the server does: each connection that comes to pass is some request's first, and the first
 * request of a connection is never put back in line, unless another's abort has cost it the connection. One that does not
 * come to pass ends the request that it was opened for while that one waits, and none is given up while its request may come
 * back. So no more connections are begun than there are requests.
 */
export class Pool implements ExchangeOwner<Exchange>, Swept {
  place = -1
  readonly #limits: PoolLimits
  readonly #open: SocketOpener
  readonly #connections = new ConnectionSet()
  readonly #line: WaitingLine
  readonly #running = new Bag<Exchange>()
  // TCP connections, whatever became of them.
  #opened = 0
  #latestSerial = 0
  #sentOnReused = 0
  #closing: (() => void) | undefined
  readonly #unread: UnreadWatch

  constructor(limits: PoolLimits, open: SocketOpener) {
    this.#limits = limits
    this.#open = open
    this.#line = new WaitingLine(likelyPlaces(limits))
    const isWaitedFor = () => this.#line.length > 0 || this.#closing !== undefined
    this.#unread = new UnreadWatch(this.#running, limits.unreadBodyTimeoutMs, isWaitedFor)
  }

  send(request: WireRequest): Promise<WireResponse> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(request, this, resolve, reject)
      // Its call was cancelled between two tries.
      if (exchange.settled) return
      if (channels.ask.hasSubscribers) channels.ask.publish({ exchange })
      this.#submit(exchange)
    })
  }

  stats(): TransportStats {
    return {
      connectionsOpened: this.#opened,
      requestsOnReused: this.#sentOnReused,
      idle: this.#connections.idleCount,
      busy: this.#running.size,
      pending: this.#line.length,
    }
  }

  get idle(): boolean {
    return this.#running.size === 0 && this.#line.length === 0
  }

  sweep(stepMs: number): void {
    for (const exchange of this.#running) sweepPhase(exchange, stepMs)
    for (const exchange of this.#line) sweepPhase(exchange, stepMs)
    if (this.#running.size === 0 && this.#line.length === 0) endSweep(this)
  }

  // ---- what exchanges report

  finished(exchange: Exchange): void {
    const { connection } = exchange
    this.#drop(exchange)
    if (connection === undefined) return
    exchange.connection = undefined
    connection.settle()
    // Answered before its body was out: the rest of it would go before the next request. Or refused by undici itself.
    if ((exchange.request.body !== null && connection.backedUp) || !connection.attached) connection.destroy()
    // With nobody waiting, whoever comes next finds out whether the connection lives on.
    if (this.#line.length === 0 && this.#closing === undefined && connection.usable) this.#connections.list(connection)
    // Later in this turn, when undici knows it.
    else queueMicrotask(() => this.#release(connection))
  }

  calledOff(exchange: Exchange): void {
    exchange.connection?.callOff()
    this.#drop(exchange)
  }

  #drop(exchange: Exchange): void {
    if (this.#running.delete(exchange) && this.#running.size === 0 && this.#line.length === 0) endSweep(this)
    this.#checkClosed()
  }

  unsent(exchange: Exchange, error: Error): void {
    const connection = exchange.connection as Connection
    this.#running.delete(exchange)
    exchange.connection = undefined
    connection.settle()
    this.#connections.retire(connection)
    if (exchange.reused) this.#sentOnReused -= 1
    // The first of a connection only when another call has cost it that, and has ended: so there is an end to it.
    if (exchange.reused || connection.cutShort === 'aborted') this.#wait(exchange)
    else exchange.fail(connection.reasonFor(error))
    this.#openMore()
    this.#checkClosed()
  }

  forget(exchange: Exchange): void {
    this.#line.leave(exchange)
    this.#line.abandonSurplus()
    this.#openMore()
    this.#checkClosed()
  }

  // ---- ending

  /** Resolves once everything under way has ended and every connection is closed. */
  async close(): Promise<void> {
    if (!this.idle) await this.#becomeIdle()
    this.#line.abandonSurplus()
    this.#connections.closeAll()
  }

  #becomeIdle(): Promise<void> {
    this.#unread.begin()
    return new Promise((resolve) => {
      const before = this.#closing
      this.#closing = () => {
        before?.()
        resolve()
      }
    })
  }

  destroy(reason: Error): void {
    this.#line.disperse(reason)
    for (const exchange of this.#running) exchange.cancel(reason)
    this.#connections.closeAll()
  }

  // ---- who is served when

  #submit(exchange: Exchange): void {
    this.#line.number(exchange)
    if (exchange.request.fresh) {
      exchange.newerThan = this.#latestSerial
      // It wants a new connection: an idle one goes when there is no place for another.
      if (!this.#hasRoom) this.#connections.dropIdle()
      return void this.#wait(exchange)
    }
    const connection = this.#connections.take()
    if (connection !== undefined && this.#line.wantsNewOnly) this.#dispatch(connection, exchange)
    else this.#wait(exchange, connection)
  }

  /** With a connection that has room beside others, those before it can leave the one that is opened for them to it. */
  #wait(exchange: Exchange, shared?: Connection): void {
    beginSweep(this)
    this.#line.enter(exchange)
    if (shared !== undefined) this.#serve(shared)
    this.#openMore()
    if (exchange.connection === undefined && !exchange.settled) this.#limitWait(exchange)
  }

  /** The connection that is opened for one has a limit itself. */
  #limitWait(exchange: Exchange): void {
    if (exchange.opening !== undefined) return
    const phase = this.#line.covered ? 'connect' : 'pool'
    if (phase === 'pool') this.#unread.begin()
    if (exchange.phase !== phase) startPhase(exchange, phase)
  }

  #dispatch(connection: Connection, exchange: Exchange): void {
    beginSweep(this)
    this.#running.add(exchange)
    exchange.reused = connection.kept
    if (exchange.reused) this.#sentOnReused += 1
    if (channels.dispatch.hasSubscribers) channels.dispatch.publish({ exchange })
    connection.dispatch(exchange)
    if (connection.inFlight > 1 || connection.multiplexed) this.#followUp(connection, exchange)
    this.#connections.list(connection)
  }

  /** On a connection that is shared, a request may have to wait for others, or for the server's leave. */
  #followUp(connection: Connection, exchange: Exchange): void {
    this.#unread.begin()
    if (!exchange.unstarted) return
    if (connection.inFlight === 1) startPhase(exchange, 'headers')
    else if (exchange.phase !== 'pool') startPhase(exchange, 'pool')
  }

  #release(connection: Connection): void {
    if (connection.usable) this.#serve(connection)
    else if (connection.inFlight === 0) this.#connections.drop(connection)
    this.#openMore()
    this.#checkClosed()
  }

  /** Gives a connection to whoever waits longest. */
  #serve(connection: Connection): void {
    while (connection.usable && !connection.full && this.#line.first !== undefined) {
      if (this.#line.first.newerThan >= connection.serial && this.#line.openings === 0) {
        // The first wants a newer one, for which there is no place yet: this one makes room as soon as it can.
        if (connection.inFlight === 0) this.#connections.drop(connection)
        return
      }
      // Whoever has one on its way waits for that: given up, it would be opened again for one that comes back from here.
      if (connection.inFlight > 0 && this.#line.length <= this.#line.openings) break
      const next = this.#line.firstFor(connection.serial)
      if (next === undefined) break
      this.#line.leave(next)
      this.#dispatch(connection, next)
    }
    // Else what is on its way is the next one's: given up, under load, it would be begun again at once, over and over.
    if (this.#closing !== undefined) this.#line.abandonSurplus()
    if (connection.requestsSent > 0 || (this.#closing === undefined && connection.rest()))
      this.#connections.list(connection)
    else this.#connections.drop(connection)
  }

  // ---- connections, from first to last

  get #hasRoom(): boolean {
    return this.#connections.size + this.#line.openings < this.#limits.connections
  }

  #openMore(): void {
    for (let next = this.#line.uncovered; next !== undefined; next = this.#line.uncovered) {
      if (this.#hasRoom) void this.#openFor(next, this.#limits)
      else if (!this.#limits.block) void this.#openFor(next, { ...this.#limits, keepAlive: false })
      else return
    }
  }

  async #openFor(exchange: Exchange, options: ConnectionOptions): Promise<void> {
    if (exchange.phase === 'connect') startPhase(exchange, undefined)
    const opening = this.#line.begin(exchange, { single: !options.keepAlive })
    try {
      const socket = await this.#open(exchange.request.timeouts.connect, (started) => {
        // Through a proxy there are several, one in the other.
        if (opening.socket === undefined) started.once('connect', () => this.#count())
        opening.socket = started
      })
      if (this.#line.end(opening)) this.#adopt(socket, options)
      // Given up by our own hand.
      else socket.destroy()
    } catch (error) {
      this.#failOpening(opening, error)
    }
    this.#openMore()
    // Its connection went to somebody who had waited longer, or had no place for all who waited for it.
    for (const waiting of this.#line) this.#limitWait(waiting)
    this.#checkClosed()
  }

  #count(): void {
    this.#opened += 1
  }

  #failOpening(opening: Opening<Exchange>, error: unknown): void {
    // Nobody is to wait for a connection of somebody else's a second time.
    if (this.#line.end(opening)) this.#line.places = 1
    const exchange = opening.for
    if (exchange !== undefined && exchange.connection === undefined) {
      this.#line.leave(exchange)
      exchange.fail(error)
    }
  }

  /** @throws when the socket has died meanwhile */
  #adopt(socket: Socket, options: ConnectionOptions): void {
    if (socket.destroyed) throw Object.assign(new Error('closed while connecting'), { code: 'ECONNRESET' })
    this.#latestSerial += 1
    const connection = new Connection(socket, this.#latestSerial, options)
    if (options.keepAlive) this.#line.places = connection.places
    this.#connections.add(connection)
    if (connection.multiplexed)
      connection.onLeaving = () => {
        this.#connections.retire(connection)
        this.#openMore()
      }
    socket.once('close', () => {
      this.#connections.remove(connection)
      this.#openMore()
      this.#checkClosed()
    })
    this.#serve(connection)
  }

  #checkClosed(): void {
    if (this.#closing !== undefined && this.idle) this.#closing()
  }
}
