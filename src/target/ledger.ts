import { setTimeout as sleep } from 'node:timers/promises'
import type { ListenerCounts } from '../../fixtures-server/ledger-snapshot.ts'
import { type Disagreement, type WireCounts, wireCountNames } from '../sample/block.ts'

/** The ledger's name for what the client counts. */
const ledgerNames = {
  connectionsOpened: 'connectionsAccepted',
  handshakesFull: 'handshakesFull',
  handshakesResumed: 'handshakesResumed',
  requests: 'requests',
  bytesSent: 'bytesIn',
  bytesReceived: 'bytesOut',
} as const satisfies Record<keyof WireCounts, keyof ListenerCounts>

/**
 * Longest wait for the two sides to agree. A connection is established for the client before the server accepts it, and
 * what a client sent last may still be in a socket's buffer, or on an emulated link, when the block ends.
 */
const settleMs = [0, 2, 5, 10, 20, 50, 100, 200, 400, 800]

/** Where the client's counts of one block differ from the ledger's; empty when every count is equal. */
export function compareWithLedger(client: WireCounts, before: ListenerCounts, after: ListenerCounts): Disagreement[] {
  const difference = (name: NumberOf<ListenerCounts>) => after[name] - before[name]
  const resets = difference('connectionsResetByClient')
  return wireCountNames.flatMap((count) => {
    const server = difference(ledgerNames[count])
    const isEqual = server === client[count]
    // A client that drops a connection in mid-answer reads less than the server sent: a failed iteration, not a miscount.
    const isCutShort = count === 'bytesReceived' && resets > 0 && client[count] < server
    return isEqual || isCutShort ? [] : [{ count, client: client[count], server }]
  })
}

type NumberOf<T> = { [Key in keyof T]: T[Key] extends number ? Key : never }[keyof T]

/** Reads the ledger until it agrees with the client's counts, or has had time enough to. */
export async function checkAgainstLedger(
  client: WireCounts,
  before: ListenerCounts,
  readLedger: () => Promise<ListenerCounts>,
): Promise<Disagreement[]> {
  let disagreements: Disagreement[] = []
  for (const waitMs of settleMs) {
    if (waitMs > 0) await sleep(waitMs)
    disagreements = compareWithLedger(client, before, await readLedger())
    if (disagreements.length === 0) break
  }
  return disagreements
}
