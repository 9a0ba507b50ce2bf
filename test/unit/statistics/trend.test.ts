import { expect, test } from 'vitest'
import { inversionDistribution, testTrend } from '../../../src/statistics/trend.ts'
import { isWithin, r, scipy } from './vectors.ts'

test('four rising values, worked by hand: one order in 24 and its mirror image; slopes 1, 1, 1, 4/3, 3/2, 2', () => {
  expect(testTrend([1, 2, 3, 5])).toEqual({
    s: 6,
    pValue: expect.closeTo(2 / 24, 12),
    method: 'exact',
    slopePerStep: expect.closeTo((1 + 4 / 3) / 2, 12),
  })
  expect([...inversionDistribution(3)].map((p) => Math.round(p * 6))).toEqual([1, 2, 2, 1])
})

test.each(scipy.trend)("p and slope are scipy's ($values.length values)", ({ values, pValue, slopePerStep }) => {
  const ours = testTrend(values)
  expect(ours.pValue).toSatisfy((value: number) => isWithin(value, pValue))
  expect(ours.slopePerStep).toBeCloseTo(slopePerStep, 12)
})

test.each(r.trends)("p is that of R's cor.test, exact: $exact ($values.length values)", ({ values, exact, pValue }) => {
  const ours = testTrend(values)
  expect(ours.method).toBe(exact ? 'exact' : 'normal')
  expect(ours.pValue).toSatisfy((value: number) => isWithin(value, pValue))
})

test.each([[[]], [[1]], [[2, 2, 2, 2]]])('%j shows no trend', (values) => {
  expect(testTrend(values)).toMatchObject({ s: 0, pValue: 1, slopePerStep: 0 })
})

test('ties, or more values than are counted exactly, leave the normal approximation', () => {
  // s = 5, variance (4·3·13 − 2·1·9) / 18 = 7.667: z = (5 − 1) / 2.769 = 1.4446.
  expect(testTrend([1, 1, 2, 3])).toMatchObject({ s: 5, method: 'normal', pValue: expect.closeTo(0.1486, 4) })
  expect(testTrend([3, 2, 1, 1])).toMatchObject({ s: -5, method: 'normal', pValue: expect.closeTo(0.1486, 4) })
  expect(testTrend([1, 2, 1])).toMatchObject({ s: 0, method: 'normal', pValue: 1 })
  const rising = Array.from({ length: 51 }, (_, i) => i)
  expect(testTrend(rising.slice(1)).method).toBe('exact')
  expect(testTrend(rising)).toMatchObject({ method: 'normal', s: (51 * 50) / 2 })
  expect(testTrend(rising).pValue).toBeLessThan(1e-20)
})
