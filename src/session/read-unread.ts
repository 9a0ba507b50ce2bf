import type { Exchange } from './exchange.ts'
import { bodyUnread } from './exchange-errors.ts'

/** How often an unread body without an end is passed over before it is given up; and how long that takes at least, in ms. */
const PATIENCE = { times: 10, leastMs: 1_000 }

/** Since when an unread body has been seen to hold others up. */
const seenSinceMs = new WeakMap<Exchange, number>()

/**
 * Takes in the bodies that nobody has begun to read for too long and that hold others up: whoever waits for a connection, or
 * who shares theirs. What does not end (events, a server that has stopped half way) is given up in the end. Returns whether
 * more of them may come.
 */
export function readUnread(
  running: Iterable<Exchange>,
  { timeoutMs, isWaitedFor }: { readonly timeoutMs: number; readonly isWaitedFor: boolean },
): boolean {
  const nowMs = performance.now()
  let mayCome = false
  for (const exchange of running) {
    const holdsUp = isWaitedFor || (exchange.connection?.inFlight ?? 0) > 1
    mayCome ||= holdsUp
    if (!holdsUp || !exchange.unread) continue
    const sinceMs = seenSinceMs.get(exchange) ?? nowMs
    seenSinceMs.set(exchange, sinceMs)
    if ((exchange.stalledSinceMs ?? Number.POSITIVE_INFINITY) <= nowMs - timeoutMs) exchange.readAhead()
    // A stream that shares its connection takes nobody's place while it does not stall.
    else if (isWaitedFor && nowMs - sinceMs > Math.max(timeoutMs * PATIENCE.times, PATIENCE.leastMs))
      exchange.cancel(bodyUnread(exchange.request))
  }
  return mayCome
}
