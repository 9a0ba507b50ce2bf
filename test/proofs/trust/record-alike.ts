import { describeScenario } from '../../../src/arm/describe-scenario.ts'
import { makeAlike } from '../../../src/calibrate/make-alike.ts'
import type { ComparisonRun } from '../../../src/judge/judge-run.ts'
import { makePlan, type PlanOptions } from '../../../src/plan/make-plan.ts'
import { runPlan } from '../../../src/run/run-plan.ts'
import { findScenario } from '../../../src/scenario/find.ts'
import { scenarioPath } from './trust-options.ts'

/** Measures a variant against itself for the whole budget, however clear the answer is. */
export async function recordAlike(name: string, variant: string, options: PlanOptions): Promise<ComparisonRun> {
  const scenario = await describeScenario(findScenario(scenarioPath(name), '/') as string)
  const plan = makePlan(makeAlike(scenario, variant), { ...options, isolation: 'shared' })
  const comparisons = plan.comparisons.map((comparison) => ({ ...comparison, isMeasuredToTheEnd: true }))
  for await (const run of runPlan({ ...plan, comparisons }, { signal: new AbortController().signal })) return run
  throw new Error('nothing was measured')
}
