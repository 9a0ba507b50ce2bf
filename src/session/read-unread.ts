import type { Exchange } from './exchange.ts'

/**
 * Takes in the bodies that nobody has begun to read for too long and that hold others up: whoever waits for a connection, or
 * who shares theirs. Returns whether more of them may come.
 */
export function readUnread(
  running: Iterable<Exchange>,
  { timeoutMs, isWaitedFor }: { readonly timeoutMs: number; readonly isWaitedFor: boolean },
): boolean {
  const before = performance.now() - timeoutMs
  let mayCome = false
  for (const exchange of running) {
    const holdsUp = isWaitedFor || (exchange.connection?.inFlight ?? 0) > 1
    mayCome ||= holdsUp
    if (holdsUp && (exchange.stalledSinceMs ?? Number.POSITIVE_INFINITY) <= before) exchange.readAhead()
  }
  return mayCome
}
