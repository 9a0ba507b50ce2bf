import { idleSinceMs } from '../body/body-source.ts'
import type { Exchange } from './exchange.ts'
import { bodyLeft, bodyUnread } from './exchange-errors.ts'

/** How often an unread body without an end is passed over before it is given up; and how long that takes at least, in ms. */
const PATIENCE = { times: 10, leastMs: 1_000 }

/** How long a reader may take nothing where `timeoutMs.body` is no limit: that one's default. Somebody waits. */
const MOST_IDLE_MS = 300_000

/** Since when an unread body has been seen to hold others up. */
const seenSinceMs = new WeakMap<Exchange, number>()

/** What its reader did last, as it was seen at the look before. */
const seenIdleSinceMs = new WeakMap<Exchange, number>()

/** What a look at the bodies goes by. */
type Look = {
  /** How long nobody may begin to read. */
  readonly timeoutMs: number
  /** True while somebody waits for a connection, or the pool is to close. */
  readonly isWaitedFor: boolean
  readonly nowMs: number
}

/**
 * Takes in the bodies that nobody has begun to read for too long and that hold others up: whoever waits for a connection, or
 * who shares theirs. What does not end (events, a server that has stopped half way) is given up in the end, and so is a body
 * whose reader has left it half way. Returns whether more of them may come.
 */
export function readUnread(running: Iterable<Exchange>, look: Look): boolean {
  let mayCome = false
  for (const exchange of running) {
    const holdsUp = look.isWaitedFor || (exchange.connection?.inFlight ?? 0) > 1
    mayCome ||= holdsUp
    if (!holdsUp) continue
    if (exchange.unread) takeIn(exchange, look)
    else if (look.isWaitedFor || exchange.stalledSinceMs !== undefined) giveUpLeft(exchange, look)
  }
  return mayCome
}

function takeIn(exchange: Exchange, { timeoutMs, isWaitedFor, nowMs }: Look): void {
  const sinceMs = seenSinceMs.get(exchange) ?? nowMs
  seenSinceMs.set(exchange, sinceMs)
  if ((exchange.stalledSinceMs ?? Number.POSITIVE_INFINITY) <= nowMs - timeoutMs) exchange.readAhead()
  // A stream that shares its connection takes nobody's place while it does not stall.
  else if (isWaitedFor && nowMs - sinceMs > Math.max(timeoutMs * PATIENCE.times, PATIENCE.leastMs))
    exchange.cancel(bodyUnread(exchange.request))
}

/** At the second look that finds the reader where it was: after the process has stood still, it comes to its turn first. */
function giveUpLeft(exchange: Exchange, { nowMs }: Look): void {
  const sinceMs = idleSinceMs(exchange)
  if (sinceMs === undefined) return
  const limitMs = exchange.request.timeouts.body || MOST_IDLE_MS
  const isSeenAgain = seenIdleSinceMs.get(exchange) === sinceMs
  seenIdleSinceMs.set(exchange, sinceMs)
  if (isSeenAgain && nowMs - sinceMs > limitMs) exchange.cancel(bodyLeft(exchange.request, limitMs))
}
