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
