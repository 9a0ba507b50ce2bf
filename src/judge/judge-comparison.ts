import type { ComparisonPlan } from '../plan/make-plan.ts'
import { type Block, throughputPerSecond } from '../sample/block.ts'
import { type ComparableMetricName, comparableMetricNames } from '../scenario/define.ts'
import { type ContrastInput, compareContrasts, compareRounds } from '../statistics/compare.ts'
import type { Comparison, Metric } from '../statistics/comparison.ts'
import type { Round } from '../statistics/contrast.ts'
import { alphaAt, type LookPlan, type Moment } from '../statistics/looks.ts'
import { testTrend } from '../statistics/trend.ts'
import { makeUnits, type Unit } from '../statistics/units.ts'

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

/** Better direction, relevance margin, and the value in a block, of every metric that arms are compared on. */
const metrics: Readonly<Record<ComparableMetricName, Metric & { readonly valueIn: (block: Block) => number }>> = {
  throughput: { name: 'throughput', better: 'higher', marginPercent: 3, valueIn: throughputPerSecond },
  'latency.p50': { name: 'latency.p50', better: 'lower', marginPercent: 3, valueIn: (block) => block.p50Us },
  'latency.p90': { name: 'latency.p90', better: 'lower', marginPercent: 5, valueIn: (block) => block.p90Us },
  cpuPerRequest: {
    name: 'cpuPerRequest',
    better: 'lower',
    marginPercent: 3,
    valueIn: ({ cpuUserUs, cpuSystemUs, wire }) => (cpuUserUs + cpuSystemUs) / wire.requests,
  },
}

interface JudgeOptions {
  readonly plan: ComparisonPlan
  readonly unit: Unit
  readonly blocks: readonly Block[]
  readonly looks: LookPlan
  readonly moment: Moment
}

/** Compares every arm with the baseline on every metric; the primary ones share the look's alpha by Holm's procedure. */
export function judgeComparison({ plan, unit, blocks, looks, moment }: JudgeOptions): Judgement {
  const problems = findProblems(blocks)
  const contenders = plan.arms.filter(({ id }) => id !== plan.baselineArm)
  const inputFor = (arm: string, name: ComparableMetricName): ContrastInput => {
    const { valueIn, ...metric } = metrics[name]
    const rounds = makeContrastRounds(blocks, plan, arm, valueIn)
    const units = makeUnits(
      rounds.map(({ generation }) => ({ generation, difference: 0 })),
      unit,
    ).length
    const alpha = alphaAt(looks, units, moment)
    return { metric, rounds, unit, alpha, overallAlpha: looks.alpha, problems }
  }
  const primaries = compareContrasts(contenders.map(({ id }) => inputFor(id, plan.primaryMetric)))
  const contrasts = contenders.map(({ id }, index): Contrast => {
    const primary = primaries[index] as Comparison
    const all = comparableMetricNames.map((name) =>
      name === plan.primaryMetric ? primary : compareRounds(inputFor(id, name)),
    )
    return { arm: id, primary, metrics: all }
  })
  return { contrasts, problems, doubts: plan.arms.flatMap(({ id }) => doubtSteadiness(id, blocks)) }
}

/** The complete rounds of a comparison, as the contrast of one arm with the baseline sees them. */
function makeContrastRounds(
  blocks: readonly Block[],
  { arms, baselineArm }: ComparisonPlan,
  contender: string,
  valueIn: (block: Block) => number,
): Round[] {
  const rounds = Map.groupBy(blocks, ({ generation, round }) => `${generation} ${round}`)
  const complete = [...rounds.values()].filter((round) => round.length === 2 * arms.length)
  return complete.map((round) => {
    const of = (arm: string, value: (block: Block) => number) => round.filter((block) => block.arm === arm).map(value)
    const speed = ({ speedControlMs: [before, after] }: Block) => (before + after) / 2
    return {
      generation: (round[0] as Block).generation,
      baseline: of(baselineArm, valueIn),
      contender: of(contender, valueIn),
      speedControl: { baseline: of(baselineArm, speed), contender: of(contender, speed) },
    }
  })
}

/** Below this p an arm's own blocks show a trend: it was not warm, or something wears it down. */
const unsteadyP = 0.01
const leastBlocksForTrend = 8

function doubtSteadiness(arm: string, blocks: readonly Block[]): string[] {
  const rates = blocks.filter((block) => block.arm === arm).map(throughputPerSecond)
  if (rates.length < leastBlocksForTrend) return []
  const trend = testTrend(rates)
  const direction = trend.s > 0 ? 'rises' : 'falls'
  return trend.pValue < unsteadyP
    ? [`${arm} is unsteady: its throughput ${direction} over the run (Mann-Kendall p < .01)`]
    : []
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
