import { at } from '../session/at.ts'
import { walshAverages } from './hodges-lehmann.ts'
import { quantileOfSorted } from './quantile.ts'
import { rankValues } from './ranks.ts'
import { sumOf } from './sum-of.ts'

/** What Wilcoxon's signed-rank test says about differences whose centre of symmetry is 0 under the null hypothesis. */
interface SignedRankTest {
  /** Sum of the ranks of the positive differences. */
  readonly statistic: number
  /** Exact, two-sided. */
  readonly pValue: number
  readonly zeros: number
  /** Non-zero differences whose size equals another's. */
  readonly tied: number
}

/** A confidence interval with the confidence that it really has, at least the one asked for. */
export interface ExactInterval {
  readonly low: number
  readonly high: number
  readonly confidence: number
}

/**
 * P(T = t), t = 0 … Σ ranks, when each rank enters the sum with probability ½: the null distribution of the signed-rank
 * sum. Each step halves and adds positive doubles, nothing is subtracted, so the relative error stays below n·2⁻⁵³.
 * Source: Hollander, Wolfe & Chicken §3.1; for mid-ranks, the conditional distribution of the same §, comment 10.
 */
export function signedRankDistribution(ranks: readonly number[]): Float64Array {
  const probabilities = new Float64Array(sumOf(ranks) + 1)
  probabilities[0] = 1
  let reached = 0
  for (const rank of ranks) {
    reached += rank
    for (let t = reached; t >= 0; t--) {
      const without = probabilities[t] as number
      const withRank = t >= rank ? (probabilities[t - rank] as number) : 0
      probabilities[t] = (without + withRank) / 2
    }
  }
  return probabilities
}

/**
 * Exact two-sided signed-rank test. Zeros take part in the ranking and their ranks are then dropped (Pratt 1959, JASA
 * 54:655–667), which agrees with the Walsh averages of `signedRankInterval`; ties get mid-ranks and the distribution is
 * that of these very mid-ranks under random signs. So the test is exact in every case, given only that each sign is a
 * fair coin: what the seeded order of the blocks provides.
 */
export function signedRankTest(differences: readonly number[]): SignedRankTest {
  const { doubled } = rankValues(differences.map(Math.abs))
  const ranks = doubled.filter((_, i) => differences[i] !== 0)
  const sumPositive = doubled.reduce((sum, rank, i) => (at(differences, i) > 0 ? sum + rank : sum), 0)
  const nonZeroSizes = differences.filter((value) => value !== 0).map(Math.abs)
  return {
    statistic: sumPositive / 2,
    pValue: twoSidedPValue(signedRankDistribution(ranks), sumPositive),
    zeros: differences.length - ranks.length,
    tied: sumOf(rankValues(nonZeroSizes).tieSizes),
  }
}

/** Twice the smaller of P(T ≤ statistic) and P(T ≥ statistic), at most 1; the tails are summed from their thin ends. */
export function twoSidedPValue(probabilities: Float64Array, statistic: number): number {
  const sum = (total: number, probability: number) => total + probability
  const lower = probabilities.subarray(0, statistic + 1).reduce(sum, 0)
  const upper = probabilities.subarray(statistic).reduceRight(sum, 0)
  return Math.min(1, 2 * Math.min(lower, upper))
}

/**
 * The exact confidence interval of the pseudo-median: the Walsh averages that a signed-rank test at level 1 − confidence
 * does not reject, ends included; undefined when n is too small for any. With ties or zeros it holds at least its
 * confidence (Noether 1967, JASA 62:184–188). Source: Hollander, Wolfe & Chicken §3.3.
 */
export function signedRankInterval(differences: readonly number[], confidence: number): ExactInterval | undefined {
  return readInterval(walshAverages(differences), differences.length, confidence)
}

/** The pseudo-median and its interval at once, for the price of one: what a simulation asks for thousands of times. */
export function signedRankEstimate(
  differences: readonly number[],
  confidence: number,
): { readonly shift: number; readonly interval: ExactInterval | undefined } {
  const averages = walshAverages(differences)
  return {
    shift: quantileOfSorted(averages, 0.5),
    interval: readInterval(averages, differences.length, confidence),
  }
}

function readInterval(averages: Float64Array, count: number, confidence: number): ExactInterval | undefined {
  const critical = lowerCriticalValue(untiedDistribution(count), (1 - confidence) / 2)
  if (critical === undefined) return undefined
  return {
    low: at(averages, critical.value),
    high: at(averages, averages.length - 1 - critical.value),
    confidence: 1 - 2 * critical.tail,
  }
}

// A tail that equals the level but for rounding (1/2⁶ against 0.03125/2, say) counts as within it.
const ROUNDING = 1 + 1e-12

/** The largest value whose lower tail is at most `level`, with that tail; undefined when even the first value has more. */
export function lowerCriticalValue(
  probabilities: Float64Array,
  level: number,
): { readonly value: number; readonly tail: number } | undefined {
  let tail = 0
  for (let t = 0; t < probabilities.length; t++) {
    const wider = tail + (probabilities[t] as number)
    if (wider > level * ROUNDING) return t === 0 ? undefined : { value: t - 1, tail }
    tail = wider
  }
  return undefined
}

/** The fewest units for which an interval of this confidence exists: the smallest two-sided p of n units is 2¹⁻ⁿ. */
export function minimumUnits(confidence: number): number {
  const alpha = (1 - confidence) * ROUNDING
  let units = 1
  while (2 ** (1 - units) > alpha) units++
  return units
}

const untiedDistributions = new Map<number, Float64Array>()

/** The null distribution for so many differences without ties: kept, for a simulation asks for the same ones again and again. */
function untiedDistribution(count: number): Float64Array {
  const known = untiedDistributions.get(count)
  if (known !== undefined) return known
  const made = signedRankDistribution(Array.from({ length: count }, (_, index) => index + 1))
  untiedDistributions.set(count, made)
  return made
}
