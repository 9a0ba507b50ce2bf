import type { ComparisonPlan } from '../plan/plan.ts'
import { sumOf } from '../statistics/sum-of.ts'

/**
 * Where the plan has fixed how long the blocks take in all: as many rounds as it has time for, their blocks so much longer that
 * it is used up, or shorter where one round does not fit.
 */
export function fitTime<Arm extends { readonly blockMs: number }>(
  warm: ReadonlyMap<string, Arm>,
  { generationMs, maxRounds }: Pick<ComparisonPlan, 'generationMs' | 'maxRounds'>,
): { readonly warm: ReadonlyMap<string, Arm>; readonly maxRounds: number } {
  if (generationMs === undefined) return { warm, maxRounds }
  const roundMs = 2 * sumOf(warm.values(), ({ blockMs }) => blockMs)
  const rounds = Math.min(Math.max(1, Math.floor(generationMs / roundMs)), maxRounds)
  // Arms that are slower than others have longer blocks for it; of a time that is shared all get as much.
  const blockMs = generationMs / (2 * rounds * warm.size)
  return { warm: new Map([...warm].map(([id, arm]) => [id, { ...arm, blockMs }])), maxRounds: rounds }
}
