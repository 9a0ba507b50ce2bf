import { expect, it } from 'vitest'
import { sumOf } from '../../../src/statistics/sum-of.ts'

it('adds numbers, and what is read from items, whatever holds them; none come to 0', () => {
  expect(sumOf([1, 2, 3.5])).toBe(6.5)
  expect(sumOf(Float64Array.of(1, 2))).toBe(3)
  expect(sumOf(new Map([['a', 2]]).values())).toBe(2)
  expect(sumOf([{ ms: 1 }, { ms: 41 }], ({ ms }) => ms)).toBe(42)
  expect(sumOf([])).toBe(0)
})
