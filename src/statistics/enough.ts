import { type LookPlan, nextLook } from './looks.ts'
import type { Verdict } from './verdict.ts'

/** What is known when the question "is this enough?" comes up. */
interface Progress {
  readonly plan: LookPlan
  /** Complete units so far. */
  readonly units: number
  /** The verdicts of the look just taken, one per gated contrast; none when no look has been taken yet. */
  readonly verdicts: readonly Verdict[]
  readonly remainingMs: number
  /** What one more unit is expected to take. */
  readonly unitMs: number
}

/** Whether to go on measuring, and until when; or why to stop. */
type Enough =
  | { readonly state: 'measure'; readonly untilUnits: number; readonly nextLook: number }
  | { readonly state: 'decided' }
  | { readonly state: 'last look taken' }
  | { readonly state: 'budget ended' }

/** Whether there are verdicts, and measuring more would change none of them. */
export function areClear(verdicts: readonly Verdict[]): boolean {
  return verdicts.length > 0 && verdicts.every((verdict) => verdict !== 'inconclusive')
}

/**
 * Says whether the units suffice. Measuring goes on to the next look, or to as many units as the time left allows: those
 * are judged too, at the alpha that the missed looks leave over (`alphaAt(…, 'end')`).
 */
export function judgeEnough({ plan, units, verdicts, remainingMs, unitMs }: Progress): Enough {
  if (areClear(verdicts)) return { state: 'decided' }
  const look = nextLook(plan, units)
  if (look === undefined) return { state: 'last look taken' }
  // Units that take no time: infinitely many.
  const affordable = Math.floor(remainingMs / unitMs)
  if (remainingMs <= 0 || affordable < 1) return { state: 'budget ended' }
  return { state: 'measure', untilUnits: Math.min(look, units + affordable), nextLook: look }
}
