import type { ImportRule } from '../scenario/import-rules.ts'
import type { ComparableMetricName } from '../scenario/metric-names.ts'
import type { OptionValue } from '../scenario/options.ts'
import type { ResolvedWorkload, ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { ExclusionRule, Isolation, SweepValue, Threshold, VariantPer } from '../scenario/scenario-parts.ts'
import type { TargetAccess } from '../scenario/target-access.ts'
import type { LoadGuard } from './load-caps.ts'
import type { Reach } from './reach.ts'
import type { TargetProfile } from './target-profile.ts'

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

/** Warm when `minMs` and `minRequests` have both passed and no trend is left, or after `maxMs`. */
export interface WarmUpRule {
  readonly minMs: number
  readonly minRequests: number
  readonly maxMs: number
}
