/**
 * Longest wait for the two sides to agree. A connection is established for the client before the server accepts it, and
 * what a client sent last may still be in a socket's buffer, or on an emulated link, when the block ends.
 */
const patientMs = [0, 2, 5, 10, 20, 50, 100, 200, 400, 800]
const impatientMs = [0, 10]

/** An arm that waiting has not helped so often in a row does not count as the server does. */
const mostInVain = 2

/** How long the ledger is given to agree with the client, block after block of one arm. */
export class LedgerPatience {
  #inVain = 0

  /** What is waited before each reading of the next block. */
  get waitsMs(): readonly number[] {
    return this.#inVain < mostInVain ? patientMs : impatientMs
  }

  note({ agrees }: { readonly agrees: boolean }): void {
    this.#inVain = agrees ? 0 : this.#inVain + 1
  }
}

/** Each arm's own, for as long as its target is measured: fresh processes of an arm count as the ones before did. */
export function makePatienceOf(): (arm: string) => LedgerPatience {
  const known = new Map<string, LedgerPatience>()
  return (arm) => {
    const patience = known.get(arm) ?? new LedgerPatience()
    known.set(arm, patience)
    return patience
  }
}
