import { Bag, type BagMember } from '../bag.ts'

/** What is looked at from time to time while it has something to do. */
export type Swept = BagMember & {
  /** Another step has passed. */
  sweep(stepMs: number): void
}

/** Limits that are counted in steps hold to within two of them. */
const STEP_MS = 500

// One timer for every pool there is: one per request, or per pool of one request, would cost more than the sweep.
const swept = new Bag<Swept>()
let timer: NodeJS.Timeout | undefined

/** Has this one swept from now on; does nothing when it is. */
export function beginSweep(member: Swept): void {
  swept.add(member)
  if (timer === undefined) timer = setTimeout(sweepAll, STEP_MS).unref()
}

/** Has this one no longer swept. */
export function endSweep(member: Swept): void {
  swept.delete(member)
}

// A process that stood still for a minute has counted one step, not a minute: the servers' answers may be waiting.
function sweepAll(): void {
  timer = undefined
  if (swept.size === 0) return
  timer = setTimeout(sweepAll, STEP_MS).unref()
  for (const member of swept) member.sweep(STEP_MS)
}
