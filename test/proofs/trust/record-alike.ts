import { describeScenario } from '../../../src/arm/describe-scenario.ts'
import { makeLocalHost } from '../../../src/arm/local-host.ts'
import { makeAlike } from '../../../src/calibrate/make-alike.ts'
import { openComparisonFold } from '../../../src/document/comparison-fold.ts'
import { makePlannedScenario } from '../../../src/document/planned-run.ts'
import type { ComparisonEvent } from '../../../src/document/run-event.ts'
import type { ComparisonRun } from '../../../src/judge/judge-run.ts'
import { makePlan, type PlanOptions } from '../../../src/plan/make-plan.ts'
import { runPlan } from '../../../src/run/run-plan.ts'
import { requireScenario } from '../../../src/scenario/find.ts'
import { scenarioPath } from './trust-options.ts'

/** Measures a variant against itself for the whole budget, however clear the answer is. */
export async function recordAlike(name: string, variant: string, options: PlanOptions): Promise<ComparisonRun> {
  const host = makeLocalHost()
  const scenario = await describeScenario(requireScenario(scenarioPath(name), '/'), { host })
  const plan = makePlan(makeAlike(scenario, variant), { ...options, isolation: 'shared' })
  const comparisons = plan.comparisons.map((comparison) => ({ ...comparison, isMeasuredToTheEnd: true }))
  const [planned] = makePlannedScenario({ ...plan, comparisons: comparisons.slice(0, 1) }).comparisons
  if (planned === undefined) throw new Error('nothing is to be measured')
  const gathered = openComparisonFold(planned)
  const happenings = runPlan(
    { ...plan, comparisons: comparisons.slice(0, 1) },
    { host, signal: new AbortController().signal },
  )
  for await (const event of happenings) gathered.add({ atMs: 0, ...event } as ComparisonEvent)
  const run = gathered.run()
  if (run === undefined) throw new Error('nothing was measured')
  return run
}
