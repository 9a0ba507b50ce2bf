import { metrics, toPercent } from '../judge/metrics.ts'
import type { ComparableMetricName } from '../scenario/metric-names.ts'
import { compareUnpaired } from '../statistics/compare-unpaired.ts'
import { type Comparison, makeComparison, makeInvalid } from '../statistics/comparison.ts'
import { mean } from '../statistics/quantile.ts'
import { makeUnits } from '../statistics/units.ts'
import type { RecordedBlock, RecordedComparison } from './baseline-model.ts'
import type { ArmPair, ArmRecord } from './pair-records.ts'

/** Metrics with a value in every block; what is left of them are quantiles of whole runs. */
export const unpairedMetricNames = ['throughput', 'latency.p50', 'latency.p90', 'cpuPerRequest'] as const
type UnpairedMetricName = (typeof unpairedMetricNames)[number] & ComparableMetricName

/**
 * CPU time per request of two runs on one machine still differs by more than arms side by side do: frequency, neighbours,
 * kernel work. So a change between runs has to be this large, in per cent, to matter.
 */
export const cpuMarginPercent = 10

/** The margin of a later run's CPU time: its own, where that is wider. In per cent. */
export function cpuMarginOf({ judging }: Pick<RecordedComparison, 'judging'>): number {
  return Math.max(cpuMarginPercent, toPercent(judging?.margins?.cpuPerRequest ?? 0))
}

interface FiguresOptions extends Pick<ArmPair, 'earlier' | 'later'> {
  readonly alpha: number
  /** @default the metric's own, for CPU time `cpuMarginPercent` */
  readonly marginPercent?: number | undefined
}

/** One figure of one arm in an earlier and a later run. */
export function compareFigure(name: UnpairedMetricName, options: FiguresOptions): Comparison {
  const { earlier, later, alpha } = options
  const { better, marginPercent: own } = metrics[name]
  const marginPercent = options.marginPercent ?? (name === 'cpuPerRequest' ? cpuMarginPercent : own)
  const [baseline, contender] = [unitValues(earlier, name), unitValues(later, name)]
  const { unit } = later.comparison
  return compareUnpaired({ metric: { name, better, marginPercent }, unit, baseline, contender, alpha })
}

const wholeRunMethod = 'ratio of the quantiles of all requests of each run, unpaired'
/** With fewer requests beyond it a quantile is any of them. */
const leastBeyond = 10

/**
 * The p99 of two whole runs: a short block has too few requests beyond it for a figure of its own. Nothing tells how much it
 * varies, so that it has no interval.
 */
export function compareP99({ earlier, later, alpha }: Omit<FiguresOptions, 'marginPercent'>): Comparison {
  const { name, better, marginPercent } = metrics['latency.p99']
  const { unit } = later.comparison
  const metric = { name, better, marginPercent }
  const frame = { metric, unit, alpha, overallAlpha: alpha, method: wholeRunMethod, warnings: [] }
  const [before, after] = [earlier.arm.latency, later.arm.latency]
  if (0.01 * Math.min(before.count, after.count) < leastBeyond) {
    return makeInvalid(frame, [`fewer than ${leastBeyond} requests of a run lie beyond this quantile`])
  }
  const shift = Math.log(after.p99Us / before.p99Us)
  if (!Number.isFinite(shift)) return makeInvalid(frame, ['a value is not above zero'])
  const extremes = { low: shift, high: shift }
  const shown = makeComparison({
    ...frame,
    ...{ shift, extremes, count: 1, fewest: 1 },
    interval: undefined,
    pValue: undefined,
  })
  return { ...shown, reason: 'of whole runs: nothing tells how much it varies', moreUnits: undefined }
}

/** The blocks of an arm. */
export function blocksOf({ comparison, arm: { id } }: ArmRecord): RecordedBlock[] {
  return comparison.blocks.filter(({ arm }) => arm === id)
}

/** One value per unit, as the unit of that run was: the quad, or the generation's median. */
function unitValues(record: ArmRecord, name: UnpairedMetricName): number[] {
  const metric = metrics[name]
  if (metric.kind !== 'block') throw new Error(`${name} has no value in a block`)
  const rounds = [...Map.groupBy(blocksOf(record), ({ generation, round }) => `${generation} ${round}`).values()]
  const complete = rounds.filter((round) => round.length === 2)
  const valueIn = (block: RecordedBlock) => Math.log(metric.valueIn(block))
  const values = complete.map((round) => ({
    generation: round[0]?.generation ?? 0,
    difference: mean(round.map(valueIn)),
  }))
  return makeUnits(values, record.comparison.unit).map(Math.exp)
}
