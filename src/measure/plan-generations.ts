import { planDefaults } from '../plan/make-plan.ts'

/** How a budget is spent when every arm has processes of its own. */
export interface GenerationPlan {
  readonly generations: number
  readonly roundsPerGeneration: number
}

const judge = { generations: planDefaults.generationsToJudge, leastRounds: 2 }
const look = { generations: planDefaults.generationsToLook, leastRounds: 1 }

/**
 * Enough generations for a verdict if the budget allows two rounds in each, else enough to look; undefined when it does not even allow those.
 * `startMs` is what it took to start and warm up one generation, `roundMs` what one round will take.
 */
export function planGenerations(options: {
  readonly budgetMs: number
  readonly startMs: number
  readonly roundMs: number
  /** A number of generations that the user has asked for. */
  readonly generations?: number | undefined
}): GenerationPlan | undefined {
  const { budgetMs, startMs, roundMs } = options
  const wanted =
    options.generations === undefined ? [judge, look] : [{ generations: options.generations, leastRounds: 1 }]
  for (const { generations, leastRounds } of wanted) {
    const rounds = Math.floor((budgetMs / generations - startMs) / roundMs)
    const roundsPerGeneration = Math.min(rounds, planDefaults.maxRoundsPerGeneration)
    if (rounds >= leastRounds) return { generations, roundsPerGeneration }
  }
  return undefined
}
