import type { ArmResult, ComparisonResult } from '../document/model.ts'
import type { ComparableMetricName } from '../scenario/metric-names.ts'
import { at } from '../session/at.ts'
import type { Column } from '../words/rows.ts'

const longest = 10
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

const measures: Readonly<Record<ComparableMetricName, { readonly head: string; valueIn(arm: ArmResult): number }>> = {
  throughput: { head: 'throughput', valueIn: ({ throughputPerSecond }) => throughputPerSecond },
  'latency.p50': { head: 'p50', valueIn: ({ latency }) => latency.p50Us },
  'latency.p90': { head: 'p90', valueIn: ({ latency }) => latency.p90Us },
  'latency.p99': { head: 'p99', valueIn: ({ latency }) => latency.p99Us },
  cpuPerRequest: { head: 'CPU/req', valueIn: ({ cpuUsPerRequest }) => cpuUsPerRequest },
}

/**
 * A column that draws the primary metric, its length relative to the largest arm's; none for one or two arms, where figures
 * say it better.
 */
export function makeBarColumn({
  arms,
  primaryMetric,
}: Pick<ComparisonResult, 'arms' | 'primaryMetric'>): readonly Column<ArmResult>[] {
  if (arms.length < 3) return []
  const { head, valueIn } = measures[primaryMetric]
  const largest = Math.max(...arms.map(valueIn))
  if (largest <= 0) return []
  return [{ head, align: 'left', cell: (arm) => drawBar(valueIn(arm) / largest) }]
}

/** A bar of up to ten characters; what is there at all is to be seen. */
export function drawBar(share: number): string {
  const length = Math.max(Math.round(share * longest * 8), share > 0 ? 1 : 0)
  return '█'.repeat(Math.floor(length / 8)) + at(eighths, length % 8)
}
