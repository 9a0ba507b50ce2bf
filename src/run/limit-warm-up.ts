import { firstRoundsMs } from '../plan/check-budget.ts'
import type { ComparisonPlan, WarmUpRule } from '../plan/plan.ts'
import { stagesOf } from '../plan/rate-profile.ts'
import { sumOf } from '../statistics/sum-of.ts'

/** What a generation has for its start, its warm-ups and the fewest rounds, ms. */
export function generationBudgetMs(plan: ComparisonPlan): number {
  const { isolation, arms, budgetMs, generations, generationsToLook } = plan
  return isolation === 'process' && arms.length > 1 ? budgetMs / (generations ?? generationsToLook) : budgetMs
}

/**
 * The rule of the first of these warm-ups, which follow one another, where so much is left of the generation's budget: each has its
 * share, so that the first rounds fit. A table of arms that are not quite warm, which it says, tells more than no table. None
 * gets less than its least. `p50sMs`: of the arms that are warm.
 */
export function limitWarmUp(
  [rule, ...later]: readonly [WarmUpRule, ...WarmUpRule[]],
  plan: ComparisonPlan,
  { leftMs, p50sMs }: { readonly leftMs: number; readonly p50sMs: readonly number[] },
): WarmUpRule {
  // A block of stages is as long as they are, whatever the budget.
  if (stagesOf(plan.workload) !== undefined) return rule
  const spareMs = leftMs - Math.max(firstRoundsMs(plan), shortestRoundMs(plan, p50sMs))
  const ownMs = (spareMs * rule.maxMs) / sumOf([rule, ...later], ({ maxMs }) => maxMs)
  return { ...rule, maxMs: Math.min(rule.maxMs, Math.max(rule.minMs, ownMs)) }
}

/** Of a block of any length: waking its arm, the cycle that is under way when its time is over, and that of its other workers. */
export const latenciesPerBlock = 3

/** What one round takes at least, arms that are not warm yet being like those that are. */
function shortestRoundMs({ arms, blockMs }: ComparisonPlan, p50sMs: readonly number[]): number {
  const meanMs = sumOf(p50sMs) / Math.max(1, p50sMs.length)
  return (arms.length === 1 ? 1 : 2) * arms.length * (blockMs + latenciesPerBlock * meanMs)
}
