import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import { addPath, isTrue, percentileOf, sortedTimes } from '../../proofs/truth.ts'

describe('the truth that the proofs compare with', () => {
  it('takes the ranks that histograms take', () => {
    const values = Array.from({ length: 997 }, (_, index) => index + 1)
    const histogram = new Histogram()
    for (const value of values) histogram.record(value)
    for (const percent of [0, 10, 50, 90, 99, 99.9, 100])
      expect(percentileOf(values, percent)).toBe(Math.max(1, histogram.percentileUs(percent)))
    expect(percentileOf([], 50)).toBeNaN()
  })

  it('adds a path to times, each with each', () => {
    expect(addPath([3, 1, 2], [10], () => 0.5)).toEqual([11, 12, 13])
    const fixed = addPath(Array<number>(20_000).fill(5), [0, 0, 0, 1], makeRandom(1))
    expect(percentileOf(fixed, 50)).toBe(5)
    expect(percentileOf(fixed, 90)).toBe(6)
    // Of two exponential times, the 99th percentile of the sum (6.64) is less than the sum of the percentiles (9.21).
    const random = makeRandom(2)
    const draw = () => Array.from({ length: 20_000 }, () => -Math.log(1 - random()))
    expect(Math.abs(percentileOf(addPath(draw(), draw(), random), 99) - 6.64)).toBeLessThan(0.3)
  })

  it('holds within 0.5 ms or 2 %, whichever is more', () => {
    expect([isTrue(5.5, 5), isTrue(5.51, 5), isTrue(102, 100), isTrue(97.9, 100)]).toEqual([true, false, true, false])
    expect(sortedTimes([10, 9, 1])).toEqual([1, 9, 10])
  })
})
