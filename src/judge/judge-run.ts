import type { Block } from '../sample/block.ts'
import type { LocalReading } from '../sample/local-reading.ts'
import { type ArmSummary, summarizeArm } from '../sample/summarize-arm.ts'
import type { LookPlan, Moment } from '../statistics/looks.ts'
import type { Unit } from '../statistics/units.ts'
import type { ComparisonEnd, WarmUpReport } from './endings.ts'
import { excludeRounds } from './exclude-rounds.ts'
import { type Judgement, judgeComparison } from './judge-comparison.ts'
import type { CounterFinding } from './judge-counters.ts'
import { judgeThresholds, type ThresholdResult } from './judge-thresholds.ts'
import { judgeVersions } from './judge-versions.ts'
import type { JudgedComparison, JudgedScenario } from './judged-plan.ts'

/** All that was measured for one table, and what it comes to. */
export interface ComparisonRun {
  readonly plan: JudgedComparison
  readonly unit: Unit
  readonly looks: LookPlan
  readonly moment: Moment
  readonly end: ComparisonEnd
  readonly elapsedMs: number
  readonly blocks: readonly Block[]
  /** Without the rounds that a rule of the scenario leaves out: what all figures are of. */
  readonly kept: readonly Block[]
  readonly excluded: readonly Block[]
  readonly warmUps: readonly WarmUpReport[]
  readonly local: readonly LocalReading[]
  /** In the order of the plan's arms. */
  readonly summaries: readonly ArmSummary[]
  readonly judgement: Judgement
  /** Empty when the comparison did not come to its end. */
  readonly thresholds: readonly ThresholdResult[]
  /** Head against base, where two versions of the code are compared. */
  readonly counters: readonly CounterFinding[] | undefined
}

/** One scenario, run: its plan and what came of each comparison that was begun. */
export interface ScenarioRun {
  readonly plan: JudgedScenario
  readonly comparisons: readonly ComparisonRun[]
}

/** What the blocks come to; pure, so that a test can judge a run that never ran. */
export function judgeRun(
  {
    plan,
    blocks,
    looks,
    moment,
    warmUps = [],
    local = [],
  }: Pick<ComparisonRun, 'plan' | 'blocks' | 'looks' | 'moment'> & Partial<Pick<ComparisonRun, 'warmUps' | 'local'>>,
  unit: Unit,
  { end, elapsedMs }: Pick<ComparisonRun, 'end' | 'elapsedMs'>,
): ComparisonRun {
  const { kept, excluded } = excludeRounds(blocks, plan)
  const options = { plan, unit, blocks: kept, excluded, looks, moment }
  const judgement = judgeComparison(options)
  const ofArm = (arm: string) => kept.filter((block) => block.arm === arm)
  const summaries = plan.arms.map(({ id }) => summarizeArm(id, ofArm(id)))
  const isComplete = !['failed', 'stopped', 'too short', 'interrupted'].includes(end.state)
  const thresholds = isComplete ? judgeThresholds(options, judgement, summaries) : []
  return {
    plan,
    unit,
    looks,
    moment,
    warmUps,
    local,
    end,
    elapsedMs,
    blocks,
    kept,
    excluded,
    summaries,
    judgement,
    thresholds,
    counters: judgeVersions(plan, kept),
  }
}
