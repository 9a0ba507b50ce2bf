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
export async function runPlan(plan: Plan, context: Omit<MeasureContext, 'scenarioUrl'>): Promise<ScenarioRun> {
  await using targets = openTargets()
  const comparisons: ComparisonRun[] = []
  for (const [index, comparison] of plan.comparisons.entries()) {
    if (context.signal.aborted) break
    const { id, budgetMs } = comparison
    context.onProgress?.({ kind: 'comparison', comparison: id, index, count: plan.comparisons.length, budgetMs })
    comparisons.push(await runComparison(comparison, targets, { ...context, scenarioUrl: plan.scenario.url }))
  }
  return { plan, comparisons }
}
