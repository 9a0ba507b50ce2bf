import * as z from 'zod'
import { agree, counted } from '../words/counted.ts'
import { estimateMoreUnits } from './more-units.ts'
import type { ExactInterval } from './signed-rank.ts'
import { type Unit, unitNames } from './units.ts'
import { type Cost, judge, type Verdict, verdicts } from './verdict.ts'

const number = z.number()
const rangeSchema = z.strictObject({ low: number, high: number })
/** A range of ratios contender / baseline. */
type RatioRange = z.infer<typeof rangeSchema>

const metricSchema = z.strictObject({
  name: z.string(),
  better: z.enum(['lower', 'higher']),
  // The relevance margin δ in per cent of the baseline's value.
  marginPercent: number,
})
/** What is compared, and how much of a change in it would matter. */
export type Metric = Readonly<z.infer<typeof metricSchema>>

/**
 * One contender against the baseline in one metric: plain data, with everything that the verdict rests on. What there is
 * nothing to tell of is absent: of a ratio where nothing was compared, of an interval with too few units.
 */
export const comparisonSchema = z.strictObject({
  metric: metricSchema,
  unit: z.enum(unitNames),
  units: z.int().min(0),
  // Contender / baseline of the metric itself, whichever way is better.
  ratio: number.optional(),
  effectPercent: number.optional(),
  interval: rangeSchema
    .extend({ confidence: number.describe('by itself; over all looks and contrasts it is 1 − overallAlpha') })
    .optional(),
  // Smallest and largest unit.
  range: rangeSchema.optional(),
  pValue: number.optional(),
  // The false-alarm level that this interval and verdict were made at.
  alpha: number,
  // The false-alarm level of the whole procedure: all looks and all contrasts that share it.
  overallAlpha: number,
  method: z.string(),
  isSpeedAdjusted: z.boolean().optional().describe('the speed of the machine was regressed out'),
  verdict: z.enum(verdicts),
  // Why the verdict is not a clear one, or what it rests on.
  reason: z.string(),
  warnings: z.array(z.string()),
  // Roughly how many more units a clear verdict would take; absent when it is clear, or when none would do.
  moreUnits: number.optional(),
})
export type Comparison = z.infer<typeof comparisonSchema>

/** An estimate of the effect on the log scale of the metric itself, before it is judged. */
export interface EffectEstimate {
  readonly metric: Metric
  readonly unit: Unit
  /** How many units there are. */
  readonly count: number
  /** The fewest units that would give an interval at this level. */
  readonly fewest: number
  /** ln(contender / baseline), as are interval and extremes. */
  readonly shift: number
  readonly interval: ExactInterval | undefined
  readonly extremes: RatioRange
  readonly pValue: number | undefined
  readonly alpha: number
  readonly overallAlpha: number
  readonly method: string
  readonly isSpeedAdjusted?: boolean
  readonly warnings: string[]
}

/** Judges an estimate and turns it into ratios. */
export function makeComparison(estimate: EffectEstimate): Comparison {
  const { metric, unit, count, fewest, shift, interval, extremes, pValue, alpha, overallAlpha, method } = estimate
  const cost = makeCost(estimate)
  const verdict = judge(cost)
  return {
    metric,
    unit,
    units: count,
    ratio: Math.exp(shift),
    effectPercent: Math.expm1(shift) * 100,
    interval: interval && { ...toRatios(interval), confidence: interval.confidence },
    range: toRatios(extremes),
    pValue,
    alpha,
    overallAlpha,
    method,
    ...(estimate.isSpeedAdjusted && { isSpeedAdjusted: true }),
    verdict,
    reason: explain(verdict, cost, { count, fewest }),
    warnings: estimate.warnings,
    moreUnits: verdict === 'inconclusive' ? estimateMoreUnits({ ...cost, units: count, minimum: fewest }) : undefined,
  }
}

/** What is known of a comparison before any value is looked at. */
export type Frame = Pick<EffectEstimate, 'metric' | 'unit' | 'alpha' | 'overallAlpha' | 'method' | 'warnings'>

/** A comparison that must not be read: it carries why, and no figure. */
export function makeInvalid(frame: Frame, problems: readonly string[]): Comparison {
  return {
    ...frame,
    units: 0,
    ratio: undefined,
    effectPercent: undefined,
    interval: undefined,
    range: undefined,
    pValue: undefined,
    verdict: 'invalid',
    reason: problems.join('; '),
    moreUnits: undefined,
  }
}

function toRatios({ low, high }: RatioRange): RatioRange {
  return { low: Math.exp(low), high: Math.exp(high) }
}

function makeCost({ metric, shift, interval }: EffectEstimate): Cost {
  const margin = Math.log1p(metric.marginPercent / 100)
  if (metric.better === 'lower') return { shift, interval, margin }
  return { shift: -shift, interval: interval && { low: -interval.high, high: -interval.low }, margin }
}

function explain(
  verdict: Exclude<Verdict, 'invalid'>,
  { interval }: Cost,
  units: { count: number; fewest: number },
): string {
  if (interval === undefined) {
    const few = `${counted(units.count, 'unit')} ${agree(units.count, 'gives', 'give')}`
    return `${few} no interval at this level: it takes ${units.fewest}`
  }
  switch (verdict) {
    case 'slower':
    case 'faster':
      return 'the interval leaves out no difference, and the shift reaches the margin'
    case 'same':
      return 'the interval lies inside the margin'
    case 'inconclusive':
      return interval.low > 0 || interval.high < 0
        ? 'there is a difference, but it may or may not reach the margin'
        : 'the interval holds both no difference and one beyond the margin'
    default:
      return verdict satisfies never
  }
}
