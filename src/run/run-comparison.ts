import { ArmFailure } from '../arm/arm-failure.ts'
import { LoadStopped } from '../arm/load-stopped.ts'
import { BenchError } from '../bench-error.ts'
import { endReasonOf } from '../document/run-event.ts'
import type { ComparisonEnd } from '../judge/endings.ts'
import type { ComparisonPlan } from '../plan/plan.ts'
import { makeLookPlan } from '../statistics/looks.ts'
import type { Unit } from '../statistics/units.ts'
import { FixtureFailure } from '../target/fixture-process.ts'
import type { Targets } from '../target/open-target.ts'
import { type ComparisonHappenings, type ComparisonState, tooShort } from './comparison-state.ts'
import type { MeasureContext } from './measure-context.ts'
import { measureGenerations } from './measure-generations.ts'
import { measureQuads } from './measure-quads.ts'
import { makeSilenceWatch, TargetSilent } from './silence-watch.ts'
import { OutOfBudget } from './warm-up.ts'

/** Measures until the answer is clear, the budget is spent, or something breaks; whatever happens is told, the end last. */
export async function* runComparison(
  plan: ComparisonPlan,
  targets: Targets,
  context: MeasureContext,
): ComparisonHappenings {
  const startMs = performance.now()
  const elapsedMs = () => performance.now() - startMs
  const unit: Unit = plan.isolation === 'shared' ? 'quad' : 'generation'
  const state: ComparisonState = {
    plan,
    targets,
    context,
    blocks: [],
    looks: makeLookPlan({ unit, plannedGenerations: plan.generationsToJudge, mostQuads: plan.rounds[0]?.length }),
    moment: 'end',
    remainingMs: () => plan.budgetMs - elapsedMs(),
    onBlock: makeSilenceWatch(elapsedMs),
  }
  yield { kind: 'began', budgetMs: plan.budgetMs, ...state.looks }
  const measure = unit === 'quad' ? measureQuads : measureGenerations
  let end: ComparisonEnd
  try {
    end = yield* measure(state)
  } catch (error) {
    end = endOf(error, state)
    if (endReasonOf(end) === 'broken' && error instanceof BenchError) {
      yield { kind: 'failure', code: error.code, message: error.message }
    }
  }
  yield { kind: 'ended', why: endReasonOf(end), end, moment: state.moment, elapsedMs: elapsedMs() }
}

function endOf(error: unknown, { plan, context }: ComparisonState): ComparisonEnd {
  if (context.signal.aborted) return { state: 'interrupted' }
  if (error instanceof OutOfBudget) return tooShort(plan, plan.arms.length * plan.warmUp.maxMs + 10_000)
  if (error instanceof LoadStopped) return { state: 'stopped', message: error.message }
  if (error instanceof TargetSilent) return { state: 'failed', message: error.message }
  if (error instanceof ArmFailure || error instanceof FixtureFailure) return { state: 'failed', message: error.message }
  throw error
}
