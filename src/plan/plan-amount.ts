import { UsageError } from '../bench-error.ts'
import type { Options } from '../scenario/options.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { Isolation } from '../scenario/scenario-parts.ts'
import { defined } from '../session/defined.ts'
import type { ComparisonPlan } from './plan.ts'
import { planDefaults } from './plan-defaults.ts'
import type { PlannedAmount } from './plan-profiles.ts'
import { planQuads } from './plan-quads.ts'
import { stagesOf } from './rate-profile.ts'
import { makeWarmUpRule } from './warm-up-rule.ts'

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
