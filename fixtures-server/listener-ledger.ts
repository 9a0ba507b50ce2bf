import type { Socket } from 'node:net'
import { Connection, type ConnectionEnd } from './connection.ts'
import { type ListenerCounts, requestsBucket } from './ledger-snapshot.ts'

/** A number that the load path adds to without a look-up. */
export interface Counter {
  count: number
}

/** Where what happens on a socket is counted. */
export interface LedgerEntry {
  readonly connection: Connection
  readonly ledger: ListenerLedger
  /** Ends the connection with RST. */
  reset(): void
}

const entries = new WeakMap<object, LedgerEntry>()

/** The ledger entry of a socket that came through a listener. */
export function entryOf(socket: object): LedgerEntry {
  const entry = entries.get(socket)
  if (!entry) throw new Error('A socket without a ledger entry: it did not come through a listener')
  return entry
}

// Templates × statuses is finite, but /status/:codes can name hundreds of statuses; the rest share one key.
const maxReplyKeys = 1_000

/** Counts of one listener. The load path only adds to counters; a snapshot does the sums. */
export class ListenerLedger {
  readonly #open = new Set<Connection>()
  readonly #protocols = new Map<string, Counter>()
  readonly #replies = new Map<string, Counter>()
  // The same counters, found without making a key.
  readonly #byTemplate = new Map<string, Map<number, Counter>>()
  readonly #requestsPerConnection = new Map<string, Counter>()
  readonly #ends: Record<ConnectionEnd, number> = { client: 0, clientReset: 0, server: 0, idle: 0 }
  readonly refused: Counter = { count: 0 }
  #handshaking = 0
  #accepted = 0
  #handshakesFull = 0
  #handshakesResumed = 0
  #handshakesFailed = 0
  #bytesInClosed = 0
  #bytesOutClosed = 0

  /** A TCP connection was accepted; `open` or `failHandshake` follows. */
  accept(): void {
    this.#accepted++
    this.#handshaking++
  }

  /** The accepted connection can carry requests. */
  open(socket: Socket, reset: () => void): LedgerEntry {
    this.#handshaking--
    const connection = new Connection(socket, (closed) => this.#close(closed))
    const entry = { connection, ledger: this, reset }
    this.#open.add(connection)
    entries.set(socket, entry)
    return entry
  }

  handshake(kind: 'full' | 'resumed'): void {
    if (kind === 'full') this.#handshakesFull++
    else this.#handshakesResumed++
  }

  failHandshake(): void {
    this.#handshaking--
    this.#handshakesFailed++
  }

  /** Counts one request; the lane, which knows its counters already, adds to them directly. */
  countRequest(connection: Connection, protocol: string): void {
    connection.requests++
    this.protocolCounter(protocol).count++
  }

  protocolCounter(protocol: string): Counter {
    return counterOf(this.#protocols, protocol)
  }

  replyCounter(template: string, status: number): Counter {
    const known = this.#byTemplate.get(template)?.get(status)
    return known ?? this.#addReplyCounter(template, status)
  }

  /** Counts a request that was refused before it had a route. */
  countRefused(status: number): void {
    this.refused.count++
    this.replyCounter('(refused)', status).count++
  }

  reset(): void {
    for (const connection of this.#open) connection.reset()
    for (const counters of [this.#protocols, this.#replies, this.#requestsPerConnection]) {
      for (const counter of counters.values()) counter.count = 0
    }
    this.#ends.client = this.#ends.clientReset = this.#ends.server = this.#ends.idle = 0
    this.refused.count = 0
    this.#accepted = this.#handshakesFull = this.#handshakesResumed = this.#handshakesFailed = 0
    this.#bytesInClosed = this.#bytesOutClosed = 0
  }

  snapshot(): ListenerCounts {
    const protocols = plain(this.#protocols)
    const openRequests = new Map<string, Counter>()
    let bytesIn = this.#bytesInClosed
    let bytesOut = this.#bytesOutClosed
    for (const connection of this.#open) {
      bytesIn += connection.bytesIn
      bytesOut += connection.bytesOut
      counterOf(openRequests, requestsBucket(connection.requests)).count++
    }
    return {
      connectionsAccepted: this.#accepted,
      connectionsOpen: this.#open.size + this.#handshaking,
      connectionsClosedByClient: this.#ends.client,
      connectionsResetByClient: this.#ends.clientReset,
      connectionsClosedByServer: this.#ends.server,
      connectionsClosedIdle: this.#ends.idle,
      handshakesFull: this.#handshakesFull,
      handshakesResumed: this.#handshakesResumed,
      handshakesFailed: this.#handshakesFailed,
      requests: Object.values(protocols).reduce((sum, count) => sum + count, 0),
      requestsRefused: this.refused.count,
      bytesIn,
      bytesOut,
      protocols,
      replies: plain(this.#replies),
      requestsPerConnection: plain(this.#requestsPerConnection),
      requestsPerOpenConnection: plain(openRequests),
    }
  }

  #addReplyCounter(template: string, status: number): Counter {
    const key = this.#replies.size < maxReplyKeys ? `${template} ${status}` : '(others)'
    const counter = counterOf(this.#replies, key)
    const byStatus = this.#byTemplate.get(template) ?? new Map<number, Counter>()
    this.#byTemplate.set(template, byStatus.set(status, counter))
    return counter
  }

  #close(connection: Connection): void {
    this.#open.delete(connection)
    this.#ends[connection.end]++
    this.#bytesInClosed += connection.bytesIn
    this.#bytesOutClosed += connection.bytesOut
    counterOf(this.#requestsPerConnection, requestsBucket(connection.requests)).count++
  }
}

function counterOf(counters: Map<string, Counter>, key: string): Counter {
  let counter = counters.get(key)
  if (!counter) {
    counter = { count: 0 }
    counters.set(key, counter)
  }
  return counter
}

// A key that has counted nothing since the last reset is not shown.
function plain(counters: Map<string, Counter>): Record<string, number> {
  const shown: Record<string, number> = {}
  for (const [key, { count }] of counters) if (count > 0) shown[key] = count
  return shown
}
