import type { ExclusionRule, Isolation, SweepValue, Threshold, VariantPer } from '../scenario/define.ts'
import type { ImportRule } from '../scenario/import-rules.ts'
import type { ComparableMetricName } from '../scenario/metric-names.ts'
import { type Options, type OptionValue, options } from '../scenario/options.ts'
import type { ResolvedWorkload, ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { makeAccess, type TargetAccess } from '../scenario/target-access.ts'
import { defined } from '../session/defined.ts'
import { deriveSeed } from './derive-seed.ts'
import { checkWorkload, type LoadGuard, makeLoadGuard, resolveCaps } from './load-caps.ts'
import { makeArms } from './make-arms.ts'
import { makeRound } from './order.ts'
import { overrideWorkload } from './override-workload.ts'
import {
  checkDuration,
  countGenerations,
  makeWarmUpRule,
  planAmount,
  planDefaults,
  planDuration,
  type WarmUpRule,
} from './plan-amount.ts'
import { planProfiles } from './plan-profiles.ts'
import { makeRandom } from './random.ts'
import { stagesOf } from './rate-profile.ts'
import { makeReach, type Reach } from './reach.ts'
import { roundTripsOf } from './round-trips.ts'
import { checkShards } from './shard.ts'
import { makeTargets, renderTarget, type TargetProfile } from './target-profile.ts'

/** One thing measured against the others. */
export interface ArmPlan {
  readonly id: string
  readonly variant: string
  readonly params: Readonly<Record<string, SweepValue>>
  /** The arm that this one is compared with, where it is not the comparison's `baselineArm`. */
  readonly baseline?: string
  /** Where two versions of the code are compared: which one this arm runs. */
  readonly code?: CodeVersion
}

/** One of the two versions of the code that are compared. */
export interface CodeVersion {
  /** `head`: the files as they are now; `base`: what they are compared with. */
  readonly role: 'head' | 'base'
  /** For people: `main@1a2b3c4`, `undici@7.16.0`. */
  readonly label: string
  /** The module with the variants: this version's own, where it has one. */
  readonly scenarioUrl: string
  readonly imports: readonly ImportRule[]
}

/** By the name of the counter: `bytesReceivedPerRequest`. */
export type CounterTolerances = Readonly<Record<string, number>>

/** Everything that one table needs, decided before anything runs. */
export interface ComparisonPlan {
  readonly id: string
  /** The module that holds the variants. */
  readonly scenarioUrl: string
  readonly target: TargetProfile
  /** What is random in this comparison, order and resampling, comes from this. */
  readonly seed: number
  readonly arms: readonly ArmPlan[]
  readonly baselineArm: string
  readonly isolation: Isolation
  readonly variantPer: VariantPer
  /** Processes that share the load of one arm. */
  readonly processes: number
  readonly workload: ResolvedWorkload
  /** Whether blocks say where the time went. */
  readonly phases: boolean
  readonly primaryMetric: ComparableMetricName
  readonly thresholds: readonly Threshold[]
  /** By metric, where not the usual: the least difference that matters, as a share. */
  readonly margins?: OptionValue<'margins'>
  /** Where two versions of the code are compared: how much more of a counter is no regression, in per cent. */
  readonly tolerances?: CounterTolerances
  /** Share of iterations that may fail before the comparison is invalid. */
  readonly errorBudget: number
  /** Rounds that no statistic sees. */
  readonly exclude?: ExclusionRule
  /** When load has to stop for the target's sake. */
  readonly guard?: LoadGuard | undefined
  /** Where clients may go beside the target and this machine. */
  readonly reach: Reach
  /** Most time that warm-up and measuring of this comparison may take. */
  readonly budgetMs: number
  /** Most rounds: of the comparison when arms share a process, else of each generation. */
  readonly maxRounds: number
  /** Instead of all that the budget has time for: what the blocks of one generation take in all. */
  readonly generationMs?: number
  /** Generations of processes that the user asked for; undefined: as many as the budget makes useful. */
  readonly generations?: number
  /** Generations for a verdict, and those for a look when the budget does not allow a verdict. */
  readonly generationsToJudge: number
  readonly generationsToLook: number
  /** Shortest block; slow arms get longer ones. */
  readonly blockMs: number
  readonly warmUp: WarmUpRule
  /** Goes on when the answer is clear: of noise, more tells more. @default false */
  readonly isMeasuredToTheEnd?: boolean
  /** By arm: how long an iteration waits for round trips, ms. See `roundTripsOf`. */
  readonly roundTripMs?: Readonly<Record<string, number>>
  /** rounds[generation][round] is the order of that round's blocks, by arm id. */
  readonly rounds: readonly (readonly (readonly string[])[])[]
}

/** What is going to be measured. The same description, options and seed give the same plan. */
export interface Plan {
  readonly scenario: ScenarioDescription
  readonly seed: number
  /** For clients only: what lets them in where the target is not ours. */
  readonly access: TargetAccess
  readonly comparisons: readonly ComparisonPlan[]
  /** Where two versions of the code are compared: what they are, and what a reader has to know of them. */
  readonly versions?: PlannedVersions
}

export interface PlannedVersions {
  readonly base: string
  readonly head: string
  readonly notes: readonly string[]
}

/** What a user may ask for beside the scenario; undefined means the scenario's own value or the default. */
export interface PlanOptions extends Options {
  readonly seed: number
}

/** Crosses targets, variants and the sweep into comparisons and lays down the order of every block. @throws UsageError */
export function makePlan(scenario: ScenarioDescription, asked: PlanOptions): Plan {
  const targets = makeTargets(scenario, asked)
  const arms = makeArms(scenario)
  const workload = overrideWorkload(scenario.workload, asked)
  const caps = resolveCaps(asked)
  checkWorkload(workload, caps)
  const guard = makeLoadGuard(caps)
  const processes = processesFor(scenario, asked)
  checkShards(workload, processes)
  checkDuration(workload, asked)
  const comparisons = targets.map((target, index): ComparisonPlan => {
    const isolation = asked.isolation ?? scenario.isolation
    const seed = deriveSeed(asked.seed, 'comparison', index)
    const warmUp = makeWarmUpRule(asked.warmUpMs ?? planDefaults.warmUpMs)
    const amount = { ...asked, budgetMs: asked.budgetMs ?? scenario.budgetMs }
    const stages = stagesOf(workload)
    const roundTripMs = roundTripsOf(scenario, arms, target)
    const { mostRounds, ...planned } =
      stages !== undefined
        ? planProfiles({ stages, isolation, arms: arms.length, warmUpMs: warmUp.maxMs, asked: amount })
        : asked.durationMs === undefined
          ? planAmount(isolation, arms.length, amount)
          : planDuration(isolation, arms.length, { ...asked, durationMs: asked.durationMs })
    return {
      id: renderTarget(target),
      scenarioUrl: scenario.url,
      ...{ target, seed, arms, isolation, processes, workload },
      baselineArm: (arms.find(({ variant }) => variant === scenario.baseline) as ArmPlan).id,
      variantPer: asked.variantPer ?? scenario.variantPer,
      phases: asked.phases ?? scenario.phases,
      primaryMetric: scenario.primaryMetric,
      thresholds: scenario.thresholds,
      errorBudget: scenario.errorBudget,
      ...defined({ exclude: scenario.exclude }),
      ...((scenario.margins ?? asked.margins) !== undefined && { margins: { ...scenario.margins, ...asked.margins } }),
      ...defined({ guard, roundTripMs: workload.model === 'closed' ? roundTripMs : undefined }),
      reach: makeReach(asked),
      ...planned,
      generationsToJudge: countGenerations(arms.length - 1),
      generationsToLook: planDefaults.generationsToLook,
      warmUp,
      rounds: makeRounds(arms, { isolation, mostRounds }, seed),
    }
  })
  return { scenario, seed: asked.seed, access: makeAccess(asked), comparisons }
}

/** A function is timed in one process: in several at once, its calls would disturb each other. */
function processesFor({ workload, processes }: ScenarioDescription, options: PlanOptions): number {
  return workload.model === 'micro' ? 1 : (options.processes ?? processes)
}

/** One long generation when arms share a process (the unit is the round), many short ones when each has its own. */
export function makeRounds(
  arms: readonly Pick<ArmPlan, 'id'>[],
  { isolation, mostRounds }: { readonly isolation: Isolation; readonly mostRounds: number },
  seed: number,
): string[][][] {
  const ids = arms.map(({ id }) => id)
  const random = makeRandom(deriveSeed(seed, 'order'))
  const generations = isolation === 'shared' ? 1 : options.generations.most
  const rounds = Array.from({ length: mostRounds })
  return Array.from({ length: generations }, () => rounds.map(() => makeRound(ids, random)))
}
