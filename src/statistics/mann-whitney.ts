import { pairwiseDifferences } from './hodges-lehmann.ts'
import { rankValues } from './ranks.ts'
import { type ExactInterval, lowerCriticalValue, twoSidedPValue } from './signed-rank.ts'
import { sumOf } from './sum-of.ts'

/** What the Wilcoxon-Mann-Whitney test says about two independent groups. */
interface RankSumTest {
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
  const statistic = sumOf(doubled.slice(x.length)) - y.length * (y.length + 1)
  return {
    statistic: statistic / 2,
    pValue: twoSidedPValue(rankSumDistribution(doubled, { size: y.length, rankUnit: 2 }), statistic),
    tied: sumOf(tieSizes),
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
  const distribution = rankSumDistribution(ranks, { size: y.length, rankUnit: 1 })
  const critical = lowerCriticalValue(distribution, (1 - confidence) / 2)
  if (critical === undefined) return undefined
  const differences = pairwiseDifferences(x, y)
  return {
    low: differences[critical.value] as number,
    high: differences[differences.length - 1 - critical.value] as number,
    confidence: 1 - 2 * critical.tail,
  }
}

interface Draw {
  readonly size: number
  /** What the ranks are multiplied by: 2 for doubled mid-ranks. */
  readonly rankUnit: 1 | 2
}

/**
 * P(the sum of `size` ranks drawn without replacement = the smallest without ties + t), t from 0 to its mirror image: counts
 * the draws by size and sum, one rank after the other. Counts are doubles (C(128, 64) ≈ 2e37): sums of positive terms keep
 * 1e-13.
 */
function rankSumDistribution(ranks: readonly number[], { size, rankUnit }: Draw): Float64Array {
  const smallest = (rankUnit * size * (size + 1)) / 2
  const width = rankUnit * size * (ranks.length - size) + 1
  const counts = countDraws(ranks, size, smallest + width)
  const reachable = (counts[size] as Float64Array).slice(smallest, smallest + width)
  const all = sumOf(reachable)
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
