import type { ComparisonPlan } from '../plan/plan.ts'

/** How a budget is spent when every arm has processes of its own. */
export interface GenerationPlan {
  readonly generations: number
  readonly roundsPerGeneration: number
}

interface GenerationOptions {
  readonly plan: Pick<
    ComparisonPlan,
    'arms' | 'budgetMs' | 'maxRounds' | 'generations' | 'generationsToJudge' | 'generationsToLook'
  >
  /** What it took to start and warm up one generation. */
  readonly startMs: number
  /** What one round will take. */
  readonly roundMs: number
}

/**
 * Enough generations for a verdict if the budget allows a round in each (more generations tell more than more rounds: a
 * process has a speed of its own), else enough to look; undefined when it does not even allow those. A number that the
 * user asked for is taken as it is.
 */
export function planGenerations({ plan, startMs, roundMs }: GenerationOptions): GenerationPlan | undefined {
  const wanted = plan.generations === undefined ? [plan.generationsToJudge, plan.generationsToLook] : [plan.generations]
  // Alone an arm is measured and not compared: one generation says something.
  if (plan.arms.length === 1) wanted.push(1)
  for (const generations of wanted) {
    const rounds = Math.floor((plan.budgetMs / generations - startMs) / roundMs)
    if (rounds >= 1) return { generations, roundsPerGeneration: Math.min(rounds, plan.maxRounds) }
  }
  return undefined
}
