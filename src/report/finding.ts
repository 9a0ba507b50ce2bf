import { explainCause } from '../document/explain-cause.ts'
import type { ComparisonResult, ContrastResult } from '../document/model.ts'
import { at } from '../session/at.ts'
import type { Comparison } from '../statistics/comparison.ts'
import { sumOf } from '../statistics/sum-of.ts'
import {
  formatCount,
  formatCounted,
  formatFigure,
  formatMs,
  formatRate,
  formatRatio,
  formatSignedPercent,
  formatTimes,
  formatWholeSeconds,
} from '../words/format.ts'

const metricPlaces: Readonly<Record<string, string>> = {
  throughput: 'in throughput',
  'latency.p50': 'at p50',
  'latency.p90': 'at p90',
  'latency.p99': 'at p99',
  cpuPerRequest: 'in CPU time per request',
}

/** From this ratio on people say "3.1×", below it "4 %". */
const timesFrom = 1.5

/** The figures of the only arm there is: nothing is compared. */
export function renderAlone({ arms }: ComparisonResult): string {
  return arms
    .map(({ id, throughputPerSecond, latency }) => {
      const figures = `${formatRate(throughputPerSecond)} iterations per second, p50 ${formatMs(latency.p50Us)} ms, p99 ${formatMs(latency.p99Us)} ms`
      return `${id}: ${figures}; one variant, so nothing is compared`
    })
    .join('; ')
}

/** One line in plain words on one arm: ratio, interval and verdict, then what the difference is made of. */
export function renderFinding(comparison: ComparisonResult, contrast: ContrastResult): string {
  const cause = explainCause(comparison, contrast)
  const finding =
    contrast.primary.interval === undefined && contrast.primary.verdict === 'inconclusive'
      ? describeLook(comparison, contrast)
      : describeVerdict(contrast.primary, contrast.arm, contrast.baseline)
  return cause === undefined ? finding : `${finding}; ${cause}`
}

function describeVerdict(primary: Comparison, arm: string, baseline: string): string {
  const { metric, ratio, verdict, reason } = primary
  const place = placeOf(primary)
  if (ratio === undefined || verdict === 'invalid') return `INVALID: ${reason}`
  switch (verdict) {
    case 'faster':
    case 'slower':
      return `${arm} is ${describeDifference(primary, baseline, verdict)}`
    case 'same':
      return `${arm} and ${baseline} are the same ${place} to within ${metric.marginPercent} % (${describeInterval(primary)})`
    case 'inconclusive':
      return `inconclusive ${place}: ${arm} ÷ ${baseline} is ${formatRatio(ratio)} (${describeInterval(primary)}); ${reason}${describeMore(primary)}`
    default:
      return verdict satisfies never
  }
}

/** Too few units for an interval: what each of them showed, and what a verdict would take. */
function describeLook(comparison: ComparisonResult, { arm, baseline, primary }: ContrastResult): string {
  const { low, high } = primary.range ?? { low: 1, high: 1 }
  const ratios = [low, high].map((ratio) => Math.max(ratio, 1 / ratio)).toSorted((a, b) => a - b)
  const isOneSided = low > 1 || high < 1
  const isFaster = high < 1 === (primary.metric.better === 'lower')
  const saw = isOneSided
    ? `${arm} was ${formatTimes(primary.units === 1 ? [at(ratios, 0)] : ratios).join('–')}× ${wordFor(primary, isFaster ? 'faster' : 'slower')} than ${baseline}`
    : `${arm} ÷ ${baseline} was ${formatRatio(low)}–${formatRatio(high)}`
  return `${saw} ${placeOf(primary)} in ${formatCounted(primary.units, primary.unit)}${hintAtMore(comparison, primary)}`
}

/** What a verdict would take, said in the option that limited this run. */
function hintAtMore({ end, elapsedMs, unitsToJudge, blocks }: ComparisonResult, primary: Comparison): string {
  const { units, unit, moreUnits = 0 } = primary
  // Contrasts share the false alarms: with many of them the first verdict takes more units than with one.
  const needed = Math.max(unitsToJudge, units + moreUnits)
  switch (end.state) {
    case 'bound reached':
      return `; a verdict takes ${needed}: --${unit === 'quad' ? 'rounds' : 'generations'} ${needed}`
    case 'budget ended':
      return `; a verdict takes ${needed}: --budget ${formatWholeSeconds((elapsedMs / units) * needed * 1.1)}`
    // Of a fixed time.
    case 'last look taken':
      return units < needed
        ? `; a verdict takes ${needed}: --duration ${formatWholeSeconds((sumOf(blocks, (block) => block.elapsedMs) / units) * needed)}`
        : ''
    default:
      return ''
  }
}

function placeOf({ metric }: Comparison): string {
  return metricPlaces[metric.name] ?? `in ${metric.name}`
}

function wordFor({ metric }: Comparison, verdict: 'faster' | 'slower'): string {
  return metric.name === 'cpuPerRequest' ? { faster: 'cheaper', slower: 'costlier' }[verdict] : verdict
}

/** "3.1× faster than a at p50 (95 % interval 3.0–3.2)", or the same in per cent where the difference is small. */
function describeDifference(comparison: Comparison, baseline: string, verdict: 'faster' | 'slower'): string {
  const { ratio = 1 } = comparison
  const { low, high } = intervalOf(comparison)
  const word = `${wordFor(comparison, verdict)} than ${baseline} ${placeOf(comparison)}`
  if (Math.max(ratio, 1 / ratio) < timesFrom) {
    return `${formatFigure(Math.abs(ratio - 1) * 100)} % ${word} (${describeInterval(comparison)})`
  }
  const [times, from, to] = formatTimes(ratio < 1 ? [1 / ratio, 1 / high, 1 / low] : [ratio, low, high])
  return `${times}× ${word} (${confidenceOf(comparison)} interval ${from}–${to})`
}

/** Whoever was found to differ has one. */
function intervalOf({ interval }: Comparison): NonNullable<Comparison['interval']> {
  if (interval === undefined) throw new Error('there is no interval, so no difference to describe')
  return interval
}

function describeInterval(comparison: Comparison): string {
  const { low, high } = intervalOf(comparison)
  const percents = [low, high].map((value) => formatSignedPercent((value - 1) * 100))
  return `${comparison.metric.name} ${percents.join(' to ')} %, ${confidenceOf(comparison)} interval`
}

/**
 * How sure an interval is, over all looks and all contrasts that share the false alarms: by itself each has more, but it is
 * one of several that a run might have ended with.
 */
export function confidenceOf({ overallAlpha }: Comparison): string {
  return `${formatFigure((1 - overallAlpha) * 100)} %`
}

function describeMore({ moreUnits, unit }: Comparison): string {
  return moreUnits === undefined ? '' : `; about ${formatCount(moreUnits)} more ${unit}s would tell`
}
