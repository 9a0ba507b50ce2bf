import { type Comparison, type Metric, makeComparison, makeInvalid } from './comparison.ts'
import { twoSampleShift } from './hodges-lehmann.ts'
import { rankSumInterval, rankSumTest } from './mann-whitney.ts'
import { batchMedians } from './steadiness.ts'
import { LEAST_UNITS, type Unit } from './units.ts'

/** The same figure from two runs at different times. */
interface UnpairedInput {
  readonly metric: Metric
  readonly unit: Unit
  /**
   * The earlier run's values above zero, one per unit, in the order they ran; or each unit's ratio to a control arm,
   * which makes the comparison a ratio of ratios and takes out what slowed both.
   */
  readonly baseline: readonly number[]
  readonly contender: readonly number[]
  readonly alpha: number
}

const METHOD = 'two-sample Hodges-Lehmann shift of logs, exact Wilcoxon-Mann-Whitney interval, unpaired'
const WARNING =
  'the runs were not interleaved: a difference may be that of the machine then and now, whatever the interval says'
// Enough for any interval, and the exact distribution stays quick.
const MOST_UNITS = 64

/** Compares two runs that were not interleaved. Its interval knows only the noise within each run: never gate on it. */
export function compareUnpaired({ metric, unit, baseline, contender, alpha }: UnpairedInput): Comparison {
  const frame = { metric, unit, alpha, overallAlpha: alpha, method: METHOD, warnings: [WARNING] }
  if (baseline.length === 0 || contender.length === 0) return makeInvalid(frame, ['one of the runs has no value'])
  const isRatio = [...baseline, ...contender].every((value) => Number.isFinite(value) && value > 0)
  if (!isRatio) return makeInvalid(frame, ['a value is not above zero'])
  const x = batchMedians(baseline.map(Math.log), MOST_UNITS)
  const y = batchMedians(contender.map(Math.log), MOST_UNITS)
  const fewest = Math.min(x.length, y.length)
  return makeComparison({
    ...frame,
    count: fewest,
    fewest: LEAST_UNITS,
    extremes: { low: Math.min(...y) - Math.max(...x), high: Math.max(...y) - Math.min(...x) },
    shift: twoSampleShift(x, y),
    interval: fewest < LEAST_UNITS ? undefined : rankSumInterval(x, y, 1 - alpha),
    pValue: rankSumTest(x, y).pValue,
  })
}
