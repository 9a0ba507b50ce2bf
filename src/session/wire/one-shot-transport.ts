import type { TlsOptions } from './open-socket.ts'
import { Pool } from './pool.ts'
import type { Transport, TransportStats, WireRequest, WireResponse } from './transport.ts'
import { makeLimits, openerOf, type ResolvedPool } from './undici-transport.ts'

/** A network without memory: every request opens a connection, and closes it. */
export class OneShotTransport implements Transport {
  readonly #pool: ResolvedPool
  readonly #tls: TlsOptions

  constructor(pool: ResolvedPool, tls: TlsOptions) {
    this.#pool = pool
    this.#tls = tls
  }

  send(request: WireRequest): Promise<WireResponse> {
    const { target, proxy } = request
    const limits = makeLimits(this.#pool, { target, proxy, allowH2: this.#tls.allowH2, keepAlive: false })
    return new Pool(limits, openerOf(target, proxy, this.#tls, false)).send(request)
  }

  stats(): TransportStats {
    return { connectionsOpened: 0, requestsOnReused: 0, idle: 0, busy: 0, pending: 0 }
  }

  async close(): Promise<void> {}

  async destroy(): Promise<void> {}
}
