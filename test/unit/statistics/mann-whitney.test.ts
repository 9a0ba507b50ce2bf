import { expect, test } from 'vitest'
import { twoSampleShift } from '../../../src/statistics/hodges-lehmann.ts'
import { rankSumInterval, rankSumTest } from '../../../src/statistics/mann-whitney.ts'
import { isWithin, r, scipy } from './vectors.ts'

test('two against two, worked by hand: six ways to deal four ranks', () => {
  expect(rankSumTest([1, 2], [3, 4])).toEqual({ statistic: 4, pValue: 2 / 6, tied: 0 })
  expect(rankSumTest([3, 4], [1, 2])).toEqual({ statistic: 0, pValue: 2 / 6, tied: 0 })
  expect(rankSumTest([5, 5], [5, 5])).toEqual({ statistic: 2, pValue: 1, tied: 4 })
})

test.each([...scipy.rankSum, ...scipy.rankSumWithTies])(
  'p and statistic are those of scipy ($x.length against $y.length)',
  ({ x, y, statistic, pValue }) => {
    const ours = rankSumTest(x, y)
    expect(ours.statistic).toBe(statistic)
    expect(ours.pValue).toSatisfy((value: number) => isWithin(value, pValue))
  },
)

test.each(scipy.rankSum)('the shift is the median of all differences ($x.length, $y.length)', ({ x, y, shift }) => {
  expect(twoSampleShift(x, y)).toBeCloseTo(shift, 12)
})

test.each(r.twoSample)(
  "p, shift and interval are those of R's wilcox.test ($x.length against $y.length)",
  ({ x, y, confidence, pValue, shift, interval }) => {
    expect(rankSumTest(x, y).pValue).toSatisfy((value: number) => isWithin(value, pValue))
    expect(twoSampleShift(x, y)).toBeCloseTo(shift, 12)
    const ours = rankSumInterval(x, y, confidence)
    expect(ours?.low).toBeCloseTo(interval[0], 12)
    expect(ours?.high).toBeCloseTo(interval[1], 12)
  },
)

test('an interval says the confidence that it has', () => {
  // Three against three: 20 ways to deal the ranks, so the whole range of differences holds all but 2 of 20.
  expect(rankSumInterval([1, 2, 3], [10, 12, 14], 0.9)).toEqual({
    low: 7,
    high: 13,
    confidence: expect.closeTo(0.9, 12),
  })
})

test('groups too small for the confidence give no interval', () => {
  expect(rankSumInterval([1, 2], [3, 4], 0.95)).toBeUndefined()
})
