import type { ComparisonPlan } from '../plan/make-plan.ts'
import { makeRandom } from '../plan/random.ts'
import { type Block, throughputPerSecond } from '../sample/block.ts'
import { type ComparableMetricName, comparableMetricNames } from '../scenario/define.ts'
import { compareContrasts, compareRounds } from '../statistics/compare.ts'
import { compareQuantile } from '../statistics/compare-quantile.ts'
import type { Comparison } from '../statistics/comparison.ts'
import { holmLevels } from '../statistics/holm.ts'
import { alphaAt, type LookPlan, type Moment } from '../statistics/looks.ts'
import { testSteadiness } from '../statistics/steadiness.ts'
import type { Unit } from '../statistics/units.ts'
import { makeContrastRounds, makeHistogramRounds } from './contrast-rounds.ts'
import { metrics } from './metrics.ts'

/** One arm against the baseline: the declared metric, which the verdict is about, and all metrics. */
export interface Contrast {
  readonly arm: string
  readonly primary: Comparison
  readonly metrics: readonly Comparison[]
}

export interface Judgement {
  readonly contrasts: readonly Contrast[]
  /** What makes the whole comparison unfit to be read as a result. */
  readonly problems: readonly string[]
  /** What makes a reader careful. */
  readonly doubts: readonly string[]
}

export interface JudgeOptions {
  readonly plan: ComparisonPlan
  readonly unit: Unit
  readonly blocks: readonly Block[]
  readonly looks: LookPlan
  readonly moment: Moment
}

/** Compares every arm with the baseline on every metric, the primary one as `judgePrimary` does. */
export function judgeComparison(options: JudgeOptions): Judgement {
  const { plan, blocks } = options
  const primaries = judgePrimary(options)
  const contrasts = contendersOf(plan).map((arm, index): Contrast => {
    const primary = primaries[index] as Comparison
    const all = comparableMetricNames.map((name) =>
      name === plan.primaryMetric ? primary : compareOne(options, arm, name),
    )
    return { arm, primary, metrics: all }
  })
  const doubts = plan.arms.flatMap(({ id }) => doubtSteadiness(id, blocks))
  return { contrasts, problems: findProblems(blocks), doubts }
}

/** Compares every arm with the baseline on the primary metric; the contrasts share the look's alpha by Holm's procedure. */
export function judgePrimary(options: JudgeOptions): Comparison[] {
  const { plan, blocks } = options
  const metric = metrics[plan.primaryMetric]
  const contenders = contendersOf(plan)
  if (metric.kind === 'block') {
    return compareContrasts(
      contenders.map((arm) => {
        const { valueIn, kind: _, ...described } = metric
        return { ...frameFor(options), metric: described, rounds: makeContrastRounds(blocks, plan, arm, valueIn) }
      }),
    )
  }
  const alone = contenders.map((arm) => compareOne(options, arm, plan.primaryMetric))
  const levels = holmLevels(
    alone.map(({ pValue = 1 }) => pValue),
    frameFor(options).alpha,
  )
  return contenders.map((arm, index) => compareOne(options, arm, plan.primaryMetric, levels[index]))
}

function compareOne(options: JudgeOptions, arm: string, name: ComparableMetricName, alpha?: number): Comparison {
  const { plan, blocks } = options
  const metric = metrics[name]
  const frame = { ...frameFor(options), ...(alpha !== undefined && { alpha }) }
  switch (metric.kind) {
    case 'block': {
      const { valueIn, kind: _, ...described } = metric
      return compareRounds({ ...frame, metric: described, rounds: makeContrastRounds(blocks, plan, arm, valueIn) })
    }
    case 'quantile': {
      const { fraction, kind: _, ...described } = metric
      const rounds = makeHistogramRounds(blocks, plan, arm)
      return compareQuantile({ ...frame, metric: described, fraction, rounds, random: makeRandom(plan.seed) })
    }
    default:
      return metric satisfies never
  }
}

function contendersOf({ arms, baselineArm }: ComparisonPlan): string[] {
  return arms.map(({ id }) => id).filter((id) => id !== baselineArm)
}

/** What all comparisons at this moment have in common. */
function frameFor({ plan, unit, blocks, looks, moment }: JudgeOptions) {
  const rounds = Map.groupBy(blocks, ({ generation, round }) => `${generation} ${round}`)
  const complete = [...rounds.values()].filter((round) => round.length === 2 * plan.arms.length)
  const units = unit === 'quad' ? complete.length : new Set(complete.map((round) => round[0]?.generation)).size
  return { unit, alpha: alphaAt(looks, units, moment), overallAlpha: looks.alpha, problems: findProblems(blocks) }
}

/** An arm whose own blocks show a trend was not warm, or something wears it down. */
function doubtSteadiness(arm: string, blocks: readonly Block[]): string[] {
  const rates = blocks.filter((block) => block.arm === arm).map(throughputPerSecond)
  if (rates.some((rate) => rate === 0)) return []
  const { state, changePercent = 0 } = testSteadiness(rates)
  if (state !== 'unsteady') return []
  const change = `${changePercent > 0 ? 'rose' : 'fell'} by ${Math.abs(changePercent).toFixed(0)} % over the run`
  return [`${arm} is unsteady: its throughput ${change} (Mann-Kendall p < .01)`]
}

function findProblems(blocks: readonly Block[]): string[] {
  const wrong = blocks.filter(({ disagreements = [] }) => disagreements.length > 0)
  const [first] = wrong
  if (first === undefined) return []
  const places = first.disagreements?.map(({ count, client, server }) => `${count}: client ${client}, server ${server}`)
  const where = `generation ${first.generation + 1}, round ${first.round + 1}, arm '${first.arm}'`
  return [
    `client and server counts differ in ${wrong.length} of ${blocks.length} blocks, first in ${where} (${places?.join('; ')})`,
  ]
}
