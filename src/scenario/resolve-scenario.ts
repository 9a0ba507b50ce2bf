import { at } from '../session/at.ts'
import { defined } from '../session/defined.ts'
import { fieldsOf } from '../session/fields-of.ts'
import type { AnyScenario } from './define.ts'
import type { OwnLoopEngine } from './engine-name.ts'
import type { ComparableMetricName } from './metric-names.ts'
import { type OptionFields, type OptionValue, options } from './options.ts'
import type { Protocol } from './protocol.ts'
import type {
  ClosedWorkload,
  ExclusionRule,
  Expectation,
  Isolation,
  OpenWorkload,
  RoundTrips,
  Sweep,
  SweepValue,
  TargetOptions,
  Threshold,
  VariantPer,
  Workload,
} from './scenario-parts.ts'
import { meanRate, type RateStage, resolveStages, type Stage } from './stages.ts'
import type { TargetConditions } from './target-conditions.ts'

/** What a scenario says, complete and without its functions: plain data that can cross to another process. */
export interface ScenarioDescription {
  /** The file's name without its extension. */
  readonly name: string
  /** The module that holds the variants, as a file URL. */
  readonly url: string
  readonly question: string
  readonly explain: string
  readonly tags: readonly string[]
  readonly expect: readonly Expectation[]
  readonly roundTrips: Readonly<Record<string, RoundTrips>>
  readonly protocols: readonly Protocol[]
  readonly rttsMs: readonly number[]
  /** As the scenario says them: what is absent is at the target's default. */
  readonly conditions: TargetConditions
  /** What a server that is not the bundled one is called. */
  readonly targetName?: string
  readonly workload: ResolvedWorkload
  readonly sweep: Readonly<Record<string, readonly SweepValue[]>>
  readonly variants: readonly string[]
  readonly baseline: string
  readonly primaryMetric: ComparableMetricName
  readonly thresholds: readonly Threshold[]
  readonly errorBudget: number
  readonly exclude?: ExclusionRule
  readonly margins?: OptionValue<'margins'>
  readonly budgetMs?: number
  readonly isolation: Isolation
  readonly variantPer: VariantPer
  readonly phases: boolean
  readonly processes: number
}

/** Optional fields are absent when the loop does without. */
export interface ResolvedClosedWorkload extends Pick<ClosedWorkload, 'thinkTimeMs' | 'iterations'> {
  readonly model: 'closed'
  readonly concurrency: number
  /** Bounds a block of `iterations`. */
  readonly maxDurationMs?: number
  /** Of each block: the most time that workers get to have their first answer before the load begins. Counted and not timed. */
  readonly meetMs?: number
  /**
   * Of each block: the time over which workers start, and as long again until queues are as long as they get. Counted and not
   * timed. Laid down when the arm is warm.
   */
  readonly leadInMs?: number
  /** What is still under way so long after a block's time is aborted. @default as long as an iteration may take */
  readonly drainMs?: number
  readonly iterationTimeoutMs: number
}

export interface ResolvedOpenWorkload extends Required<Pick<OptionFields, 'arrivals' | 'maxInFlight'>> {
  readonly model: 'open'
  /** Absent: iterations of a client. */
  readonly engine?: 'raw'
  /** With stages their mean: what warm-up is at. */
  readonly arrivalRate: number
  /** What every measured block runs, from start to end; absent when the rate stays. */
  readonly stages?: readonly RateStage[]
  /** What is due in this first part of each block is counted and not timed. */
  readonly leadInMs?: number
  /** Blocks tell their course too; absent when nobody asks for it. */
  readonly course?: CourseRequest
  /** As in a closed loop. */
  readonly drainMs?: number
  readonly iterationTimeoutMs: number
}

/** How finely an open loop's course is told. */
export interface CourseRequest {
  /** About so many steps, of one length. */
  readonly steps: number
  /** How many iterations the client can have on their way at a time; what is more waits in the client. */
  readonly places: number
}

/** Not loops of iterations that we start, but of the engine's own. */
type ResolvedOwnLoop = {
  [Engine in OwnLoopEngine]: { readonly model: Engine; readonly iterationTimeoutMs: number }
}[OwnLoopEngine]

export type ResolvedWorkload = ResolvedClosedWorkload | ResolvedOpenWorkload | ResolvedOwnLoop

export const scenarioDefaults = Object.freeze({
  protocol: 'http' satisfies Protocol,
  rttMs: 0,
  concurrency: options.concurrency.default,
  maxDurationMs: 60_000,
  arrivals: options.arrivals.default,
  maxInFlight: options.maxInFlight.default,
  iterationTimeoutMs: 10_000,
  primaryMetric: 'latency.p50' satisfies ComparableMetricName,
  /** Of all engines but the client's. */
  loopMetric: 'throughput' satisfies ComparableMetricName,
  errorBudget: 0.01,
  variantPer: options.variantPer.default,
  phases: options.phases.default,
  processes: options.processes.default,
})

/** Completes a valid scenario with the defaults. */
export function resolveScenario(
  scenario: AnyScenario<string, Sweep>,
  place: { readonly name: string; readonly url: string },
): ScenarioDescription {
  const variants = Object.keys(scenario.variants)
  return {
    ...place,
    question: scenario.question,
    explain: scenario.explain ?? '',
    tags: scenario.tags ?? [],
    expect: scenario.expect ?? [],
    roundTrips: { ...('roundTrips' in scenario ? scenario.roundTrips : {}) } as Record<string, RoundTrips>,
    ...resolveTargets('target' in scenario ? scenario.target : undefined),
    workload: resolveWorkload(scenario),
    sweep: scenario.sweep ?? {},
    variants,
    baseline: scenario.baseline ?? at(variants, 0),
    primaryMetric: scenario.primaryMetric ?? defaultMetric(scenario),
    thresholds: scenario.thresholds ?? [],
    ...defined({ budgetMs: scenario.budgetMs, exclude: scenario.exclude, margins: scenario.margins }),
    errorBudget: scenario.errorBudget ?? scenarioDefaults.errorBudget,
    isolation: scenario.isolation ?? (variants.length > 1 ? 'process' : 'shared'),
    variantPer: ('variantPer' in scenario ? scenario.variantPer : undefined) ?? scenarioDefaults.variantPer,
    phases: ('phases' in scenario ? scenario.phases : undefined) ?? scenarioDefaults.phases,
    processes: ('processes' in scenario ? scenario.processes : undefined) ?? scenarioDefaults.processes,
  }
}

function defaultMetric({ engine = 'client' }: AnyScenario<string, Sweep>): ComparableMetricName {
  return engine === 'client' ? scenarioDefaults.primaryMetric : scenarioDefaults.loopMetric
}

function resolveWorkload(scenario: AnyScenario<string, Sweep>): ResolvedWorkload {
  const { iterationTimeoutMs } = scenarioDefaults
  if (scenario.engine === 'raw' && scenario.workload !== undefined) {
    return { ...resolveOpen(scenario.workload), engine: 'raw' }
  }
  if (scenario.engine !== undefined && scenario.engine !== 'client')
    return { model: scenario.engine, iterationTimeoutMs }
  const workload: Workload = scenario.workload ?? { model: 'closed' }
  return workload.model === 'closed' ? resolveClosed(workload) : resolveOpen(workload)
}

export function resolveClosed(workload: ClosedWorkload): ResolvedClosedWorkload {
  const { concurrency, maxDurationMs, iterationTimeoutMs } = scenarioDefaults
  return workload.iterations === undefined
    ? { concurrency, iterationTimeoutMs, ...workload }
    : { concurrency: 1, maxDurationMs, iterationTimeoutMs, ...workload }
}

export function resolveOpen(workload: OpenWorkload): ResolvedOpenWorkload {
  const { arrivals, maxInFlight, iterationTimeoutMs } = scenarioDefaults
  const defaults = { arrivals, maxInFlight, iterationTimeoutMs }
  if (workload.stages === undefined) {
    const { stages: _, ...steady } = workload
    return { ...defaults, ...steady }
  }
  const { stages, ...staged } = workload
  return { ...defaults, ...staged, ...resolveLoad(stages) }
}

/** The part of an open loop that says how often something arrives. */
export function resolveLoad(stages: readonly Stage[]): Pick<ResolvedOpenWorkload, 'arrivalRate' | 'stages'> {
  const resolved = resolveStages(stages)
  return { arrivalRate: meanRate(resolved), stages: resolved }
}

function resolveTargets({ name, protocol, rttMs, ...conditions }: TargetOptions = {}) {
  return {
    protocols: [protocol ?? scenarioDefaults.protocol].flat() as Protocol[],
    rttsMs: [rttMs ?? scenarioDefaults.rttMs].flat() as number[],
    conditions: withoutDefaults(conditions),
    ...defined({ targetName: name }),
  }
}

/** What asks for nothing is left out, so that a target which is as it always is has no conditions. */
function withoutDefaults(conditions: TargetConditions): TargetConditions {
  const isDefault: Readonly<Record<string, (value: unknown) => boolean>> = {
    faults: (faults) => Object.values(fieldsOf(faults)).every((value) => value === undefined),
    jitterMs: (jitterMs) => jitterMs === 0,
    sessionTickets: (isOn) => isOn === true,
    proxies: (isOn) => isOn === false,
  }
  return Object.fromEntries(
    Object.entries(conditions).filter(([name, value]) => value !== undefined && !isDefault[name]?.(value)),
  )
}
