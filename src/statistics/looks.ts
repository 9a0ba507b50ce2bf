import type { Unit } from './units.ts'

/** When a comparison may be judged, and the false alarms that all its looks together may cause. */
export interface LookPlan {
  /** Numbers of units, ascending. */
  readonly looks: readonly number[]
  /** Chance that any look finds a difference between equal arms. */
  readonly alpha: number
}

/** First and last look at quads and the overall false-alarm rate, unless told otherwise. */
const lookDefaults = Object.freeze({ firstQuads: 8, mostQuads: 64, alpha: 0.05 })

/** `look`: at a planned number of units. `end`: time is up, whatever the number. */
export type Moment = 'look' | 'end'

/**
 * Looks at 8, 16, 32 and 64 quads (and 128 and 256 when a long budget allows: each look's share of alpha is then smaller); or one
 * look at the planned number of generations, for each of those costs a warm-up.
 */
export function makeLookPlan(options: {
  readonly unit: Unit
  readonly plannedGenerations: number
  /** How many quads there may be. @default 64 */
  readonly mostQuads?: number | undefined
  /** @default 0.05 */
  readonly alpha?: number | undefined
}): LookPlan {
  const alpha = options.alpha ?? lookDefaults.alpha
  if (options.unit === 'generation') return { looks: [options.plannedGenerations], alpha }
  const mostQuads = Math.max(lookDefaults.firstQuads, options.mostQuads ?? lookDefaults.mostQuads)
  const doublings = Math.floor(Math.log2(mostQuads / lookDefaults.firstQuads))
  return { looks: Array.from({ length: doublings + 1 }, (_, look) => lookDefaults.firstQuads * 2 ** look), alpha }
}

/** The planned look that comes after `units`, if any. */
export function nextLook(plan: LookPlan, units: number): number | undefined {
  return plan.looks.find((look) => look > units)
}

/**
 * The false-alarm level to judge `units` at. Each look has an equal share of alpha (Bonferroni over the looks, so the
 * shares add up to at most alpha however the looks depend on each other). When time ends the measuring, the looks that will never be
 * taken leave their shares to this last one: allowed because the clock, not the result, ended it.
 */
export function alphaAt(plan: LookPlan, units: number, moment: Moment): number {
  const share = plan.alpha / plan.looks.length
  if (moment === 'look') return share
  const takenBefore = plan.looks.filter((look) => look < units).length
  return share * Math.max(1, plan.looks.length - takenBefore)
}
