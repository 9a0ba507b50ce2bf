import * as z from 'zod'
import { baselineOf, contendersOf } from '../plan/contrasts.ts'
import { deriveSeed } from '../plan/derive-seed.ts'
import { makeRandom } from '../plan/random.ts'
import type { Block } from '../sample/block.ts'
import { throughputPerSecond, timedOf } from '../sample/block-core.ts'
import { engineOf } from '../scenario/engine-name.ts'
import { engineComparableMetrics } from '../scenario/engines.ts'
import type { ComparableMetricName } from '../scenario/metric-names.ts'
import { at } from '../session/at.ts'
import { type ContrastInput, compareRounds } from '../statistics/compare.ts'
import { compareQuantile } from '../statistics/compare-quantile.ts'
import { type Comparison, comparisonSchema } from '../statistics/comparison.ts'
import { alphaAt, type LookPlan, type Moment } from '../statistics/looks.ts'
import { checkOrderBalance } from '../statistics/order-balance.ts'
import { shareAlpha } from '../statistics/share-alpha.ts'
import { testSteadiness } from '../statistics/steadiness.ts'
import type { Unit } from '../statistics/units.ts'
import { completeRounds, makeContrastRounds, makeHistogramRounds, orderOfRounds } from './contrast-rounds.ts'
import { countRounds } from './exclude-rounds.ts'
import { findInvalid, findMetricProblems } from './find-invalid.ts'
import type { JudgedComparison } from './judged-plan.ts'
import { type ComparedMetric, metrics, toPercent } from './metrics.ts'

/** One arm against its baseline: the declared metric, which the verdict is about, and all metrics. */
export const contrastSchema = z.strictObject({
  arm: z.string(),
  baseline: z.string().describe('the arm that it is compared with'),
  primary: comparisonSchema,
  metrics: z.array(comparisonSchema),
})
export type ContrastResult = z.infer<typeof contrastSchema>

export interface Judgement {
  readonly contrasts: ContrastResult[]
  /** What makes the whole comparison unfit to be read as a result. */
  readonly problems: readonly string[]
  /** What makes a reader careful. */
  readonly doubts: readonly string[]
}

export interface JudgeOptions {
  readonly plan: JudgedComparison
  readonly unit: Unit
  /** Those of the rounds that count. */
  readonly blocks: readonly Block[]
  /** Those left out by the plan's rule: no statistic sees them. */
  readonly excluded?: readonly Block[]
  readonly looks: LookPlan
  readonly moment: Moment
}

/** Compares every arm with the baseline on every metric, the primary one as `judgePrimary` does. */
export function judgeComparison(options: JudgeOptions): Judgement {
  const { plan, blocks } = options
  const primaries = judgePrimary(options)
  const contrasts = contendersOf(plan).map((arm, index): ContrastResult => {
    const primary = at(primaries, index)
    const all = engineComparableMetrics[engineOf(plan.workload)].map((name) =>
      name === plan.primaryMetric ? primary : compareOne(options, arm, name),
    )
    return { arm, baseline: baselineOf(plan, arm), primary, metrics: all }
  })
  const doubts = [...plan.arms.flatMap(({ id }) => doubtSteadiness(id, blocks)), ...doubtOrder(blocks, plan)]
  return { contrasts, problems: findInvalid(options), doubts }
}

/** Compares every arm with the baseline on the primary metric; the contrasts share the look's alpha by Holm's procedure. */
export function judgePrimary(options: JudgeOptions): Comparison[] {
  return at(judgeFamily([options]), 0)
}

/** Compares every arm of several comparisons on their primary metrics, all of them one family that shares alpha. */
export function judgeFamily(members: readonly JudgeOptions[]): Comparison[][] {
  const family = members.flatMap((options) =>
    contendersOf(options.plan).map((arm) => ({
      options,
      alpha: levelOf(options),
      judgeAt: (alpha: number) => compareOne(options, arm, options.plan.primaryMetric, alpha),
    })),
  )
  const judged = shareAlpha(family)
  return members.map((options) => judged.filter((_, index) => family[index]?.options === options))
}

/** Compares one arm with the baseline on one metric, at the look's level unless told another. */
export function compareOne(options: JudgeOptions, arm: string, name: ComparableMetricName, alpha?: number): Comparison {
  const { plan, blocks } = options
  const level = alpha === undefined ? {} : { alpha }
  const metric = metricFor(plan, name)
  switch (metric.kind) {
    case 'block':
      return compareRounds({ ...makeBlockInput(options, arm, metric), ...level })
    case 'quantile': {
      const { fraction, kind: _, ...described } = metric
      const rounds = makeHistogramRounds(blocks, plan, arm)
      const random = makeRandom(deriveSeed(plan.seed, 'resampling'))
      return compareQuantile({ ...frameFor(options, name), ...level, metric: described, fraction, rounds, random })
    }
    default:
      return metric satisfies never
  }
}

/** A metric with the least difference in it that matters in this comparison. */
function metricFor({ margins = {} }: JudgedComparison, name: ComparableMetricName): ComparedMetric {
  const margin = margins[name]
  return margin === undefined ? metrics[name] : { ...metrics[name], marginPercent: toPercent(margin) }
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

/** The false-alarm level of this look. */
export function levelOf({ plan, unit, blocks, looks, moment }: JudgeOptions): number {
  const complete = completeRounds(blocks, plan)
  const units = unit === 'quad' ? complete.length : new Set(complete.map((round) => round[0]?.generation)).size
  return alphaAt(looks, units, moment)
}

/** What all comparisons of a metric at this moment have in common. */
function frameFor(options: JudgeOptions, metric: string) {
  const { plan, unit, looks, excluded = [] } = options
  const problems = [...findInvalid(options), ...findMetricProblems(plan, metric)]
  return { unit, alpha: levelOf(options), overallAlpha: looks.alpha, excludedRounds: countRounds(excluded), problems }
}

const unfairP = 0.001

/** Arms that did not begin rounds alike often, though a fair coin decides it: what drifts may then look like a difference. */
function doubtOrder(blocks: readonly Block[], plan: JudgedComparison): string[] {
  const { begun, pValue } = checkOrderBalance(orderOfRounds(blocks, plan))
  if (pValue >= unfairP) return []
  const counts = [...begun].map(([arm, times]) => `${arm} ${times}`).join(', ')
  return [`the arms did not begin rounds alike often (${counts}; p < ${unfairP}): another seed would tell more`]
}

/** An arm whose own blocks show a trend was not warm, or something wears it down. Each process has a speed of its own. */
function doubtSteadiness(arm: string, blocks: readonly Block[]): string[] {
  const own = blocks.filter((block) => block.arm === arm && timedOf(block) > 0)
  const generations = [...Map.groupBy(own, ({ generation }) => generation).values()]
  return generations.flatMap((generation) => {
    const { state, changePercent = 0 } = testSteadiness(generation.map(throughputPerSecond))
    if (state !== 'unsteady') return []
    const change = `${changePercent > 0 ? 'rose' : 'fell'} by ${Math.abs(changePercent).toFixed(0)} %`
    return [`${arm} is unsteady: its throughput ${change} while it was measured (Mann-Kendall p < .01)`]
  })
}
