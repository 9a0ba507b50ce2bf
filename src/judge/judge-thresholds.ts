import type { ArmPlan, ComparisonPlan } from '../plan/make-plan.ts'
import type { ArmSummary } from '../sample/merge.ts'
import type { MetricName, RatioThreshold, Threshold, ValueThreshold } from '../scenario/define.ts'
import type { Comparison } from '../statistics/comparison.ts'
import type { Judgement } from './judge-comparison.ts'

/** What came of one threshold for one arm. */
export interface ThresholdJudgement {
  readonly arm: string
  readonly metric: MetricName
  readonly limit: 'maxRatio' | 'max' | 'min'
  readonly expected: number
  readonly actual?: number
  readonly verdict: 'held' | 'failed' | 'inconclusive' | 'invalid'
  readonly reason: string
}

const metricValues: Readonly<Record<MetricName, (summary: ArmSummary) => number>> = {
  throughput: (summary) => summary.throughputPerSecond,
  'latency.p50': ({ service }) => service.p50Us / 1_000,
  'latency.p90': ({ service }) => service.p90Us / 1_000,
  'latency.p99': ({ service }) => service.p99Us / 1_000,
  cpuPerRequest: (summary) => summary.cpuUsPerRequest,
  connectionsPerRequest: ({ wire }) => wire.connectionsOpened / wire.requests,
  handshakesPerRequest: ({ wire }) => (wire.handshakesFull + wire.handshakesResumed) / wire.requests,
  errorRate: ({ succeeded, failed }) => failed / (succeeded + failed),
}

/** Judges every threshold of the scenario for every arm of its variant, and so for every point of a sweep. */
export function judgeThresholds(
  plan: ComparisonPlan,
  judgement: Judgement,
  summaries: readonly ArmSummary[],
): ThresholdJudgement[] {
  return plan.thresholds.flatMap((threshold) =>
    plan.arms
      .filter(({ variant }) => variant === threshold.variant)
      .flatMap((arm) => judgeOne(threshold, arm, judgement, summaries)),
  )
}

function judgeOne(threshold: Threshold, arm: ArmPlan, judgement: Judgement, summaries: readonly ArmSummary[]) {
  if ('maxRatio' in threshold) return judgeRatio(threshold, arm, judgement)
  const summary = summaries.find((candidate) => candidate.arm === arm.id)
  return judgeValue(threshold, arm, judgement, summary)
}

/** A ratio's threshold holds when its whole interval does: a point estimate alone never passes or fails it. */
function judgeRatio(threshold: RatioThreshold<string>, arm: ArmPlan, { contrasts }: Judgement): ThresholdJudgement[] {
  const contrast = contrasts.find((candidate) => candidate.arm === arm.id)
  const comparison = contrast?.metrics.find(({ metric }) => metric.name === threshold.metric)
  if (comparison === undefined) return []
  const { metric, maxRatio: expected } = threshold
  return [{ arm: arm.id, metric, limit: 'maxRatio', expected, ...judgeInterval(comparison, expected) }]
}

function judgeInterval(
  comparison: Comparison,
  expected: number,
): Pick<ThresholdJudgement, 'actual' | 'verdict' | 'reason'> {
  const { ratio, interval, verdict, reason } = comparison
  if (verdict === 'invalid' || ratio === undefined) return { verdict: 'invalid', reason }
  if (interval === undefined) return { actual: ratio, verdict: 'inconclusive', reason }
  if (interval.high <= expected)
    return { actual: ratio, verdict: 'held', reason: 'the whole interval is within the limit' }
  if (interval.low > expected)
    return { actual: ratio, verdict: 'failed', reason: 'the whole interval is beyond the limit' }
  return { actual: ratio, verdict: 'inconclusive', reason: 'the limit lies inside the interval' }
}

function judgeValue(
  threshold: ValueThreshold<string>,
  arm: ArmPlan,
  { problems }: Judgement,
  summary: ArmSummary | undefined,
): ThresholdJudgement[] {
  const actual = summary === undefined ? Number.NaN : metricValues[threshold.metric](summary)
  const limits = [
    { limit: 'max' as const, expected: threshold.max, holds: (limit: number) => actual <= limit },
    { limit: 'min' as const, expected: threshold.min, holds: (limit: number) => actual >= limit },
  ]
  return limits.flatMap(({ limit, expected, holds }): ThresholdJudgement[] => {
    if (expected === undefined) return []
    const frame = { arm: arm.id, metric: threshold.metric, limit, expected }
    if (!Number.isFinite(actual)) return [{ ...frame, verdict: 'invalid', reason: 'nothing was measured' }]
    if (problems.length > 0) return [{ ...frame, actual, verdict: 'invalid', reason: problems.join('; ') }]
    if (holds(expected)) return [{ ...frame, actual, verdict: 'held', reason: 'within the limit' }]
    return [{ ...frame, actual, verdict: 'failed', reason: 'beyond the limit' }]
  })
}
