import { LoadStopped } from '../arm/load-stopped.ts'
import { ArmFailure } from '../arm/supervisor.ts'
import type { ComparisonEnd } from '../judge/endings.ts'
import { type ComparisonRun, judgeRun } from '../judge/judge-run.ts'
import type { ComparisonPlan } from '../plan/make-plan.ts'
import { makeLookPlan } from '../statistics/looks.ts'
import type { Unit } from '../statistics/units.ts'
import { FixtureFailure } from '../target/fixture-process.ts'
import type { Targets } from '../target/open-target.ts'
import { type ComparisonState, tooShort } from './comparison-state.ts'
import { measureGenerations } from './measure-generations.ts'
import { measureQuads } from './measure-quads.ts'
import type { MeasureContext } from './progress.ts'
import { makeSilenceWatch, TargetSilent } from './silence-watch.ts'
import { OutOfBudget } from './warm-up.ts'

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

function endOf(error: unknown, { plan, context }: ComparisonState): ComparisonEnd {
  if (context.signal.aborted) return { state: 'interrupted' }
  if (error instanceof OutOfBudget) return tooShort(plan, plan.arms.length * plan.warmUp.maxMs + 10_000)
  if (error instanceof LoadStopped) return { state: 'stopped', message: error.message }
  if (error instanceof TargetSilent) return { state: 'failed', message: error.message }
  if (error instanceof ArmFailure || error instanceof FixtureFailure) return { state: 'failed', message: error.message }
  throw error
}
