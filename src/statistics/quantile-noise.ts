import { type HistogramRound, makeLogRatio, mergeGenerations } from './compare-quantile.ts'
import { alphaAt, type LookPlan } from './looks.ts'
import { normalQuantile } from './normal.ts'
import { studentQuantile } from './student-t.ts'
import { sumOf } from './sum-of.ts'
import type { Unit } from './units.ts'

/** The rounds of two arms that are alike, of which a high quantile is read. */
interface QuantileNoiseInput {
  readonly rounds: readonly HistogramRound[]
  readonly unit: Unit
  /** 0.99 for p99. */
  readonly fraction: number
  readonly draws: number
  readonly random: () => number
}

/** How much the ratio of a quantile between alike arms varies. */
interface QuantileNoise {
  readonly units: number
  /** ln(contender / baseline) as these rounds have it. */
  readonly shift: number
  /** Standard deviation of that, were the run made again; log scale. */
  readonly deviation: number
}

/**
 * Which of two alike arms is called the contender is a coin's choice in every unit. So exchanging them at random in every unit
 * shows how the ratio varies when nothing differs: the distribution that the label-swap test uses.
 */
export function estimateQuantileNoise({ rounds, unit, fraction, draws, random }: QuantileNoiseInput): QuantileNoise {
  const units = unit === 'quad' ? rounds : mergeGenerations(rounds)
  const ratio = makeLogRatio(units, fraction)
  const all = units.map((_, index) => index)
  const squares = Array.from({ length: draws }, () => {
    const swapped = all.map(() => random() < 0.5)
    return ratio(all, swapped) ** 2
  })
  const variance = sumOf(squares) / draws
  return { units: units.length, shift: ratio(all, []), deviation: Math.sqrt(variance) }
}

/**
 * The smallest rise, log scale, that a comparison of so many units calls `slower` with a chance of `power`: the interval has to
 * leave out zero, and the shift has to reach the margin. By normal theory, at the last look.
 */
export function smallestQuantileChange(
  { deviation, units: measured }: QuantileNoise,
  { plan, units, margin, power }: { plan: LookPlan; units: number; margin: number; power: number },
): number {
  if (units < 2) return Number.POSITIVE_INFINITY
  const standardError = deviation * Math.sqrt(measured / units)
  const alpha = alphaAt(plan, units, plan.looks.includes(units) ? 'look' : 'end')
  const luck = normalQuantile(power) * standardError
  return Math.max(margin + luck, studentQuantile(1 - alpha, units - 1) * standardError + luck)
}
