import type { CallCounters } from './call/call.ts'
import type { Transport, TransportStats } from './wire/transport.ts'

/** What a session has done so far, and what it holds just now. */
export type SessionStats = {
  /** TCP connections opened so far, adapters included, and those that came to nothing before a request was sent. */
  readonly connectionsOpened: number
  /** Requests that went out on a kept connection, which had carried one before or was opened for one that another has carried. */
  readonly requestsOnReused: number
  /** Connections open and free. */
  readonly idle: number
  /** Requests under way, bodies included. */
  readonly busy: number
  /** Requests waiting for a connection. */
  readonly pending: number
  /** Requests sent again by the retry policy. */
  readonly retries: number
  /** Requests sent a second time because a kept connection had died. */
  readonly staleResends: number
}

/** The stats of a session that sends over these transports. */
export function sumStats(transports: readonly Transport[], counters: CallCounters): SessionStats {
  const total = { connectionsOpened: 0, requestsOnReused: 0, idle: 0, busy: 0, pending: 0 }
  for (const transport of transports) {
    const stats = transport.stats()
    for (const name of Object.keys(total) as (keyof TransportStats)[]) total[name] += stats[name]
  }
  return { ...total, ...counters }
}
