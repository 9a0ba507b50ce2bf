import { makePlannedScenario } from '../document/planned-run.ts'
import { type EndReason, eventsSchemaVersion, type RunEvent, type Untimed, worstReason } from '../document/run-event.ts'
import { checkBudgets } from '../plan/check-budget.ts'
import type { Plan } from '../plan/plan.ts'
import { readEnvironment } from '../target/environment.ts'
import type { MeasureContext } from './measure-context.ts'
import { runPlan } from './run-plan.ts'
import { takeTimes } from './take-times.ts'

interface PlansOptions extends MeasureContext {
  readonly workingFolder: string
  readonly seed: number
}

/** Measures what was planned, one comparison after another, and tells everything that happens. */
export function measurePlans(plans: readonly Plan[], options: PlansOptions): AsyncGenerator<RunEvent, void, void> {
  return takeTimes((elapsedMs) => tellPlans(plans, options, elapsedMs))
}

async function* tellPlans(
  plans: readonly Plan[],
  { workingFolder, seed, ...context }: PlansOptions,
  elapsedMs: () => number,
): AsyncGenerator<Untimed<RunEvent>, void, void> {
  const startedAt = new Date().toISOString()
  checkBudgets([...plans])
  const scenarios = plans.map(makePlannedScenario)
  yield {
    ...{ kind: 'planned', schemaVersion: eventsSchemaVersion, makes: 'sessionbench.results' },
    ...{ startedAt, seed, environment: readEnvironment(workingFolder), scenarios },
  }
  for (const [scenario, { versions }] of plans.entries()) {
    for (const text of versions?.notes ?? []) yield { kind: 'note', scenario, text }
  }
  const reasons: EndReason[] = []
  let first = 0
  for (const plan of plans) {
    for await (const event of runPlan(plan, context, first)) {
      if (event.kind === 'ended') reasons.push(event.why)
      yield event
    }
    first += plan.comparisons.length
  }
  const why = context.signal.aborted ? 'interrupted' : worstReason(reasons)
  yield { kind: 'run-ended', why, elapsedMs: Math.round(elapsedMs()) }
}
