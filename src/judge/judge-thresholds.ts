import * as z from 'zod'
import { Histogram } from '../sample/histogram.ts'
import type { ArmSummary } from '../sample/summarize-arm.ts'
import { type ComparableMetricName, type MetricName, metricNames } from '../scenario/metric-names.ts'
import type { RatioThreshold, ValueThreshold } from '../scenario/scenario-parts.ts'
import type { Comparison } from '../statistics/comparison.ts'
import { signedRankInterval } from '../statistics/signed-rank.ts'
import { LEAST_UNITS, makeUnits } from '../statistics/units.ts'
import { agree, counted } from '../words/counted.ts'
import { makeArmRounds } from './contrast-rounds.ts'
import { findMetricProblems } from './find-invalid.ts'
import { type Judgement, type JudgeOptions, levelOf } from './judge-comparison.ts'
import type { JudgedArm } from './judged-plan.ts'
import { metrics } from './metrics.ts'

/** What came of one threshold for one arm. */
export const thresholdSchema = z.strictObject({
  arm: z.string(),
  metric: z.enum(metricNames),
  limit: z.enum(['maxRatio', 'max', 'min']),
  expected: z.number(),
  actual: z.number().optional(),
  verdict: z.enum(['held', 'failed', 'inconclusive', 'invalid']),
  reason: z.string(),
})
export type ThresholdResult = z.infer<typeof thresholdSchema>

const percentileMs =
  (percent: number) =>
  ({ latency, histogramUnit }: ArmSummary) =>
    Histogram.decode(latency.encoded, histogramUnit).percentileUs(percent) / 1_000

/** Percentiles that nothing is compared by: their share of values beyond, in per cent. */
const beyondPercent: Readonly<Partial<Record<MetricName, number>>> = { 'latency.p95': 5, 'latency.p99.9': 0.1 }
/** Fewer values beyond a percentile make it a guess. */
const leastBeyond = 10

/** A metric of all an arm's blocks, in the units that thresholds are given in. */
const metricValues: Readonly<Record<MetricName, (summary: ArmSummary) => number>> = {
  throughput: (summary) => summary.throughputPerSecond,
  'latency.p50': ({ latency }) => latency.p50Us / 1_000,
  'latency.p90': ({ latency }) => latency.p90Us / 1_000,
  'latency.p95': percentileMs(95),
  'latency.p99': ({ latency }) => latency.p99Us / 1_000,
  'latency.p99.9': percentileMs(99.9),
  cpuPerRequest: (summary) => summary.cpuUsPerRequest,
  connectionsPerRequest: ({ carriers, wire }) => carriers.connections / wire.requests,
  handshakesPerRequest: ({ carriers, wire }) => (carriers.handshakesFull + carriers.handshakesResumed) / wire.requests,
  errorRate: ({ succeeded, failed }) => failed / (succeeded + failed),
  drops: ({ openLoop }) => (openLoop === undefined ? Number.NaN : openLoop.dropped / openLoop.intended),
  rateHeld: ({ openLoop }) => openLoop?.rateHeld ?? Number.NaN,
}

/** Judges every threshold of the scenario for every arm of its variant, and so for every point of a sweep. */
export function judgeThresholds(
  options: JudgeOptions,
  judgement: Judgement,
  summaries: readonly ArmSummary[],
): ThresholdResult[] {
  const { plan } = options
  return plan.thresholds.flatMap((threshold) =>
    plan.arms
      // What the base did is past: its limits are for the version that is to replace it.
      .filter(({ variant, code }) => variant === threshold.variant && code?.role !== 'base')
      .flatMap((arm) =>
        'maxRatio' in threshold
          ? judgeRatioOf(threshold, arm, judgement)
          : judgeValue(threshold, arm, options, judgement, summaries),
      ),
  )
}

function judgeRatioOf(
  { metric, maxRatio: expected }: RatioThreshold<string>,
  arm: JudgedArm,
  { contrasts }: Judgement,
): ThresholdResult[] {
  const contrast = contrasts.find((candidate) => candidate.arm === arm.id)
  const comparison = contrast?.metrics.find((candidate) => candidate.metric.name === metric)
  // The baseline's own point of a sweep has no ratio to anything.
  if (comparison === undefined) return []
  const actual = comparison.ratio === undefined ? {} : { actual: comparison.ratio }
  return [{ arm: arm.id, metric, limit: 'maxRatio', expected, ...actual, ...judgeRatio(comparison, expected) }]
}

/** A ratio's threshold holds when its whole interval does: a point estimate alone never passes or fails it. */
export function judgeRatio(
  { ratio, interval, verdict, reason }: Comparison,
  maxRatio: number,
): Pick<ThresholdResult, 'verdict' | 'reason'> {
  if (verdict === 'invalid' || ratio === undefined) return { verdict: 'invalid', reason }
  if (interval === undefined) return { verdict: 'inconclusive', reason }
  return judgeRange(interval, { max: maxRatio })
}

function judgeRange(
  { low, high }: { readonly low: number; readonly high: number },
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: { readonly min?: number; readonly max?: number },
): Pick<ThresholdResult, 'verdict' | 'reason'> {
  if (low >= min && high <= max) return { verdict: 'held', reason: 'the whole interval is within the limit' }
  if (high < min || low > max) return { verdict: 'failed', reason: 'the whole interval is beyond the limit' }
  return { verdict: 'inconclusive', reason: 'the limit lies inside the interval' }
}

function judgeValue(
  threshold: ValueThreshold<string>,
  arm: JudgedArm,
  options: JudgeOptions,
  { problems }: Judgement,
  summaries: readonly ArmSummary[],
): ThresholdResult[] {
  const { metric } = threshold
  const [metricProblem] = findMetricProblems(options.plan, metric)
  const summary = summaries.find((candidate) => candidate.arm === arm.id)
  const actual = summary === undefined ? Number.NaN : metricValues[metric](summary)
  return (['max', 'min'] as const).flatMap((limit): ThresholdResult[] => {
    const expected = threshold[limit]
    if (expected === undefined) return []
    const frame = { arm: arm.id, metric, limit, expected }
    if (metricProblem !== undefined) return [{ ...frame, verdict: 'invalid', reason: metricProblem }]
    if (!Number.isFinite(actual)) return [{ ...frame, verdict: 'invalid', reason: 'nothing was measured' }]
    if (problems.length > 0) return [{ ...frame, actual, verdict: 'invalid', reason: problems.join('; ') }]
    if (isThin(metric, summary)) {
      const reason = `fewer than ${leastBeyond} requests lie beyond this percentile`
      return [{ ...frame, actual, verdict: 'inconclusive', reason }]
    }
    return [{ ...frame, actual, ...judgeOneValue(metric, { [limit]: expected }, actual, arm, options) }]
  })
}

/** Counts and shares are exact; times vary from unit to unit, so their whole interval has to keep the limit. */
function judgeOneValue(
  name: MetricName,
  limits: { readonly min?: number; readonly max?: number },
  actual: number,
  arm: JudgedArm,
  options: JudgeOptions,
): Pick<ThresholdResult, 'verdict' | 'reason'> {
  const metric = isComparable(name) ? metrics[name] : undefined
  if (metric?.kind !== 'block') {
    const { verdict } = judgeRange({ low: actual, high: actual }, limits)
    const isCount = metric === undefined && beyondPercent[name] === undefined
    const sort = isCount ? 'an exact count' : 'a point estimate'
    return { verdict, reason: `${sort}, ${verdict === 'held' ? 'within' : 'beyond'} the limit` }
  }
  const scale = name.startsWith('latency') ? 1 / 1_000 : 1
  const units = makeUnits(makeArmRounds(options.blocks, options.plan, arm.id, metric.valueIn), options.unit)
  const interval = units.length < LEAST_UNITS ? undefined : signedRankInterval(units, 1 - levelOf(options))
  if (interval === undefined) {
    return {
      verdict: 'inconclusive',
      reason: `${counted(units.length, 'unit')} ${agree(units.length, 'gives', 'give')} no interval at this level`,
    }
  }
  return judgeRange({ low: Math.exp(interval.low) * scale, high: Math.exp(interval.high) * scale }, limits)
}

function isThin(name: MetricName, summary: ArmSummary | undefined): boolean {
  const percent = beyondPercent[name]
  return percent !== undefined && ((summary?.latency.count ?? 0) * percent) / 100 < leastBeyond
}

function isComparable(name: MetricName): name is ComparableMetricName {
  return name in metrics
}
