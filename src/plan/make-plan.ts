import { UsageError } from '../bench-error.ts'
import type { ExclusionRule, Isolation, SweepValue, Threshold, VariantPer } from '../scenario/define.ts'
import type { ImportRule } from '../scenario/import-rules.ts'
import type { ComparableMetricName } from '../scenario/metric-names.ts'
import { type Options, options } from '../scenario/options.ts'
import type { ResolvedWorkload, ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { makeAccess, type TargetAccess } from '../scenario/target-access.ts'
import { deriveSeed } from './derive-seed.ts'
import { checkWorkload, type LoadGuard, makeLoadGuard, resolveCaps } from './load-caps.ts'
import { makeArms } from './make-arms.ts'
import { makeRound } from './order.ts'
import { overrideWorkload } from './override-workload.ts'
import { type PlannedAmount, planProfiles } from './plan-profiles.ts'
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

/** Warm when `minMs` and `minRequests` have both passed and no trend is left, or after `maxMs`. */
export interface WarmUpRule {
  readonly minMs: number
  readonly minRequests: number
  readonly maxMs: number
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

export const planDefaults = Object.freeze({
  blockMs: options.blockMs.default,
  warmUpMs: options.warmUpMs.default,
  warmUpRequests: 20_000,
  /** The last look at quads is after this many (8, 16, 32, 64), and after `maxUnits` where a longer budget allows. */
  usualQuads: 64,
  maxUnits: options.maxRounds.most,
  /** Rounds in one generation of fresh processes, at most. */
  maxRoundsPerGeneration: 16,
  /** Generations for a verdict: with eight, the smallest p-value is .008. */
  generationsToJudge: 8,
  generationsToLook: 3,
  /** Of all looks and all contrasts of a comparison together. */
  alpha: 0.05,
})

/** A block costs about this much beside its time: ledger, messages and the speed control. */
const overheadPerBlockMs = 20

interface QuadBudget {
  readonly arms: number
  readonly budgetMs: number
  readonly blockMs: number
  readonly warmUpMs: number
  /** What the user asked for. */
  readonly maxRounds?: number | undefined
}

/**
 * How many quads are planned, a power of two: 64, or as many as a longer budget has time for when arms warm up quickly, or
 * as were asked for. Decided before anything is measured, for each planned look has its share of the false alarms.
 */
function planQuads({ arms, budgetMs, blockMs, warmUpMs, maxRounds = 1 }: QuadBudget): number {
  const { usualQuads, maxUnits } = planDefaults
  const affordable = (budgetMs - arms * warmUpMs) / (2 * arms * (blockMs + overheadPerBlockMs))
  const timely = 2 ** Math.round(Math.log2(Math.max(affordable, 1)))
  const asked = 2 ** Math.ceil(Math.log2(maxRounds))
  return Math.min(Math.max(timely, asked, usualQuads), maxUnits)
}

/** The time that a comparison needs for a verdict when every arm warms up slowly, and some for measuring. */
export function defaultBudgetMs(
  isolation: Isolation,
  arms: number,
  warmUpMs: number = planDefaults.warmUpMs,
  generations: number = countGenerations(arms - 1),
): number {
  const slowWarmUpMs = arms * makeWarmUpRule(warmUpMs).maxMs
  return isolation === 'shared' ? slowWarmUpMs + 10_000 : generations * (slowWarmUpMs + 4_000)
}

/** With n units the smallest two-sided p-value is 2^(1−n); Holm's first level for m contrasts is α/m. */
export function countGenerations(contrasts: number): number {
  return Math.max(
    planDefaults.generationsToJudge,
    Math.ceil(1 + Math.log2(Math.max(1, contrasts) / planDefaults.alpha)),
  )
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
      ...(scenario.exclude !== undefined && { exclude: scenario.exclude }),
      ...(guard && { guard }),
      ...(workload.model === 'closed' && roundTripMs && { roundTripMs }),
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

/** Short blocks, as many as the budget has time for. */
function planAmount(isolation: Isolation, arms: number, asked: Options): PlannedAmount {
  const { blockMs = planDefaults.blockMs, warmUpMs = planDefaults.warmUpMs, maxRounds, generations } = asked
  const budgetMs = asked.budgetMs ?? defaultBudgetMs(isolation, arms, warmUpMs)
  const mostRounds =
    isolation === 'shared'
      ? planQuads({ arms, budgetMs, blockMs, warmUpMs, maxRounds })
      : planDefaults.maxRoundsPerGeneration
  return {
    ...{ blockMs, budgetMs, mostRounds, maxRounds: Math.min(maxRounds ?? mostRounds, mostRounds) },
    ...(generations !== undefined && { generations }),
  }
}

/** Blocks of the scenario's that have a length of their own cannot add up to one. */
function checkDuration(workload: ResolvedWorkload, { durationMs }: Options): void {
  const isFixed = (workload.model === 'closed' && workload.iterations !== undefined) || stagesOf(workload) !== undefined
  if (durationMs === undefined || !isFixed) return
  const length = workload.model === 'closed' ? 'so many iterations' : 'its stages'
  throw new UsageError(
    `a block of this scenario is ${length}, however long they take: leave out --duration, and say --rounds instead`,
  )
}

/** A fixed time of measuring, in enough generations for a verdict where there is a round for each. */
function planDuration(
  isolation: Isolation,
  arms: number,
  { durationMs, blockMs = planDefaults.blockMs, warmUpMs = planDefaults.warmUpMs, ...asked }: Options & WithDuration,
): PlannedAmount & Pick<ComparisonPlan, 'generationMs' | 'isMeasuredToTheEnd'> {
  const roundMs = 2 * arms * blockMs
  const wanted = [countGenerations(arms - 1), planDefaults.generationsToLook]
  const usual = wanted.find((count) => count * roundMs <= durationMs) ?? planDefaults.generationsToLook
  const generations = isolation === 'shared' ? 1 : (asked.generations ?? usual)
  const generationMs = durationMs / generations
  const mostRounds = Math.min(Math.max(1, Math.floor(generationMs / roundMs)), planDefaults.maxUnits)
  // Nothing that goes well comes near it: slow targets run over, and a target that hangs is noticed elsewhere.
  const budgetMs = generations * defaultBudgetMs('shared', arms, warmUpMs) + 3 * durationMs
  return {
    ...{ blockMs, budgetMs, generationMs, mostRounds, maxRounds: mostRounds, isMeasuredToTheEnd: true },
    ...(isolation === 'process' && { generations }),
  }
}

interface WithDuration {
  readonly durationMs: number
}

/** A function is timed in one process: in several at once, its calls would disturb each other. */
function processesFor({ workload, processes }: ScenarioDescription, options: PlanOptions): number {
  return workload.model === 'micro' ? 1 : (options.processes ?? processes)
}

function makeWarmUpRule(minMs: number): WarmUpRule {
  return { minMs, minRequests: planDefaults.warmUpRequests, maxMs: 2 * minMs }
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
