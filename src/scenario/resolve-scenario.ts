import type {
  ComparableMetricName,
  Isolation,
  Protocol,
  Scenario,
  Sweep,
  SweepValue,
  TargetOptions,
  Threshold,
  Workload,
} from './define.ts'

/** What a scenario says, complete and without its functions: plain data that can cross to another process. */
export interface ScenarioDescription {
  /** The file's name without its extension. */
  readonly name: string
  /** The module that holds the variants, as a file URL. */
  readonly url: string
  readonly question: string
  readonly explain: string
  readonly tags: readonly string[]
  readonly protocols: readonly Protocol[]
  readonly rttsMs: readonly number[]
  readonly workload: ResolvedWorkload
  readonly sweep: Readonly<Record<string, readonly SweepValue[]>>
  readonly variants: readonly string[]
  readonly baseline: string
  readonly primaryMetric: ComparableMetricName
  readonly thresholds: readonly Threshold[]
  readonly errorBudget: number
  readonly isolation: Isolation
}

export type ResolvedWorkload =
  | { readonly model: 'closed'; readonly concurrency: number; readonly iterationTimeoutMs: number }
  | {
      readonly model: 'open'
      readonly arrivalRate: number
      readonly arrivals: 'constant' | 'poisson'
      readonly maxInFlight: number
      readonly iterationTimeoutMs: number
    }

export const scenarioDefaults = Object.freeze({
  protocol: 'http' satisfies Protocol,
  rttMs: 0,
  concurrency: 10,
  arrivals: 'constant' as const,
  maxInFlight: 1_000,
  iterationTimeoutMs: 10_000,
  primaryMetric: 'latency.p50' satisfies ComparableMetricName,
  errorBudget: 0.01,
})

/** Completes a valid scenario with the defaults. */
export function resolveScenario(
  scenario: Scenario<string, Sweep>,
  place: { readonly name: string; readonly url: string },
): ScenarioDescription {
  const variants = Object.keys(scenario.variants)
  return {
    ...place,
    question: scenario.question,
    explain: scenario.explain ?? '',
    tags: scenario.tags ?? [],
    ...resolveTargets(scenario.target),
    workload: resolveWorkload(scenario.workload),
    sweep: scenario.sweep ?? {},
    variants,
    baseline: scenario.baseline,
    primaryMetric: scenario.primaryMetric ?? scenarioDefaults.primaryMetric,
    thresholds: scenario.thresholds ?? [],
    errorBudget: scenario.errorBudget ?? scenarioDefaults.errorBudget,
    isolation: scenario.isolation ?? (variants.length > 1 ? 'process' : 'shared'),
  }
}

function resolveWorkload(workload: Workload = { model: 'closed' }): ResolvedWorkload {
  const { concurrency, arrivals, maxInFlight, iterationTimeoutMs } = scenarioDefaults
  return workload.model === 'closed'
    ? { concurrency, iterationTimeoutMs, ...workload }
    : { arrivals, maxInFlight, iterationTimeoutMs, ...workload }
}

function resolveTargets(target: TargetOptions = {}) {
  return {
    protocols: [target.protocol ?? scenarioDefaults.protocol].flat() as Protocol[],
    rttsMs: [target.rttMs ?? scenarioDefaults.rttMs].flat() as number[],
  }
}
