import { type ContrastInput, compareRounds } from '../../../src/statistics/compare.ts'
import type { Comparison } from '../../../src/statistics/comparison.ts'
import { shareAlpha } from '../../../src/statistics/share-alpha.ts'

/** Compares several contenders (or several primary metrics) with the baseline; they share the look's alpha, as in a run. */
export function compareContrasts(inputs: readonly ContrastInput[]): Comparison[] {
  return shareAlpha(
    inputs.map((input) => ({ alpha: input.alpha, judgeAt: (alpha) => compareRounds({ ...input, alpha }) })),
  )
}
