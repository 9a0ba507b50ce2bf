import type { ComparisonRun } from '../judge/judge-run.ts'
import type { Plan } from '../plan/make-plan.ts'
import { openTargets } from '../target/open-target.ts'
import type { MeasureContext } from './progress.ts'
import { runComparison } from './run-comparison.ts'

/** Runs the comparisons of a plan one after another. One that fails does not end the others; an abort does. */
export async function* runPlan(plan: Plan, context: MeasureContext): AsyncGenerator<ComparisonRun, void, void> {
  const targets = openTargets()
  try {
    let savedMs = 0
    for (const [index, planned] of plan.comparisons.entries()) {
      if (context.signal.aborted) return
      // What an early table did not need, because its answer was clear, later ones may use.
      const comparison = { ...planned, budgetMs: planned.budgetMs + savedMs }
      const { id, budgetMs } = comparison
      const { name } = plan.scenario
      const count = plan.comparisons.length
      context.onProgress?.({ kind: 'comparison', scenario: name, comparison: id, index, count, budgetMs })
      const run = await runComparison(comparison, targets, context)
      savedMs = Math.max(0, budgetMs - run.elapsedMs)
      yield run
    }
  } finally {
    await targets[Symbol.asyncDispose]()
  }
}
