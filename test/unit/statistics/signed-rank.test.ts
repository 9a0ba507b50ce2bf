import { expect, test } from 'vitest'
import { pseudoMedian } from '../../../src/statistics/hodges-lehmann.ts'
import {
  minimumUnits,
  signedRankDistribution,
  signedRankInterval,
  signedRankTest,
} from '../../../src/statistics/signed-rank.ts'
import { isWithin, r, scipy } from './vectors.ts'

const ranksUpTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

test('three differences, worked by hand: eight patterns of signs', () => {
  expect([...signedRankDistribution([1, 2, 3])]).toEqual([1, 1, 1, 2, 1, 1, 1].map((ways) => ways / 8))
  expect(signedRankTest([1, 2, 3])).toEqual({ statistic: 6, pValue: 2 / 8, zeros: 0, tied: 0 })
  expect(signedRankTest([1, -2, 3])).toEqual({ statistic: 4, pValue: 6 / 8, zeros: 0, tied: 0 })
})

test('zeros are ranked and then dropped; ties share their mid-rank', () => {
  // Sizes 0 1 1 2 have ranks 1, 2½, 2½, 4; the sums of {2½, 2½, 4} under random signs are 0 2½ 2½ 4 5 6½ 6½ 9.
  expect(signedRankTest([0, 1, 1, 2])).toEqual({ statistic: 9, pValue: 2 / 8, zeros: 1, tied: 2 })
  expect(signedRankTest([0, 1, -1, 2])).toEqual({ statistic: 6.5, pValue: 6 / 8, zeros: 1, tied: 2 })
  expect(signedRankTest([0, 0, 0])).toEqual({ statistic: 0, pValue: 1, zeros: 3, tied: 0 })
})

test.each(r.signedRankTables)("the null distribution of $n units is R's dsignrank", ({ n, density }) => {
  const ours = signedRankDistribution(ranksUpTo(n))
  expect(ours).toHaveLength(density.length)
  expect(density.filter((expected, t) => !isWithin(ours[t] as number, expected))).toEqual([])
})

test.each([...scipy.signedRank, ...scipy.signedRankWithTies])(
  'p and statistic are those of scipy ($differences.length units, p $pValue)',
  ({ differences, statistic, pValue }) => {
    const ours = signedRankTest(differences)
    expect(ours.statistic).toBe(statistic)
    expect(ours.pValue).toSatisfy((value: number) => isWithin(value, pValue))
  },
)

test.each(r.oneSample)(
  "p, estimate and interval are those of R's wilcox.test ($differences.length units, $confidence)",
  ({ differences, confidence, pValue, pseudoMedian: estimate, interval }) => {
    expect(signedRankTest(differences).pValue).toSatisfy((value: number) => isWithin(value, pValue))
    expect(pseudoMedian(differences)).toBeCloseTo(estimate, 12)
    const ours = signedRankInterval(differences, confidence)
    if (interval === null) return expect(ours).toBeUndefined()
    expect(ours?.low).toBeCloseTo(interval[0], 12)
    expect(ours?.high).toBeCloseTo(interval[1], 12)
  },
)

test.each(scipy.signedRankIntervals)(
  "the interval holds what scipy's test does not reject ($differences.length units, $confidence)",
  ({ differences, confidence, interval, pseudoMedian: estimate }) => {
    expect(pseudoMedian(differences)).toBeCloseTo(estimate, 12)
    const ours = signedRankInterval(differences, confidence)
    expect(ours && [ours.low, ours.high]).toEqual(interval ?? undefined)
  },
)

test('an interval says the confidence that it has', () => {
  const six = [1, 2, 3, 4, 5, 6]
  expect(signedRankInterval(six, 0.95)).toEqual({ low: 1, high: 6, confidence: 1 - 2 / 64 })
  expect(signedRankInterval(six, 1 - 2 / 64)).toEqual({ low: 1, high: 6, confidence: 1 - 2 / 64 })
  expect(signedRankInterval(six, 0.97)).toBeUndefined()
})

test.each([
  { confidence: 0.5, units: 2 },
  { confidence: 0.95, units: 6 },
  { confidence: 0.9875, units: 8 },
  { confidence: 0.99, units: 8 },
  { confidence: 1 - 2 / 64, units: 6 },
])('an interval of confidence $confidence takes $units units', ({ confidence, units }) => {
  expect(minimumUnits(confidence)).toBe(units)
  expect(signedRankInterval(ranksUpTo(units), confidence)).toBeDefined()
  expect(signedRankInterval(ranksUpTo(units - 1), confidence)).toBeUndefined()
})
