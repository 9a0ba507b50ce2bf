import type { ComparisonEvent, Untimed } from '../document/run-event.ts'
import type { Plan } from '../plan/plan.ts'
import { openTargets } from '../target/open-target.ts'
import type { MeasureContext } from './measure-context.ts'
import { runComparison } from './run-comparison.ts'

/** What is said of the comparisons of a plan. */
type PlanHappenings = AsyncGenerator<Untimed<ComparisonEvent>, void, void>

/**
 * Runs the comparisons of a plan one after another. One that fails does not end the others; an abort does. `first`: the place
 * of its first comparison among all that were planned.
 */
export async function* runPlan(plan: Plan, context: MeasureContext, first = 0): PlanHappenings {
  const targets = openTargets(plan.access)
  try {
    let savedMs = 0
    for (const [index, planned] of plan.comparisons.entries()) {
      if (context.signal.aborted) return
      // What an early table did not need, because its answer was clear, later ones may use.
      const comparison = { ...planned, budgetMs: planned.budgetMs + savedMs }
      for await (const event of runComparison(comparison, targets, context)) {
        if (event.kind === 'ended') savedMs = Math.max(0, comparison.budgetMs - event.elapsedMs)
        yield { ...event, comparison: first + index }
      }
    }
  } finally {
    await targets[Symbol.asyncDispose]()
  }
}
