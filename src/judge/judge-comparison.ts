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
import { completeRounds, makeContrastRounds, makeHistogramRounds } from './contrast-rounds.ts'
import { findProblems } from './find-problems.ts'
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
  return { contrasts, problems: findProblems(options), doubts }
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
        const problems = [...findProblems(options), ...findMetricProblems(plan, plan.primaryMetric)]
        return {
          ...frameFor(options),
          problems,
          metric: described,
          rounds: makeContrastRounds(blocks, plan, arm, valueIn),
        }
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

/** Compares one arm with the baseline on one metric, at the look's level unless told another. */
export function compareOne(options: JudgeOptions, arm: string, name: ComparableMetricName, alpha?: number): Comparison {
  const { plan, blocks } = options
  const metric = metrics[name]
  const common = frameFor(options)
  const frame = {
    ...common,
    ...(alpha !== undefined && { alpha }),
    problems: [...common.problems, ...findMetricProblems(plan, name)],
  }
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

/** An open loop's pacer spins so that arrivals are sent on time: CPU time is then not the client's. */
function findMetricProblems({ workload }: ComparisonPlan, name: ComparableMetricName): string[] {
  return workload.model === 'open' && name === 'cpuPerRequest' ? ['an open loop has no CPU time per request'] : []
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

/** What all comparisons at this moment have in common. */
function frameFor(options: JudgeOptions) {
  const { unit, looks } = options
  return { unit, alpha: levelOf(options), overallAlpha: looks.alpha, problems: findProblems(options) }
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
