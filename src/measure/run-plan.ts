import type { Plan } from '../plan/make-plan.ts'
import { openTargets } from '../target/open-target.ts'
import type { MeasureContext } from './progress.ts'
import { type ComparisonRun, runComparison } from './run-comparison.ts'

/** One scenario, run: its plan and what came of each comparison that was begun. */
export interface ScenarioRun {
  readonly plan: Plan
  readonly comparisons: readonly ComparisonRun[]
}

/** Runs the comparisons of a plan one after another. One that fails does not end the others; an abort does. */
export async function* runPlan(
  plan: Plan,
  context: Omit<MeasureContext, 'scenarioUrl'>,
): AsyncGenerator<ComparisonRun, void, void> {
  await using targets = openTargets()
  for (const [index, comparison] of plan.comparisons.entries()) {
    if (context.signal.aborted) return
    const { id, budgetMs } = comparison
    const { name, url } = plan.scenario
    const count = plan.comparisons.length
    context.onProgress?.({ kind: 'comparison', scenario: name, comparison: id, index, count, budgetMs })
    yield await runComparison(comparison, targets, { ...context, scenarioUrl: url })
  }
}
