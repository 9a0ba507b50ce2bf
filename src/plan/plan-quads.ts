import { planDefaults } from './plan-defaults.ts'

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
export function planQuads({ arms, budgetMs, blockMs, warmUpMs, maxRounds = 1 }: QuadBudget): number {
  const { usualQuads, maxUnits } = planDefaults
  const affordable = (budgetMs - arms * warmUpMs) / (2 * arms * (blockMs + overheadPerBlockMs))
  const timely = 2 ** Math.round(Math.log2(Math.max(affordable, 1)))
  const asked = 2 ** Math.ceil(Math.log2(maxRounds))
  return Math.min(Math.max(timely, asked, usualQuads), maxUnits)
}
