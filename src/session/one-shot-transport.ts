import type { Socket } from 'node:net'
import { openSocket, type TlsOptions } from './open-socket.ts'
import { Pool } from './pool.ts'
import { SESSION_DEFAULTS } from './session-options.ts'
import type { Transport, TransportStats, WireRequest, WireResponse } from './transport.ts'

/** A network without memory: every request opens a connection, and closes it. */
export class OneShotTransport implements Transport {
  readonly #tls: TlsOptions

  constructor(tls: TlsOptions) {
    this.#tls = tls
  }

  send(request: WireRequest): Promise<WireResponse> {
    const { target } = request
    const limits = {
      origin: target.origin,
      connections: 1,
      block: true,
      pipelining: 1,
      keepAliveTimeoutMs: SESSION_DEFAULTS.pool.keepAliveTimeoutMs,
      maxRequests: 1,
      allowH2: this.#tls.allowH2,
      keepAlive: false,
    }
    const open = (connectTimeoutMs: number, onSocket: (socket: Socket) => void) =>
      openSocket(target, { tls: this.#tls, connectTimeoutMs, onSocket })
    return new Pool(limits, open).send(request)
  }

  stats(): TransportStats {
    return { connectionsOpened: 0, requestsOnReused: 0, idle: 0, busy: 0, pending: 0 }
  }

  async close(): Promise<void> {}

  async destroy(): Promise<void> {}
}
