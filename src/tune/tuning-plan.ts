import { UsageError } from '../bench-error.ts'
import type { LoadGuard } from '../plan/load-caps.ts'
import { noReach, type Reach } from '../plan/reach.ts'
import { makeTargets, type TargetProfile } from '../plan/target-profile.ts'
import { engineOf } from '../scenario/engine-name.ts'
import { targetOptions } from '../scenario/options/target.ts'
import { type OptionName, type Options, options } from '../scenario/options.ts'
import {
  type ResolvedClosedWorkload,
  type ResolvedOpenWorkload,
  resolveClosed,
  type ScenarioDescription,
  scenarioDefaults,
} from '../scenario/resolve-scenario.ts'
import type { SweepValue } from '../scenario/scenario-parts.ts'
import { makeAccess, type TargetAccess } from '../scenario/target-access.ts'
import { counted } from '../words/counted.ts'
import { makeSpace, type Variation } from './read-variations.ts'
import type { Objective } from './search/objective.ts'
import type { Setting, Space } from './search/setting.ts'
import { sizeSearchDefaults } from './search/size-search.ts'
import type { TuneSearch } from './search/tune-search.ts'

/** What of the table of options a tuning may be told. */
export const tuningOptionNames = [
  ...(Object.keys(targetOptions) as (keyof typeof targetOptions)[]),
  'arrivalRate',
  'arrivals',
  'concurrency',
  'budgetMs',
  'warmUpMs',
  'seed',
] as const satisfies readonly OptionName[]

/** What is asked for beside the scenario. */
interface TuningOptions extends Pick<Options, (typeof tuningOptionNames)[number]> {
  readonly budgetMs: number
  readonly warmUpMs: number
  readonly seed: number
  readonly objective: Objective
  readonly variations: ReadonlyMap<string, Variation>
  readonly variant?: string | undefined
  readonly guard?: LoadGuard | undefined
  readonly reach?: Reach | undefined
  /** Parameters that every setting has and none varies. */
  readonly fixedParams: Readonly<Record<string, SweepValue>>
}

/** Everything that a tuning needs, decided before anything runs. */
export interface TuningPlan {
  readonly scenario: ScenarioDescription
  readonly variant: string
  readonly target: TargetProfile
  readonly search: TuneSearch
  readonly fixedParams: Readonly<Record<string, SweepValue>>
  readonly arrivals: 'constant' | 'poisson'
  readonly concurrency: number | undefined
  readonly budgetMs: number
  readonly warmUpMs: number
  readonly seed: number
  readonly guard: LoadGuard | undefined
  /** For clients only: what lets them in. */
  readonly access: TargetAccess
  /** Where clients may go beside the target and this machine. */
  readonly reach: Reach
}

/** What of a plan its blocks are judged by, so that they can be where nothing can be run any more. */
export interface JudgedTuning
  extends Pick<TuningPlan, 'variant' | 'target' | 'search' | 'fixedParams' | 'arrivals' | 'budgetMs' | 'seed'> {
  readonly scenario: Pick<ScenarioDescription, 'name' | 'workload'>
  readonly concurrency?: number | undefined
}

export const tuningDefaults = Object.freeze({
  budgetMs: 90_000,
  warmUpMs: 1_500,
  smallest: 1,
  largest: 64,
  objective: 'errors<0.1%',
  maxRate: options.arrivalRate.most,
  /** Of the budget: so much goes into the sizes, or so much where a doubt is cheap, and so much until their limit is known; the rest finds the highest rate. */
  sizingShare: 0.5,
  doubtingShare: 0.6,
  probingShare: 0.7,
  /** From then on the ends of the bracket are set by what is known. */
  endingShare: 0.82,
  /** And so much into a trial at one rate. */
  trialShare: 0.15,
  leastTrialMs: 4_000,
  /** Kept back for following the requests of the setting that is chosen. */
  tracingMs: 1_000,
})

/** Lays down what is searched. @throws UsageError */
export function makeTuningPlan(scenario: ScenarioDescription, asked: TuningOptions): TuningPlan {
  const { workload } = scenario
  if (engineOf(workload) !== 'client') {
    throw new UsageError(`'${scenario.name}' runs on the ${engineOf(workload)} engine; tune needs a client's scenario`)
  }
  if (workload.model === 'closed' && workload.iterations !== undefined) {
    throw new UsageError(
      `'${scenario.name}' has blocks of ${counted(workload.iterations, 'iteration')}; tune needs loops over time`,
    )
  }
  checkNames(scenario, asked)
  const space = makeSpace(withoutFixed(scenario.sweep, asked), asked.variations)
  checkConnections(space, asked.maxConnections)
  const ratePerSecond = asked.arrivalRate ?? (workload.model === 'open' ? workload.arrivalRate : undefined)
  return {
    scenario,
    variant: findVariant(scenario, asked.variant),
    target: findTarget(scenario, asked),
    search: {
      ...sizeSearchDefaults,
      space,
      objective: asked.objective,
      ratePerSecond,
      highestRatePerSecond: asked.maxRate ?? tuningDefaults.maxRate,
      mostTrialSeconds: Math.max(tuningDefaults.leastTrialMs, tuningDefaults.trialShare * asked.budgetMs) / 1_000,
      probes: probesFor(scenario, asked),
      mostSize: asked.maxConnections,
    },
    fixedParams: asked.fixedParams,
    arrivals: asked.arrivals ?? (workload.model === 'open' ? workload.arrivals : 'constant'),
    concurrency: asked.concurrency,
    budgetMs: asked.budgetMs,
    warmUpMs: asked.warmUpMs,
    seed: asked.seed,
    guard: asked.guard,
    access: makeAccess(asked),
    reach: asked.reach ?? noReach,
  }
}

/** Where more size means more requests under way, one thing cannot be tried without the other. */
function probesFor(
  { workload }: ScenarioDescription,
  { concurrency, fixedParams }: TuningOptions,
): TuningPlan['search']['probes'] {
  const isFixedLoad =
    concurrency !== undefined || (workload.model === 'closed' && Object.keys(fixedParams).length === 0)
  return isFixedLoad ? ['same', 'larger', 'busier', 'process'] : ['same', 'larger', 'process']
}

/** What the harness itself gives the bundled scenario. */
const given = ['path', 'userAgent']

function checkNames({ sweep }: ScenarioDescription, { variations, fixedParams }: TuningOptions): void {
  const isGiven = (name: string) => fixedParams[name] !== undefined && given.includes(name)
  const names = Object.keys(sweep).filter((name) => !isGiven(name))
  for (const name of variations.keys()) {
    if (names.includes(name)) continue
    const known = names.length > 0 ? `any of ${names.join(', ')}` : 'none: the scenario has no sweep'
    throw new UsageError(`--vary: there is no '${name}' to vary; expected ${known}`)
  }
}

function withoutFixed(
  sweep: ScenarioDescription['sweep'],
  { fixedParams }: TuningOptions,
): ScenarioDescription['sweep'] {
  return Object.fromEntries(Object.entries(sweep).filter(([name]) => fixedParams[name] === undefined))
}

function findVariant({ name, variants, baseline }: ScenarioDescription, wanted: string | undefined): string {
  if (wanted === undefined && variants.length === 1) return baseline
  if (wanted !== undefined && variants.includes(wanted)) return wanted
  const got = wanted === undefined ? 'none was named' : `got '${wanted}'`
  throw new UsageError(`--variant: expected one of ${variants.join(', ')} of '${name}', ${got}`)
}

function findTarget(scenario: ScenarioDescription, options: TuningOptions): TargetProfile {
  const targets = makeTargets(scenario, options)
  const [target] = targets
  if (target !== undefined && targets.length === 1) return target
  throw new UsageError(
    `'${scenario.name}' has ${targets.length} targets and tune takes one: choose with --protocol and --rtt`,
  )
}

function checkConnections({ sizeName, sizes }: Space, most: number | undefined): void {
  const largest = sizes.kind === 'range' ? sizes.largest : Math.max(...sizes.values)
  if (most === undefined || largest <= most) return
  throw new UsageError(
    `${sizeName} up to ${largest} is more than the ${most} that someone else's server gets: vary less, or raise --max-connections`,
  )
}

/** How a setting is loaded in a closed loop: unless told otherwise, with as many requests as it has places for. */
export function closedWorkloadOf(
  { scenario, concurrency, fixedParams }: Pick<JudgedTuning, 'scenario' | 'concurrency' | 'fixedParams'>,
  { params }: Setting,
): ResolvedClosedWorkload {
  const own = positive(params.concurrency) ?? concurrency
  const { workload } = scenario
  if (Object.keys(fixedParams).length === 0 && workload.model === 'closed') {
    return own === undefined ? workload : { ...workload, concurrency: own }
  }
  const places = (positive(params.connections) ?? 1) * (positive(params.pipelining) ?? 1)
  return resolveClosed({ model: 'closed', concurrency: own ?? places, iterationTimeoutMs: workload.iterationTimeoutMs })
}

/** The same setting at a rate. */
export function openWorkloadOf({ scenario, arrivals }: JudgedTuning, arrivalRate: number): ResolvedOpenWorkload {
  const { workload } = scenario
  const { iterationTimeoutMs } = workload
  const { maxInFlight } = workload.model === 'open' ? workload : scenarioDefaults
  return { model: 'open', arrivalRate, arrivals, maxInFlight, iterationTimeoutMs }
}

/** Requests that a setting can have on their way at a time: what is more waits in the client. */
export function placesOf(plan: JudgedTuning, { params }: Setting): number {
  const connections = positive(params.connections)
  return connections === undefined
    ? openWorkloadOf(plan, 1).maxInFlight
    : connections * (positive(params.pipelining) ?? 1)
}

function positive(value: SweepValue | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined
}
