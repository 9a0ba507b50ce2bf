import type { Statuses } from '../../sample/statuses.ts'

/** Counts answers by status; nothing is made for one. */
export function makeStatusTally() {
  const counts = new Uint32Array(1_000)
  return {
    add(status: number): void {
      counts[status] = (counts[status] as number) + 1
    },
    read(): Statuses {
      const seen = [...counts.entries()].filter(([, count]) => count > 0)
      return Object.fromEntries(seen.map(([status, count]) => [String(status), count]))
    },
  }
}
