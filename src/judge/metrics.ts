import type { MeasuredBlock } from '../sample/block.ts'
import { loadRequestsOf, throughputPerSecond } from '../sample/block-core.ts'
import type { ComparableMetricName } from '../scenario/metric-names.ts'
import type { Metric } from '../statistics/comparison.ts'

/** What of a block metrics are read from: what a baseline keeps of it is enough. */
type MetricBlock = Pick<
  MeasuredBlock,
  'succeeded' | 'untimed' | 'workMs' | 'p50Us' | 'p90Us' | 'cpuUserUs' | 'cpuSystemUs' | 'wire' | 'loadRequests'
>

/** How a metric is compared: by its value in every block, or by a quantile of the merged histograms of service time. */
export type ComparedMetric = Metric &
  (
    | { readonly kind: 'block'; readonly valueIn: (block: MetricBlock) => number }
    | { readonly kind: 'quantile'; readonly fraction: number }
  )

/** Better direction and relevance margin of every metric that arms are compared on. */
export const metrics: Readonly<Record<ComparableMetricName, ComparedMetric>> = {
  throughput: { kind: 'block', name: 'throughput', better: 'higher', marginPercent: 3, valueIn: throughputPerSecond },
  'latency.p50': {
    kind: 'block',
    name: 'latency.p50',
    better: 'lower',
    marginPercent: 3,
    valueIn: (block) => block.p50Us,
  },
  'latency.p90': {
    kind: 'block',
    name: 'latency.p90',
    better: 'lower',
    marginPercent: 5,
    valueIn: (block) => block.p90Us,
  },
  // A short block has too few values beyond its p99 for a figure of its own.
  'latency.p99': { kind: 'quantile', name: 'latency.p99', better: 'lower', marginPercent: 10, fraction: 0.99 },
  cpuPerRequest: {
    kind: 'block',
    name: 'cpuPerRequest',
    better: 'lower',
    marginPercent: 3,
    valueIn: (block) => (block.cpuUserUs + block.cpuSystemUs) / loadRequestsOf(block),
  },
}

/** A margin that is told as a share: 0.07 is 7 %, and not 7.000000000000001. */
export function toPercent(share: number): number {
  return Number((share * 100).toPrecision(12))
}
