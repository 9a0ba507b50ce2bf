import type { Failure, FailureSummary } from './outcome.ts'

/** Kinds of failures told apart: a server that invents statuses must not make results grow. */
const mostKinds = 24

/** Counts failures by code and status, with the words of the first of each kind. */
interface FailureTally {
  add(failure: Failure, count: number): void
  /** The most frequent first. */
  read(): FailureSummary[]
}

export function makeFailureTally(): FailureTally {
  const kinds = new Map<string, FailureSummary>()
  return {
    add(failure, count) {
      const key = keyOf(failure)
      const isOneTooMany = kinds.size >= mostKinds && !kinds.has(key)
      const { status: _, ...withoutStatus } = failure
      const told = isOneTooMany ? withoutStatus : failure
      const place = isOneTooMany ? keyOf(withoutStatus) : key
      const known = kinds.get(place)
      kinds.set(place, known ? { ...known, count: known.count + count } : { ...told, count })
    },
    read: () => [...kinds.values()].sort((a, b) => b.count - a.count),
  }
}

/** Failures of several blocks by code and status, the most frequent first. */
export function mergeFailures(all: readonly (readonly FailureSummary[])[]): FailureSummary[] {
  const merged = makeFailureTally()
  for (const { count, ...failure } of all.flat()) merged.add(failure, count)
  return merged.read()
}

function keyOf({ code, status }: Failure): string {
  return status === undefined ? code : `${code} ${status}`
}
