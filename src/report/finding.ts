import { formatCount, formatCounted, formatFigure, formatSignedPercent, formatTimes } from './format.ts'
import type { ArmResult, ComparisonResult, ContrastResult, MetricComparison } from './model.ts'

const metricPlaces: Readonly<Record<string, string>> = {
  throughput: 'in throughput',
  'latency.p50': 'at p50',
  'latency.p90': 'at p90',
  cpuPerRequest: 'in CPU time per request',
}

/** From this ratio on people say "3.1×", below it "4 %". */
const timesFrom = 1.5

/** One line in plain words on one arm: ratio, interval and verdict, then what the difference is made of. */
export function renderFinding(comparison: ComparisonResult, contrast: ContrastResult): string {
  const cause = explainCause(comparison, contrast.arm)
  const finding = describeVerdict(contrast.primary, contrast.arm, comparison.baselineArm)
  return cause === undefined ? finding : `${finding}; ${cause}`
}

function describeVerdict(primary: MetricComparison, arm: string, baseline: string): string {
  const { metric, ratio, interval, range, verdict, units, unit, reason } = primary
  const place = metricPlaces[metric.name] ?? `in ${metric.name}`
  if (verdict === 'invalid' || ratio === undefined || range === undefined) return `INVALID: ${reason}`
  if (interval === undefined) {
    const span = `${arm} ÷ ${baseline} was ${formatRatio(range.low)} to ${formatRatio(range.high)} in ${metric.name}`
    return `too few units for a verdict: ${span} over ${formatCounted(units, unit)}; ${reason}`
  }
  switch (verdict) {
    case 'faster':
    case 'slower':
      return `${arm} is ${describeDifference(primary, verdict)} than ${baseline} ${place} (${describeInterval(primary)})`
    case 'same':
      return `${arm} and ${baseline} are the same ${place} to within ${metric.marginPercent} % (${describeInterval(primary)})`
    case 'inconclusive':
      return `inconclusive ${place}: ${arm} ÷ ${baseline} is ${formatRatio(ratio)} (${describeInterval(primary)}); ${reason}${describeMore(primary)}`
    default:
      return verdict satisfies never
  }
}

function describeDifference({ metric, ratio = 1 }: MetricComparison, verdict: 'faster' | 'slower'): string {
  const times = Math.max(ratio, 1 / ratio)
  const isCpu = metric.name === 'cpuPerRequest'
  const word = isCpu ? { faster: 'cheaper', slower: 'costlier' }[verdict] : verdict
  return times >= timesFrom ? `${formatTimes(times)}× ${word}` : `${formatFigure((times - 1) * 100)} % ${word}`
}

/** The interval in the same words as the estimate: as "times" when that is what the reader sees, else in per cent. */
function describeInterval({ ratio = 1, interval, overallAlpha, verdict, metric }: MetricComparison): string {
  const { low, high } = interval as NonNullable<MetricComparison['interval']>
  const confidence = `${formatFigure((1 - overallAlpha) * 100)} % interval`
  const isBelowOne = ratio < 1
  if (Math.max(ratio, 1 / ratio) >= timesFrom && (verdict === 'faster' || verdict === 'slower')) {
    const [from, to] = isBelowOne ? [1 / high, 1 / low] : [low, high]
    return `${confidence} ${formatTimes(from)}–${formatTimes(to)}`
  }
  const percents = [low, high].map((value) => formatSignedPercent((value - 1) * 100))
  return `${metric.name} ${percents.join(' to ')} %, ${confidence}`
}

function describeMore({ moreUnits, unit }: MetricComparison): string {
  return moreUnits === undefined ? '' : `; about ${formatCount(moreUnits)} more ${unit}s would tell`
}

function formatRatio(ratio: number): string {
  return ratio.toPrecision(3)
}

/** What the slower side paid per request in connections and handshakes, and what that is in round trips. */
function explainCause({ arms, baselineArm, target }: ComparisonResult, contender: string): string | undefined {
  const pair = [baselineArm, contender].map((id) => arms.find((arm) => arm.id === id))
  const [dear, cheap] = pair.toSorted((a, b) => costOf(b) - costOf(a))
  if (dear === undefined || costOf(dear) - costOf(cheap) < 0.05) return undefined
  const connections = perRequest(dear, dear.carriers.connections)
  const handshakes = perRequest(dear, dear.carriers.handshakesFull + dear.carriers.handshakesResumed)
  const paid = [
    formatCounted(connections, 'connection'),
    ...(handshakes > 0 ? [formatCounted(handshakes, 'handshake')] : []),
  ].join(' and ')
  const roundTrips =
    target.rttMs > 0 ? `, that is ${formatCounted(connections + handshakes, 'round trip')} of ${target.rttMs} ms` : ''
  return `${dear.id} paid ${paid} per request${roundTrips}`
}

function costOf(arm: ArmResult | undefined): number {
  return arm === undefined
    ? 0
    : perRequest(arm, arm.carriers.connections + arm.carriers.handshakesFull + arm.carriers.handshakesResumed)
}

function perRequest({ wire }: ArmResult, count: number): number {
  return wire.requests === 0 ? 0 : count / wire.requests
}
