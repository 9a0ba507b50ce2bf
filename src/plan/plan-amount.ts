import { UsageError } from '../bench-error.ts'
import { type Options, options } from '../scenario/options.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { Isolation } from '../scenario/scenario-parts.ts'
import { defined } from '../session/defined.ts'
import type { ComparisonPlan, WarmUpRule } from './plan.ts'
import type { PlannedAmount } from './plan-profiles.ts'
import { stagesOf } from './rate-profile.ts'

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

export function makeWarmUpRule(minMs: number): WarmUpRule {
  return { minMs, minRequests: planDefaults.warmUpRequests, maxMs: 2 * minMs }
}

/** Short blocks, as many as the budget has time for. */
export function planAmount(isolation: Isolation, arms: number, asked: Options): PlannedAmount {
  const { blockMs = planDefaults.blockMs, warmUpMs = planDefaults.warmUpMs, maxRounds, generations } = asked
  const budgetMs = asked.budgetMs ?? defaultBudgetMs(isolation, arms, warmUpMs)
  const mostRounds =
    isolation === 'shared'
      ? planQuads({ arms, budgetMs, blockMs, warmUpMs, maxRounds })
      : planDefaults.maxRoundsPerGeneration
  return {
    ...{ blockMs, budgetMs, mostRounds, maxRounds: Math.min(maxRounds ?? mostRounds, mostRounds) },
    ...defined({ generations }),
  }
}

/** A fixed time of measuring, in enough generations for a verdict where there is a round for each. */
export function planDuration(
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

/** Blocks of the scenario's that have a length of their own cannot add up to one. */
export function checkDuration(workload: ResolvedWorkload, { durationMs }: Options): void {
  const isFixed = (workload.model === 'closed' && workload.iterations !== undefined) || stagesOf(workload) !== undefined
  if (durationMs === undefined || !isFixed) return
  const length = workload.model === 'closed' ? 'so many iterations' : 'its stages'
  throw new UsageError(
    `a block of this scenario is ${length}, however long they take: leave out --duration, and say --rounds instead`,
  )
}
