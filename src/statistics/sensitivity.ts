import { pseudoMedian } from './hodges-lehmann.ts'
import { alphaAt, type LookPlan } from './looks.ts'
import { quantileOfSorted } from './quantile.ts'
import { signedRankEstimate } from './signed-rank.ts'
import { LEAST_UNITS } from './units.ts'

/** An A/A run, and the comparison that shall be planned from it. */
export interface SensitivityInput {
  /** Unit differences (log ratios) of two arms that are alike. */
  readonly differences: readonly number[]
  readonly plan: LookPlan
  /** How many units the time allows. */
  readonly units: number
  readonly marginPercent: number
  /** Chance that the change is caught. */
  readonly power: number
  readonly draws: number
  readonly random: () => number
}

/** What a comparison of so many units can tell. */
export interface Sensitivity {
  readonly units: number
  /** Size of the difference that alike arms seem to have: in half of all runs, and in 19 of 20, it is at most this. */
  readonly noisePercent: { readonly median: number; readonly p95: number }
  /** The smallest rise that is called `slower` with the wanted power; undefined when no rise would be, for lack of units. */
  readonly smallestChangePercent: number | undefined
  readonly power: number
}

/** Draws and power unless told otherwise. */
export const sensitivityDefaults = Object.freeze({ draws: 1000, power: 0.8 })

/** What simulated runs of a comparison would have seen, and caught. */
interface SimulatedRuns {
  /** Size of the difference that each seems to find between alike arms, ascending; log scale. */
  readonly apparent: Float64Array
  /** The smallest rise that each would have called `slower`, ascending; log scale, Infinity when none. */
  readonly thresholds: Float64Array
}

/** Finds the smallest change that a comparison of so many units catches with the wanted power. */
export function estimateSensitivity(input: SensitivityInput): Sensitivity {
  const { units, power } = input
  const { apparent, thresholds } = simulateRuns(input)
  const smallest = quantileOfSorted(thresholds, power)
  return {
    units,
    noisePercent: {
      median: Math.expm1(quantileOfSorted(apparent, 0.5)) * 100,
      p95: Math.expm1(quantileOfSorted(apparent, 0.95)) * 100,
    },
    smallestChangePercent: Number.isFinite(smallest) ? Math.expm1(smallest) * 100 : undefined,
    power,
  }
}

/**
 * Simulates runs from the A/A differences: sizes about their centre drawn with replacement, signs by a fair coin (what the plan's
 * order provides). A rise θ moves shift and interval by θ, so it is caught when θ > −low and θ ≥ margin − shift at a look:
 * one simulated run tells the smallest θ that it would catch, and a quantile of these is a power's answer.
 */
export function simulateRuns(input: Omit<SensitivityInput, 'power'>): SimulatedRuns {
  const { plan, units, draws } = input
  const centre = pseudoMedian(input.differences)
  const last = Math.max(...plan.looks)
  const looks = [...plan.looks.filter((look) => look < units), Math.min(units, last)]
  const runs = Array.from({ length: draws }, () => drawRun(input, centre, Math.min(units, last)))
  const thresholds = Float64Array.from(runs, (run) =>
    Math.min(...looks.map((look) => catches(input, run.slice(0, look)))),
  )
  const apparent = Float64Array.from(runs, (run) => Math.abs(pseudoMedian(run)))
  return { apparent: apparent.sort(), thresholds: thresholds.sort() }
}

function drawRun(
  { differences, random }: Pick<SensitivityInput, 'differences' | 'random'>,
  centre: number,
  units: number,
): number[] {
  return Array.from({ length: units }, () => {
    const drawn = differences[Math.floor(random() * differences.length)] as number
    return random() < 0.5 ? drawn - centre : centre - drawn
  })
}

/** The smallest rise that this run would have called `slower` when looked at now. */
function catches(
  { plan, marginPercent }: Pick<SensitivityInput, 'plan' | 'marginPercent'>,
  run: readonly number[],
): number {
  const moment = plan.looks.includes(run.length) ? 'look' : 'end'
  const alpha = alphaAt(plan, run.length, moment)
  if (run.length < LEAST_UNITS) return Number.POSITIVE_INFINITY
  const { shift, interval } = signedRankEstimate(run, 1 - alpha)
  if (interval === undefined) return Number.POSITIVE_INFINITY
  return Math.max(-interval.low, Math.log1p(marginPercent / 100) - shift)
}
