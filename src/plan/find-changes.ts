import type { ResolvedWorkload, ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { ComparisonPlan } from './plan.ts'

/** In what a comparison may be unlike its scenario, because its user asked for something else. */
export const scenarioChanges = ['target', 'distance', 'protocol', 'load'] as const
export type ScenarioChange = (typeof scenarioChanges)[number]

type Scenario = Pick<ScenarioDescription, 'protocols' | 'rttsMs' | 'targetName' | 'workload'>

/** What was not as the scenario has it: what it says of itself and expects is then of something else than was measured. */
export function findChanges(
  scenario: Scenario,
  { target, workload }: Pick<ComparisonPlan, 'target' | 'workload'>,
): ScenarioChange[] {
  return [...findTargetChanges(scenario, target), ...(isSameLoad(scenario.workload, workload) ? [] : ['load' as const])]
}

function findTargetChanges(
  { protocols, rttsMs, targetName }: Scenario,
  target: ComparisonPlan['target'],
): ScenarioChange[] {
  switch (target.kind) {
    case 'none':
      return []
    case 'external':
      // A scenario that names a server is about that one.
      return targetName === undefined ? ['target'] : []
    case 'fixture':
      return [
        ...(rttsMs.includes(target.rttMs) ? [] : ['distance' as const]),
        ...(protocols.includes(target.protocol) ? [] : ['protocol' as const]),
      ]
    default:
      return target satisfies never
  }
}

/** How long blocks are, and how long an iteration may take, is no matter of load. */
function isSameLoad(one: ResolvedWorkload, other: ResolvedWorkload): boolean {
  return JSON.stringify(loadOf(one)) === JSON.stringify(loadOf(other))
}

function loadOf(workload: ResolvedWorkload): readonly unknown[] {
  switch (workload.model) {
    case 'closed':
      return [workload.model, workload.concurrency, workload.thinkTimeMs ?? null]
    case 'open':
      return [workload.model, workload.arrivalRate, workload.arrivals, workload.stages ?? null, workload.maxInFlight]
    default:
      return [workload.model]
  }
}
