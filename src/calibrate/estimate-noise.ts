import type { MetricNoise } from '../document/calibration-model.ts'
import { makeContrastRounds, makeHistogramRounds } from '../judge/contrast-rounds.ts'
import { findMetricProblems } from '../judge/find-invalid.ts'
import type { JudgedComparison } from '../judge/judged-plan.ts'
import { type ComparedMetric, metrics } from '../judge/metrics.ts'
import { contendersOf } from '../plan/contrasts.ts'
import { deriveSeed } from '../plan/derive-seed.ts'

import { planDefaults } from '../plan/plan-defaults.ts'

import { makeRandom } from '../plan/random.ts'
import type { Block } from '../sample/block.ts'
import { engineOf } from '../scenario/engine-name.ts'
import { engineComparableMetrics } from '../scenario/engines.ts'
import type { ComparableMetricName } from '../scenario/metric-names.ts'
import { at } from '../session/at.ts'
import { pseudoMedian } from '../statistics/hodges-lehmann.ts'
import { type LookPlan, makeLookPlan } from '../statistics/looks.ts'
import { estimateQuantileNoise, smallestQuantileChange } from '../statistics/quantile-noise.ts'
import { estimateSensitivity, type Sensitivity, sensitivityDefaults } from '../statistics/sensitivity.ts'
import { adjustForSpeed } from '../statistics/speed-control.ts'
import { makeUnits, type Unit } from '../statistics/units.ts'

/** An A/A run, and what shall be known of it. */
interface NoiseInput {
  readonly plan: JudgedComparison
  readonly unit: Unit
  readonly blocks: readonly Block[]
  /** Chance that a change is caught. @default 0.8 */
  readonly power?: number | undefined
  /** What starting and warming up took, and what each unit takes. */
  readonly startMs: number
  readonly unitMs: number
}

type CatchCost = MetricNoise['costs'][number]

/** The changes, in per cent, that a budget is named for. */
const askedChangesPercent = [3, 5, 10] as const

const unitsTried: Readonly<Record<Unit, readonly number[]>> = {
  quad: [8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256],
  generation: [6, 8, 10, 12, 16, 20, 24, 32, 48, 64],
}

const simulated = 'seeded resampling of the unit differences, signs by a fair coin, judged at the planned looks'
const byNormalTheory = 'label swaps of the merged histograms, normal theory at the last look'

/** Says for every metric how much noise an A/A run had, and what changes a comparison can catch in it. */
export function estimateNoise(input: NoiseInput): MetricNoise[] {
  const { plan, blocks } = input
  if (blocks.length === 0) return []
  return engineComparableMetrics[engineOf(plan.workload)]
    .filter((name) => findMetricProblems(plan, name).length === 0)
    .flatMap((name) => estimateMetric(input, name))
}

/** The looks at so many units, planned beforehand as a budget for them plans them. */
function looksFor(unit: Unit, units: number): LookPlan {
  const mostQuads = Math.max(planDefaults.usualQuads, 2 ** Math.round(Math.log2(units)))
  return makeLookPlan({ unit, plannedGenerations: units, mostQuads })
}

interface NoiseModel {
  readonly units: number
  readonly seen: number
  readonly noisePercent: MetricNoise['noisePercent']
  readonly method: string
  smallestChangePercent(units: number, marginPercent: number): number | undefined
}

function estimateMetric(input: NoiseInput, name: ComparableMetricName): MetricNoise[] {
  const metric = metrics[name]
  const model = makeModel(input, metric)
  if (model === undefined) return []
  const { marginPercent } = metric
  const { units, noisePercent, method } = model
  return [
    {
      metric: name,
      marginPercent,
      units,
      seenPercent: Math.expm1(model.seen) * 100,
      noisePercent,
      smallestChangePercent: model.smallestChangePercent(units, marginPercent) ?? null,
      costs: askedChangesPercent.map((changePercent) => estimateCost(input, model, { changePercent, marginPercent })),
      method,
    },
  ]
}

function estimateCost(
  { unit, startMs, unitMs }: NoiseInput,
  model: NoiseModel,
  { changePercent, marginPercent }: { changePercent: number; marginPercent: number },
): CatchCost {
  const isWithinMargin = changePercent <= marginPercent
  const margin = isWithinMargin ? 0 : marginPercent
  const isCaught = (units: number) =>
    (model.smallestChangePercent(units, margin) ?? Number.POSITIVE_INFINITY) <= changePercent
  const units = findFewest(unitsTried[unit], isCaught)
  return { changePercent, units, budgetMs: units === null ? null : startMs + units * unitMs, isWithinMargin }
}

/** The first of ascending numbers that suffices, where all above it do too: each try is a simulation. */
function findFewest(numbers: readonly number[], suffices: (units: number) => boolean): number | null {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (suffices(at(numbers, middle))) high = middle
    else low = middle + 1
  }
  return numbers[low] ?? null
}

function makeModel(input: NoiseInput, metric: ComparedMetric): NoiseModel | undefined {
  const [contender] = contendersOf(input.plan)
  if (contender === undefined) return undefined
  switch (metric.kind) {
    case 'block':
      return modelDifferences(input, contender, metric)
    case 'quantile':
      return modelQuantile(input, contender, metric.fraction)
    default:
      return metric satisfies never
  }
}

function modelDifferences(
  { plan, unit, blocks, power = sensitivityDefaults.power }: NoiseInput,
  contender: string,
  metric: Extract<ComparedMetric, { kind: 'block' }>,
): NoiseModel | undefined {
  const rounds = makeContrastRounds(blocks, plan, contender, metric.valueIn)
  const differences = makeUnits(adjustForSpeed(rounds).rounds, unit)
  if (differences.length === 0 || !differences.every(Number.isFinite)) return undefined
  const known = new Map<string, Sensitivity>()
  const estimate = (units: number, marginPercent: number) => {
    const key = `${units} ${marginPercent}`
    const estimated = known.get(key) ?? simulate(units, marginPercent)
    known.set(key, estimated)
    return estimated
  }
  const simulate = (units: number, marginPercent: number) =>
    estimateSensitivity({
      ...{ differences, units, marginPercent, power },
      draws: drawsFor(units),
      plan: looksFor(unit, units),
      random: makeRandom(deriveSeed(plan.seed, 'resampling')),
    })
  return {
    units: differences.length,
    seen: pseudoMedian(differences),
    noisePercent: estimate(differences.length, metric.marginPercent).noisePercent,
    method: simulated,
    smallestChangePercent: (units, marginPercent) => estimate(units, marginPercent).smallestChangePercent,
  }
}

/** Fewer draws of many units: each costs as their square, and they vary less. */
function drawsFor(units: number): number {
  return Math.min(800, Math.max(60, Math.round(2_000_000 / units ** 2)))
}

const swaps = 500

function modelQuantile(
  { plan, unit, blocks, power = sensitivityDefaults.power }: NoiseInput,
  contender: string,
  fraction: number,
): NoiseModel | undefined {
  const rounds = makeHistogramRounds(blocks, plan, contender)
  const isEmpty = rounds.some(({ baseline, contender }) => baseline.length === 0 || contender.length === 0)
  if (rounds.length === 0 || isEmpty) return undefined
  const noise = estimateQuantileNoise({
    rounds,
    unit,
    fraction,
    draws: swaps,
    random: makeRandom(deriveSeed(plan.seed, 'resampling')),
  })
  const toPercent = (log: number) => Math.expm1(log) * 100
  return {
    units: noise.units,
    seen: noise.shift,
    // Quantiles of the size of a normal deviate.
    noisePercent: { median: toPercent(0.6745 * noise.deviation), p95: toPercent(1.96 * noise.deviation) },
    method: byNormalTheory,
    smallestChangePercent: (units, marginPercent) => {
      const margin = Math.log1p(marginPercent / 100)
      const smallest = smallestQuantileChange(noise, { plan: looksFor(unit, units), units, margin, power })
      return units < leastQuantileUnits || !Number.isFinite(smallest) ? undefined : toPercent(smallest)
    },
  }
}

/** Fewer units give no interval of a quantile. */
const leastQuantileUnits = 8
