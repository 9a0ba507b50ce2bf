import { pairwiseDifferences } from './hodges-lehmann.ts'
import { rankValues } from './ranks.ts'
import { type ExactInterval, lowerCriticalValue, twoSidedPValue } from './signed-rank.ts'

/** What the Wilcoxon-Mann-Whitney test says about two independent groups. */
export interface RankSumTest {
  /** Pairs in which `y` is above `x`, ties counted half. */
  readonly statistic: number
  /** Exact, two-sided. */
  readonly pValue: number
  /** Values that are equal to another. */
  readonly tied: number
}

/**
 * The exact two-sided test that `x` and `y` come from one distribution; with ties, over all ways of dealing these very
 * mid-ranks to the two groups. Source: Hollander, Wolfe & Chicken §4.1; ties: comment 5 there.
 */
export function rankSumTest(x: readonly number[], y: readonly number[]): RankSumTest {
  const { doubled, tieSizes } = rankValues([...x, ...y])
  const smallest = y.length * (y.length + 1)
  const statistic = doubled.slice(x.length).reduce((sum, rank) => sum + rank, 0) - smallest
  return {
    statistic: statistic / 2,
    pValue: twoSidedPValue(rankSumDistribution(doubled, y.length, smallest), statistic),
    tied: tieSizes.reduce((sum, size) => sum + size, 0),
  }
}

/**
 * The exact confidence interval of the shift of `y` against `x`: the ordered differences yⱼ − xᵢ that the test at level
 * 1 − confidence does not reject, ends included; undefined when the groups are too small. Source: Hollander, Wolfe & Chicken §4.3.
 */
export function rankSumInterval(
  x: readonly number[],
  y: readonly number[],
  confidence: number,
): ExactInterval | undefined {
  const ranks = Array.from({ length: x.length + y.length }, (_, index) => index + 1)
  const distribution = rankSumDistribution(ranks, y.length, (y.length * (y.length + 1)) / 2)
  const critical = lowerCriticalValue(distribution, (1 - confidence) / 2)
  if (critical === undefined) return undefined
  const differences = pairwiseDifferences(x, y)
  return {
    low: differences[critical.value] as number,
    high: differences[differences.length - 1 - critical.value] as number,
    confidence: 1 - 2 * critical.tail,
  }
}

/**
 * P(the sum of `size` ranks drawn without replacement = `smallest` + t), t from 0 to its mirror image: counts the draws by
 * size and sum, one rank after the other. Counts are doubles (C(128, 64) ≈ 2e37): sums of positive terms keep 1e-13.
 */
function rankSumDistribution(ranks: readonly number[], size: number, smallest: number): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  const others = ranks.length - size
  const width = size * others * (total / ((ranks.length * (ranks.length + 1)) / 2)) + 1
  const counts = countDraws(ranks, size, smallest + width)
  const reachable = (counts[size] as Float64Array).slice(smallest, smallest + width)
  const all = reachable.reduce((sum, count) => sum + count, 0)
  return reachable.map((count) => count / all)
}

function countDraws(ranks: readonly number[], size: number, sums: number): Float64Array[] {
  const counts = Array.from({ length: size + 1 }, () => new Float64Array(sums))
  ;(counts[0] as Float64Array)[0] = 1
  let reached = 0
  for (const [before, rank] of ranks.entries()) {
    reached = Math.min(reached + rank, sums - 1)
    for (let drawn = Math.min(size, before + 1); drawn >= 1; drawn--) {
      const from = counts[drawn - 1] as Float64Array
      const to = counts[drawn] as Float64Array
      for (let sum = reached; sum >= rank; sum--) to[sum] = (to[sum] as number) + (from[sum - rank] as number)
    }
  }
  return counts
}
