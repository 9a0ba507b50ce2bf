import { setTimeout as wait } from 'node:timers/promises'
import type { ServerActivity } from '../../fixtures-server/activity.ts'
import type { LedgerSnapshot, ListenerCounts, ProxyCounts } from '../../fixtures-server/ledger-snapshot.ts'
import { countsButBytes, type Disagreement, type WireCounts, wireCountNames } from '../sample/wire-counts.ts'
import type { Protocol } from '../scenario/protocol.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { LedgerPatience } from './ledger-patience.ts'

/** What the server's ledger says of its clients, in their own terms. */
export interface LedgerReading extends WireCounts {
  /** Connections that the client ended with RST. */
  readonly resetByClient: number
  /** Connections that the server ended: idle for too long, used up, or by a fault that was asked for. */
  readonly endedByServer: number
  /** Connections that ended before the server had finished their TLS handshake. */
  readonly handshakesFailed: number
  readonly requestsOverHttp2: number
}

/** A reading, and what the server itself had used by then. */
export interface ServerReading extends LedgerReading {
  readonly activity: ServerActivity
}

/**
 * What clients did to a listener, those included that came through a proxy: such a client has connected to the proxy and
 * not to the listener, which the proxy has connected to.
 */
export function readingOf({ listeners, proxies }: LedgerSnapshot, protocol: Protocol): LedgerReading {
  const listener: ListenerCounts = listeners[protocol]
  const all: readonly ProxyCounts[] = Object.values(proxies)
  const throughProxies = sumOf(all, (proxy) => proxy.connectionsAccepted - proxy.connectionsMade)
  return {
    connectionsOpened: listener.connectionsAccepted + throughProxies,
    handshakesFull: listener.handshakesFull,
    handshakesResumed: listener.handshakesResumed,
    requests: listener.requests,
    bytesSent: listener.bytesIn,
    bytesReceived: listener.bytesOut,
    resetByClient: listener.connectionsResetByClient,
    handshakesFailed: listener.handshakesFailed,
    requestsOverHttp2: listener.protocols['HTTP/2'] ?? 0,
    endedByServer: listener.connectionsClosedByServer + listener.connectionsClosedIdle,
  }
}

/** What the client's process has counted in a block. */
interface ClientCounts {
  readonly wire: WireCounts
  readonly unanswered: number
  readonly unconnected?: number | undefined
}

interface Readings {
  readonly before: LedgerReading
  readonly after: LedgerReading
}

/** Where the client's counts of one block differ from the ledger's; empty when every count is equal. */
export function compareWithLedger(
  { wire: client, unanswered, unconnected = 0 }: ClientCounts,
  { before, after }: Readings,
  names: readonly (keyof WireCounts)[] = wireCountNames,
): Disagreement[] {
  const difference = (name: keyof LedgerReading) => after[name] - before[name]
  const endedByServer = difference('endedByServer') > 0
  // Who gives up waiting for an answer, or drops a connection in mid-answer, reads less than was sent: no miscount.
  const mayReadLess = endedByServer || unanswered > 0 || difference('resetByClient') > 0
  // A client that chose HTTP/2 on https sends frames that no request asked for, in whatever block they fall.
  const compared = after.requestsOverHttp2 > 0 ? names.filter((name) => countsButBytes.includes(name)) : names
  return compared.flatMap((count) => {
    const server = difference(count)
    const isEqual = server === client[count]
    const isUnread = count === 'bytesReceived' && mayReadLess && client[count] < server
    // What a client sends just when the server closes the connection is sent, and never read.
    const isLost = (count === 'bytesSent' || count === 'requests') && endedByServer && client[count] > server
    // In TLS 1.3 the client is through first; a connection that it drops at once has failed for the server.
    const isDropped = count.startsWith('handshakes') && inRange(client[count] - server, difference('handshakesFailed'))
    // The kernels connect without asking: a client that gives up just then, its event loop late, never hears of it.
    const isUnheard = count === 'connectionsOpened' && inRange(server - client[count], unconnected)
    return isEqual || isUnread || isLost || isDropped || isUnheard ? [] : [{ count, client: client[count], server }]
  })
}

function inRange(excess: number, most: number): boolean {
  return excess > 0 && excess <= most
}

interface LedgerCheck {
  readonly before: LedgerReading
  /** What of it is compared. */
  readonly counts: readonly (keyof WireCounts)[]
  read(): Promise<LedgerReading>
  /** Is told whether they agreed. @default the most patient */
  readonly patience?: LedgerPatience
  /** @default real time */
  readonly sleep?: (ms: number) => Promise<unknown>
}

/** Reads the ledger until it agrees with the client's counts, or has had time enough to. */
export async function checkAgainstLedger(
  client: ClientCounts,
  { before, counts, read, patience = new LedgerPatience(), sleep = wait }: LedgerCheck,
): Promise<Disagreement[]> {
  let disagreements: Disagreement[] = []
  for (const waitMs of patience.waitsMs) {
    if (waitMs > 0) await sleep(waitMs)
    disagreements = compareWithLedger(client, { before, after: await read() }, counts)
    if (disagreements.length === 0) break
  }
  patience.note({ agrees: disagreements.length === 0 })
  return disagreements
}
