import { LoadStopped } from '../arm/load-stopped.ts'
import { ArmFailure } from '../arm/supervisor.ts'
import { excludeRounds } from '../judge/exclude-rounds.ts'
import { type Judgement, judgeComparison } from '../judge/judge-comparison.ts'
import type { CounterFinding } from '../judge/judge-counters.ts'
import { judgeThresholds, type ThresholdJudgement } from '../judge/judge-thresholds.ts'
import { judgeVersions } from '../judge/judge-versions.ts'
import type { ComparisonPlan } from '../plan/make-plan.ts'
import type { Block } from '../sample/block.ts'
import type { LocalReading } from '../sample/local-reading.ts'
import { type ArmSummary, summarizeArm } from '../sample/merge.ts'
import { type LookPlan, type Moment, makeLookPlan } from '../statistics/looks.ts'
import type { Unit } from '../statistics/units.ts'
import { FixtureFailure } from '../target/fixture-process.ts'
import type { Targets } from '../target/open-target.ts'
import { type ComparisonEnd, type ComparisonState, tooShort } from './comparison-state.ts'
import { measureGenerations } from './measure-generations.ts'
import { measureQuads } from './measure-quads.ts'
import type { MeasureContext } from './progress.ts'
import { makeSilenceWatch, TargetSilent } from './silence-watch.ts'
import { OutOfBudget, type WarmUpReport } from './warm-up.ts'

/** All that was measured for one table, and what it comes to. */
export interface ComparisonRun {
  readonly plan: ComparisonPlan
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
  readonly thresholds: readonly ThresholdJudgement[]
  /** Head against base, where two versions of the code are compared. */
  readonly counters: readonly CounterFinding[] | undefined
}

/** Measures until the answer is clear, the budget is spent, or something breaks; whatever happens, what there is is kept. */
export async function runComparison(
  plan: ComparisonPlan,
  targets: Targets,
  context: MeasureContext,
): Promise<ComparisonRun> {
  const startMs = performance.now()
  const elapsedMs = () => performance.now() - startMs
  const unit: Unit = plan.isolation === 'shared' ? 'quad' : 'generation'
  const state: ComparisonState = {
    plan,
    targets,
    context,
    blocks: [],
    warmUps: [],
    local: [],
    looks: makeLookPlan({ unit, plannedGenerations: plan.generationsToJudge, mostQuads: plan.rounds[0]?.length }),
    moment: 'end',
    remainingMs: () => plan.budgetMs - elapsedMs(),
    onBlock: makeSilenceWatch(elapsedMs),
  }
  const measure = unit === 'quad' ? measureQuads : measureGenerations
  const end = await measure(state).catch((error: unknown) => endOf(error, state))
  return judgeRun(state, unit, { end, elapsedMs: elapsedMs() })
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
  }: Pick<ComparisonState, 'plan' | 'blocks' | 'looks' | 'moment'> & Partial<Pick<ComparisonRun, 'warmUps' | 'local'>>,
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

function endOf(error: unknown, { plan, context }: ComparisonState): ComparisonEnd {
  if (context.signal.aborted) return { state: 'interrupted' }
  if (error instanceof OutOfBudget) return tooShort(plan, plan.arms.length * plan.warmUp.maxMs + 10_000)
  if (error instanceof LoadStopped) return { state: 'stopped', message: error.message }
  if (error instanceof TargetSilent) return { state: 'failed', message: error.message }
  if (error instanceof ArmFailure || error instanceof FixtureFailure) return { state: 'failed', message: error.message }
  throw error
}
