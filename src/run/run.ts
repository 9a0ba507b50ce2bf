import { randomInt } from 'node:crypto'
import { UsageError } from '../bench-error.ts'
import type { RunEvent } from '../document/run-event.ts'
import { findOptionProblems } from '../plan/find-option-problems.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { Options } from '../scenario/options.ts'
import type { Selection } from '../scenario/suites.ts'
import { chooseScenarios, isSelecting } from './choose-scenarios.ts'
import {
  contextOf,
  type EventListener,
  type Hosted,
  type MeasureOptions,
  plansUnlessAborted,
} from './measure-options.ts'
import { measurePlans } from './measure-plans.ts'

/** What to run, and how; every field of Options overrides the scenario's own value. */
export interface RunOptions extends Options, Selection, MeasureOptions, EventListener {}

/**
 * Runs scenarios, given by bundled name or by path, and tells everything that happens; `fold` makes the results of it. Throws
 * UsageError for an unknown scenario or a wrong option and ArmFailure for a module that is not a valid one.
 */
export async function* tellRun(
  names: readonly string[],
  options: Omit<RunOptions, keyof EventListener> & Hosted,
): AsyncGenerator<RunEvent, void, void> {
  checkOptions(names, options)
  const seed = options.seed ?? randomInt(2 ** 32)
  const make = async () => {
    const scenarios = await chooseScenarios(names, options)
    return scenarios.map((scenario) => makePlan(scenario, { ...options, seed }))
  }
  const plans = await plansUnlessAborted(make, options.signal)
  yield* measurePlans(plans, { ...contextOf(options), seed })
}

/** Throws UsageError for options that cannot be run, all of them at once. */
export function checkOptions(names: readonly string[], options: RunOptions): void {
  const problems = [
    ...(names.length === 0 && !isSelecting(options) ? ['names: expected at least one scenario'] : []),
    ...(names.length > 0 && isSelecting(options) ? ['names: expected either scenarios, or a suite or tags'] : []),
    ...findOptionProblems(options),
  ]
  if (problems.length > 0) throw new UsageError(`these options cannot be run:\n  ${problems.join('\n  ')}`)
}
