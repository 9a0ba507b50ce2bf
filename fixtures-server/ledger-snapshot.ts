import type { ServerActivity } from './activity.ts'
import { recordOf } from './record-of.ts'

/**
 * The listeners, each with counts of its own: three that are measured against (`https` lets the client choose between
 * HTTP/1.1 and HTTP/2, `h2` speaks nothing but HTTP/2), and TLS listeners with one thing wrong each (the certificate is
 * expired, for another host, signed by nobody; a client certificate is asked for).
 */
export const listenerNames = Object.freeze([
  'http',
  'https',
  'h2',
  'expired',
  'wrongHost',
  'selfSigned',
  'clientCertificate',
] as const)
export type ListenerName = (typeof listenerNames)[number]

/**
 * What one listener has seen since the server started or the ledger was reset. Every number is cumulative, so two
 * snapshots can be subtracted field by field; the exceptions are the two gauges, whose names say "open".
 *
 * `connectionsAccepted` = `connectionsOpen` + the five ways to end (`connectionsClosedBy…`, `connectionsReset…`,
 * `connectionsClosedIdle`, `handshakesFailed`), as long as the ledger was not reset with connections open.
 */
export interface ListenerCounts {
  /** TCP connections accepted. */
  readonly connectionsAccepted: number
  /** Gauge: connections open now. */
  readonly connectionsOpen: number
  /** The client sent FIN first. */
  readonly connectionsClosedByClient: number
  /** The client sent RST. */
  readonly connectionsResetByClient: number
  /** The server closed first, for any reason but idleness. */
  readonly connectionsClosedByServer: number
  /** The server closed a connection that was idle for too long. */
  readonly connectionsClosedIdle: number
  /** Completed TLS handshakes that were not resumptions. */
  readonly handshakesFull: number
  /** Completed TLS handshakes that resumed a session. */
  readonly handshakesResumed: number
  /** Connections that ended before their TLS handshake did. */
  readonly handshakesFailed: number
  /** Requests whose head arrived complete and well-formed. */
  readonly requests: number
  /** Requests refused before they had a route: malformed, too large, too slow. */
  readonly requestsRefused: number
  /** Application bytes received: plain text, so on https what TLS carried and not what it cost. */
  readonly bytesIn: number
  /** Application bytes sent (see `bytesIn`). */
  readonly bytesOut: number
  /** Requests by protocol, as in `{ 'HTTP/1.1': 12 }`. */
  readonly protocols: Readonly<Record<string, number>>
  /** Replies by path template and status, as in `{ '/bytes/:n 200': 12 }`; a bounded number of keys. */
  readonly replies: Readonly<Record<string, number>>
  /** Connections closed, by how many requests they carried (0–16 exactly, then doubling ranges: `'17-32'`). */
  readonly requestsPerConnection: Readonly<Record<string, number>>
  /** Gauge: the same for the connections open now. */
  readonly requestsPerOpenConnection: Readonly<Record<string, number>>
}

/** The proxies: HTTP and SOCKS5, each without and with credentials. */
export const proxyNames = Object.freeze(['proxy', 'proxyAuth', 'socks', 'socksAuth'] as const)
export type ProxyName = (typeof proxyNames)[number]

/** What the clients of one proxy did; cumulative like `ListenerCounts`. */
export interface ProxyCounts {
  readonly connectionsAccepted: number
  /** Gauge: connections open now. */
  readonly connectionsOpen: number
  /** Tunnels opened, by CONNECT or SOCKS. */
  readonly tunnels: number
  /** Connections that it made to listeners, or to links before them. */
  readonly connectionsMade: number
  /** Requests in absolute form that were passed on. */
  readonly requestsForwarded: number
  /** Refused for want of the right credentials. */
  readonly refusedCredentials: number
  /** Refused because the target is not one of the server's own listeners. */
  readonly refusedTargets: number
  /** Anything else that went wrong. */
  readonly failed: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/** The ledger at one moment: plain JSON data. */
export interface LedgerSnapshot {
  readonly schemaVersion: 1
  readonly listeners: Readonly<Record<ListenerName, ListenerCounts>>
  readonly proxies: Readonly<Record<ProxyName, ProxyCounts>>
}

/** What control answers to `GET /ledger`. */
export interface LedgerReply extends LedgerSnapshot {
  readonly activity: ServerActivity
}

/** The histogram key for a connection that carried `requests` requests. */
export function requestsBucket(requests: number): string {
  if (requests <= 16) return String(requests)
  const upper = 2 ** Math.ceil(Math.log2(requests))
  return `${upper / 2 + 1}-${upper}`
}

/** The counts of several threads that serve one listener, as one. */
export function sumCounts(all: readonly ListenerCounts[]): ListenerCounts {
  const sum: Record<string, number | Record<string, number>> = {}
  for (const [key, value] of all.flatMap((counts) => Object.entries(counts) as [string, number | object][])) {
    sum[key] = typeof value === 'number' ? ((sum[key] as number | undefined) ?? 0) + value : sumRecords(sum[key], value)
  }
  return sum as unknown as ListenerCounts
}

/** Adds numbers that have the same name. */
export function sumRecords(...records: readonly unknown[]): Record<string, number> {
  const sum = recordOf<number>()
  for (const [key, value] of records.flatMap((record) => Object.entries((record ?? {}) as Record<string, number>))) {
    sum[key] = (sum[key] ?? 0) + value
  }
  return sum
}
