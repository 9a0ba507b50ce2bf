import { expect, test } from 'vitest'
import { normalCdf, normalQuantile } from '../../../src/statistics/normal.ts'
import { mean, median, quantile } from '../../../src/statistics/quantile.ts'
import { isWithin, scipy } from './vectors.ts'

test.each(scipy.normal.cdf)("the normal distribution at %d is scipy's %d", (z, expected) => {
  expect(normalCdf(z)).toSatisfy((value: number) => isWithin(value, expected) && Math.abs(value / expected - 1) < 1e-9)
})

test.each(scipy.normal.quantile)("the normal quantile of %d is scipy's %d", (probability, expected) => {
  expect(normalQuantile(probability)).toSatisfy((value: number) => isWithin(value, expected))
})

test('the normal distribution is all of one beyond what a series reaches, and none of it on the other side', () => {
  expect([normalCdf(40), normalCdf(Number.POSITIVE_INFINITY), normalCdf(-40)]).toEqual([1, 1, 0])
  expect(normalCdf(Number.NaN)).toBeNaN()
})

test.each([0, 1, -0.1, 1.1, Number.NaN])('there is no normal quantile of %d', (probability) => {
  expect(() => normalQuantile(probability)).toThrow(new RangeError(`probability ${probability} is not within (0, 1)`))
})

test.each(scipy.quantiles.quantiles)("the quantile at %d is numpy's %d", (fraction, expected) => {
  expect(quantile(scipy.quantiles.values, fraction)).toBeCloseTo(expected, 12)
})

test('medians of odd and even counts; none of nothing', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(() => median([])).toThrow(new RangeError('quantile of no values'))
  expect(() => mean([])).toThrow(new RangeError('mean of no values'))
})
