import { normalCdf, normalQuantile } from './normal.ts'
import { mean, quantileOfSorted } from './quantile.ts'
import { studentQuantile } from './student-t.ts'
import { sumOf } from './sum-of.ts'

/** A bootstrap over whole units, so that whatever hangs together within a unit stays together. */
interface BootstrapInput {
  /** How many units there are. */
  readonly units: number
  /** The figure for a sample of units, given as indices into them, repeats included. */
  readonly statistic: (indices: readonly number[]) => number
  readonly draws: number
  readonly confidence: number
  readonly random: () => number
  /**
   * `percentile`: quantiles of the draws, too narrow for few units; `expanded`: wider quantiles, as Student's t is wider
   * than the normal; `bca`: corrected for bias and skew, at the price of `units` more evaluations.
   */
  readonly method: 'percentile' | 'expanded' | 'bca'
}

/** The figure of all units, and the interval that resampled units give it. */
interface BootstrapInterval {
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly confidence: number
}

/** Draws and method of the p99 interval unless told otherwise. */
export const bootstrapDefaults = Object.freeze({ draws: 2000, method: 'expanded' as const })

/** A bootstrap interval by resampling units. Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13–14. */
export function bootstrapInterval(input: BootstrapInput): BootstrapInterval {
  const estimate = input.statistic(allOf(input.units))
  const drawn = Float64Array.from({ length: input.draws }, () => input.statistic(resample(input)))
  const sorted = drawn.sort()
  const outside = (1 - input.confidence) / 2
  const adjust = makeAdjustment(input, sorted, estimate)
  return {
    estimate,
    low: quantileOfSorted(sorted, adjust(outside)),
    high: quantileOfSorted(sorted, adjust(1 - outside)),
    confidence: input.confidence,
  }
}

function allOf(units: number): number[] {
  return Array.from({ length: units }, (_, index) => index)
}

function resample({ units, random }: BootstrapInput): number[] {
  return Array.from({ length: units }, () => Math.floor(random() * units))
}

function makeAdjustment(input: BootstrapInput, sorted: Float64Array, estimate: number): (fraction: number) => number {
  switch (input.method) {
    case 'percentile':
      return (fraction) => fraction
    case 'expanded':
      return expandedAdjustment(input)
    case 'bca':
      return bcaAdjustment(input, sorted, estimate)
    default:
      return input.method satisfies never
  }
}

/** Hesterberg 2015, The American Statistician 69:371–386, §3.3: the quantiles that a t interval with n − 1 degrees would have. */
function expandedAdjustment({ units, confidence }: BootstrapInput): (fraction: number) => number {
  if (units < 2) return (fraction) => fraction
  const z = Math.sqrt(units / (units - 1)) * studentQuantile(confidence, units - 1)
  return (fraction) => normalCdf(fraction < 0.5 ? -z : z)
}

/** Efron & Tibshirani 1993, eq. 14.10 (adjusted fractions), 14.14 (bias) and 14.15 (acceleration by the jackknife). */
function bcaAdjustment(input: BootstrapInput, sorted: Float64Array, estimate: number): (fraction: number) => number {
  const below =
    sorted.filter((value) => value < estimate).length + sorted.filter((value) => value === estimate).length / 2
  const bias = normalQuantile(Math.min(Math.max(below, 0.5), sorted.length - 0.5) / sorted.length)
  const acceleration = jackknifeAcceleration(input)
  return (fraction) => {
    const z = bias + normalQuantile(fraction)
    return normalCdf(bias + z / (1 - acceleration * z))
  }
}

function jackknifeAcceleration({ units, statistic }: BootstrapInput): number {
  const without = allOf(units).map((left) => statistic(allOf(units).filter((index) => index !== left)))
  const centre = mean(without)
  const squares = sumOf(without, (value) => (centre - value) ** 2)
  const cubes = sumOf(without, (value) => (centre - value) ** 3)
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5)
}
