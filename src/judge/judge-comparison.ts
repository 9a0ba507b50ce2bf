import type { ComparisonPlan } from '../plan/make-plan.ts'
import { makeRandom } from '../plan/random.ts'
import { type Block, throughputPerSecond } from '../sample/block.ts'
import { type ComparableMetricName, comparableMetricNames } from '../scenario/define.ts'
import { type ContrastInput, compareContrasts, compareRounds } from '../statistics/compare.ts'
import { compareQuantile } from '../statistics/compare-quantile.ts'
import type { Comparison } from '../statistics/comparison.ts'
import { holmLevels } from '../statistics/holm.ts'
import { alphaAt, type LookPlan, type Moment } from '../statistics/looks.ts'
import { testSteadiness } from '../statistics/steadiness.ts'
import type { Unit } from '../statistics/units.ts'
import { completeRounds, makeContrastRounds, makeHistogramRounds } from './contrast-rounds.ts'
import { findMetricProblems, findProblems } from './find-problems.ts'
import { type ComparedMetric, metrics } from './metrics.ts'

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
  return { contrasts, problems: findProblems(options), doubts }
}

/** Compares every arm with the baseline on the primary metric; the contrasts share the look's alpha by Holm's procedure. */
export function judgePrimary(options: JudgeOptions): Comparison[] {
  const { plan } = options
  const metric = metrics[plan.primaryMetric]
  const contenders = contendersOf(plan)
  if (metric.kind === 'block') return compareContrasts(contenders.map((arm) => makeBlockInput(options, arm, metric)))
  const alone = contenders.map((arm) => compareOne(options, arm, plan.primaryMetric))
  const levels = holmLevels(
    alone.map(({ pValue = 1 }) => pValue),
    levelOf(options),
  )
  return contenders.map((arm, index) => compareOne(options, arm, plan.primaryMetric, levels[index]))
}

/** Compares one arm with the baseline on one metric, at the look's level unless told another. */
export function compareOne(options: JudgeOptions, arm: string, name: ComparableMetricName, alpha?: number): Comparison {
  const { plan, blocks } = options
  const level = alpha === undefined ? {} : { alpha }
  const metric = metrics[name]
  switch (metric.kind) {
    case 'block':
      return compareRounds({ ...makeBlockInput(options, arm, metric), ...level })
    case 'quantile': {
      const { fraction, kind: _, ...described } = metric
      const rounds = makeHistogramRounds(blocks, plan, arm)
      const random = makeRandom(plan.seed)
      return compareQuantile({ ...frameFor(options, name), ...level, metric: described, fraction, rounds, random })
    }
    default:
      return metric satisfies never
  }
}

function makeBlockInput(
  options: JudgeOptions,
  arm: string,
  compared: ComparedMetric & { kind: 'block' },
): ContrastInput {
  const { valueIn, kind: _, ...metric } = compared
  const rounds = makeContrastRounds(options.blocks, options.plan, arm, valueIn)
  return { ...frameFor(options, metric.name), metric, rounds }
}

function contendersOf({ arms, baselineArm }: ComparisonPlan): string[] {
  return arms.map(({ id }) => id).filter((id) => id !== baselineArm)
}

/** The false-alarm level of this look. */
export function levelOf({ plan, unit, blocks, looks, moment }: JudgeOptions): number {
  const complete = completeRounds(blocks, plan)
  const units = unit === 'quad' ? complete.length : new Set(complete.map((round) => round[0]?.generation)).size
  return alphaAt(looks, units, moment)
}

/** What all comparisons of a metric at this moment have in common. */
function frameFor(options: JudgeOptions, metric: string) {
  const { plan, unit, looks } = options
  const problems = [...findProblems(options), ...findMetricProblems(plan, metric)]
  return { unit, alpha: levelOf(options), overallAlpha: looks.alpha, problems }
}

/** An arm whose own blocks show a trend was not warm, or something wears it down. Each process has a speed of its own. */
function doubtSteadiness(arm: string, blocks: readonly Block[]): string[] {
  const own = blocks.filter((block) => block.arm === arm && block.succeeded > 0)
  const generations = [...Map.groupBy(own, ({ generation }) => generation).values()]
  return generations.flatMap((generation) => {
    const { state, changePercent = 0 } = testSteadiness(generation.map(throughputPerSecond))
    if (state !== 'unsteady') return []
    const change = `${changePercent > 0 ? 'rose' : 'fell'} by ${Math.abs(changePercent).toFixed(0)} %`
    return [`${arm} is unsteady: its throughput ${change} while it was measured (Mann-Kendall p < .01)`]
  })
}
