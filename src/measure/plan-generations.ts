import { planDefaults } from '../plan/make-plan.ts'

/** How a budget is spent when every arm has processes of its own. */
export interface GenerationPlan {
  readonly generations: number
  readonly roundsPerGeneration: number
}

/** Enough generations for a verdict: with eight, the smallest p-value is .008. */
const gate = { generations: 8, leastRounds: 2 }
/** Enough to look, not to judge: the range is printed. */
const look = { generations: 3, leastRounds: 1 }

/**
 * Eight generations if the budget allows two rounds in each, else three; undefined when it does not even allow those.
 * `startMs` is what it took to start and warm up one generation, `roundMs` what one round will take.
 */
export function planGenerations(options: {
  readonly budgetMs: number
  readonly startMs: number
  readonly roundMs: number
}): GenerationPlan | undefined {
  const { budgetMs, startMs, roundMs } = options
  for (const { generations, leastRounds } of [gate, look]) {
    const rounds = Math.floor((budgetMs / generations - startMs) / roundMs)
    const roundsPerGeneration = Math.min(rounds, planDefaults.maxRoundsPerGeneration)
    if (rounds >= leastRounds) return { generations, roundsPerGeneration }
  }
  return undefined
}
