import type { RequestTarget } from '../head/target.ts'
import { type ProxyServer, proxyAuthorization } from '../policy/proxy.ts'
import { openThroughProxy, usesAbsoluteForm } from './open-route.ts'
import { openSocket, type TicketStore, type TlsOptions } from './open-socket.ts'
import { Pool } from './pool.ts'
import type { PoolLimits, SocketOpener } from './pool-limits.ts'
import type { Transport, TransportStats, WireRequest, WireResponse } from './transport.ts'

/** Limits of the connection pools; all complete. */
export type ResolvedPool = {
  readonly connections: number
  readonly pipelining: number
  readonly keepAliveTimeoutMs: number
  readonly maxOrigins: number
  readonly maxRequestsPerConnection: number
  readonly unreadBodyTimeoutMs: number
  readonly block: boolean
  readonly maxResponseHeaderBytes: number
}

/** What a transport is made of. `keep: false` makes each request open a connection of its own and close it. */
type TransportOptions = {
  readonly pool: ResolvedPool
  readonly tls: TlsOptions
  readonly keep: boolean
}

/** The real network, through undici's HTTP/1.1 (and, when allowed, HTTP/2) client: one pool per origin. */
export class UndiciTransport implements Transport {
  readonly #options: TransportOptions
  // Used longest ago first.
  readonly #pools = new Map<string, Pool>()
  #latest: Pool | undefined
  #ended: Error | undefined
  // Counts of pools that were closed to make room.
  #retired = { connectionsOpened: 0, requestsOnReused: 0 }

  constructor(options: TransportOptions) {
    this.#options = options
  }

  send(request: WireRequest): Promise<WireResponse> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    const { target, proxy } = request
    const key = proxy === null ? target.origin : `${target.origin} ${proxy.key}`
    const pool = this.#pools.get(key) ?? this.#openPool(target, proxy)
    if (pool !== this.#latest) this.#moveToEnd(key, pool)
    return pool.send(request)
  }

  stats(): TransportStats {
    const total = { ...this.#retired, idle: 0, busy: 0, pending: 0 }
    for (const pool of this.#pools.values()) {
      const stats = pool.stats()
      for (const key of Object.keys(stats) as (keyof TransportStats)[]) total[key] += stats[key]
    }
    return total
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  async destroy(reason: Error): Promise<void> {
    this.#ended = reason
    for (const pool of this.#pools.values()) pool.destroy(reason)
  }

  #openPool(target: RequestTarget, proxy: ProxyServer | null): Pool {
    if (this.#pools.size >= this.#options.pool.maxOrigins) this.#retireOne()
    const { pool, tls, keep } = this.#options
    const limits = makeLimits(pool, { target, proxy, allowH2: tls.allowH2, keepAlive: keep })
    return new Pool(limits, openerOf(target, proxy, tls, keep))
  }

  #moveToEnd(key: string, pool: Pool): void {
    this.#pools.delete(key)
    this.#pools.set(key, pool)
    this.#latest = pool
  }

  /** Closes the free pool that was used longest ago; when all are in use, the limit gives way. */
  #retireOne(): void {
    for (const [origin, pool] of this.#pools) {
      if (!pool.idle) continue
      const { connectionsOpened, requestsOnReused } = pool.stats()
      this.#retired.connectionsOpened += connectionsOpened
      this.#retired.requestsOnReused += requestsOnReused
      this.#pools.delete(origin)
      void pool.close()
      return
    }
  }
}

/** What a pool to this target may do. */
export function makeLimits(
  pool: ResolvedPool,
  route: {
    readonly target: RequestTarget
    readonly proxy: ProxyServer | null
    readonly allowH2: boolean
    readonly keepAlive: boolean
  },
): PoolLimits {
  const { target, proxy, allowH2, keepAlive } = route
  const absolute = proxy !== null && usesAbsoluteForm(target.secure, proxy)
  return {
    origin: target.origin,
    connections: pool.connections,
    block: pool.block,
    unreadBodyTimeoutMs: pool.unreadBodyTimeoutMs,
    pipelining: pool.pipelining,
    keepAliveTimeoutMs: pool.keepAliveTimeoutMs,
    maxRequests: pool.maxRequestsPerConnection,
    maxResponseHeaderBytes: pool.maxResponseHeaderBytes,
    allowH2,
    keepAlive,
    absoluteForm: absolute ? { authorization: proxyAuthorization(proxy) } : undefined,
  }
}

/** How a socket to this target is opened. What is not kept remembers no TLS session either. */
export function openerOf(
  target: RequestTarget,
  proxy: ProxyServer | null,
  tls: TlsOptions,
  keep: boolean,
): SocketOpener {
  const tickets: { tickets?: TicketStore } = keep ? { tickets: { ticket: undefined } } : {}
  return (connectTimeoutMs, onSocket) => {
    const options = { tls, connectTimeoutMs, onSocket, ...tickets }
    return proxy === null ? openSocket(target, options) : openThroughProxy(target, proxy, options)
  }
}
