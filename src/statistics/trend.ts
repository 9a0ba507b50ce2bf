import { normalCdf } from './normal.ts'
import { median } from './quantile.ts'
import { rankValues } from './ranks.ts'
import { twoSidedPValue } from './signed-rank.ts'
import { sumOf } from './sum-of.ts'

/** What the Mann-Kendall test says about values in the order in which they were measured. */
interface Trend {
  /** Rising pairs less falling pairs. */
  readonly s: number
  /** Two-sided. */
  readonly pValue: number
  /** `exact`: over all n! orders; `normal`: approximation with tie and continuity correction. */
  readonly method: 'exact' | 'normal'
  /** Median slope over all pairs, per step (Sen 1968, JASA 63:1379–1389): how strong the trend is, not only how sure. */
  readonly slopePerStep: number
}

const EXACT_UP_TO = 50

/**
 * Mann-Kendall trend test: exact without ties and up to 50 values, else normal with the tie-corrected variance and a
 * continuity correction. It takes the values to be independent: of neighbouring blocks use `testSteadiness`.
 * Source: Mann 1945, Econometrica 13:245–259; Kendall 1975, Rank Correlation Methods, ch. 4–5.
 */
export function testTrend(values: readonly number[]): Trend {
  const { s, slopes } = comparePairs(values)
  const { tieSizes } = rankValues(values)
  const isExact = tieSizes.length === 0 && values.length <= EXACT_UP_TO
  return {
    s,
    pValue: isExact ? exactPValue(s, values.length) : normalPValue(s, values.length, tieSizes),
    method: isExact ? 'exact' : 'normal',
    slopePerStep: slopes.length === 0 ? 0 : median(slopes),
  }
}

function comparePairs(values: readonly number[]): { s: number; slopes: number[] } {
  const slopes: number[] = []
  let s = 0
  for (let later = 1; later < values.length; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      const rise = (values[later] as number) - (values[earlier] as number)
      s += Math.sign(rise)
      slopes.push(rise / (later - earlier))
    }
  }
  return { s, slopes }
}

function exactPValue(s: number, count: number): number {
  const pairs = (count * (count - 1)) / 2
  return twoSidedPValue(inversionDistribution(count), (pairs - s) / 2)
}

/** P(a random order of `count` values has k inversions), by inserting one value after the other (Kendall 1975, ch. 5). */
export function inversionDistribution(count: number): Float64Array {
  let probabilities = Float64Array.of(1)
  for (let places = 2; places <= count; places++) {
    const next = new Float64Array(probabilities.length + places - 1)
    for (const [inversions, probability] of probabilities.entries()) {
      for (let more = 0; more < places; more++) {
        next[inversions + more] = (next[inversions + more] as number) + probability / places
      }
    }
    probabilities = next
  }
  return probabilities
}

function normalPValue(s: number, count: number, tieSizes: readonly number[]): number {
  const spread = (size: number) => size * (size - 1) * (2 * size + 5)
  const variance = (spread(count) - sumOf(tieSizes, spread)) / 18
  // Without a trend the corrected score is above zero, of nothing but ties without bound: p is 1.
  return Math.min(1, 2 * normalCdf((1 - Math.abs(s)) / Math.sqrt(variance)))
}
