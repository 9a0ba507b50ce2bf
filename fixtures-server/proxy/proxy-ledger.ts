import type { Socket } from 'node:net'
import { Connection } from '../connection.ts'
import type { ProxyCounts } from '../ledger-snapshot.ts'

type Outcome = 'tunnels' | 'connectionsMade' | 'requestsForwarded' | 'refusedCredentials' | 'refusedTargets' | 'failed'

/** Counts of one proxy: its clients' side. What it does to a listener is in that listener's own counts. */
export class ProxyLedger {
  readonly #open = new Set<Connection>()
  readonly #outcomes: Record<Outcome, number> = noOutcomes()
  #accepted = 0
  #bytesInClosed = 0
  #bytesOutClosed = 0

  accept(socket: Socket): void {
    this.#accepted++
    this.#open.add(
      new Connection(socket, (connection) => {
        this.#open.delete(connection)
        this.#bytesInClosed += connection.bytesIn
        this.#bytesOutClosed += connection.bytesOut
      }),
    )
  }

  count(outcome: Outcome): void {
    this.#outcomes[outcome]++
  }

  reset(): void {
    for (const connection of this.#open) connection.reset()
    Object.assign(this.#outcomes, noOutcomes())
    this.#accepted = this.#bytesInClosed = this.#bytesOutClosed = 0
  }

  snapshot(): ProxyCounts {
    let bytesIn = this.#bytesInClosed
    let bytesOut = this.#bytesOutClosed
    for (const connection of this.#open) {
      bytesIn += connection.bytesIn
      bytesOut += connection.bytesOut
    }
    return {
      connectionsAccepted: this.#accepted,
      connectionsOpen: this.#open.size,
      ...this.#outcomes,
      bytesIn,
      bytesOut,
    }
  }
}

function noOutcomes(): Record<Outcome, number> {
  return { tunnels: 0, connectionsMade: 0, requestsForwarded: 0, refusedCredentials: 0, refusedTargets: 0, failed: 0 }
}
