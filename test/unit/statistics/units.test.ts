import { expect, test } from 'vitest'
import { isComparable, logContrast } from '../../../src/statistics/contrast.ts'
import { makeUnits } from '../../../src/statistics/units.ts'

test('a round that takes twice as long in both blocks is ln 2 away; a linear drift cancels in a mirrored round', () => {
  expect(logContrast({ baseline: [10, 30], contender: [20, 60] })).toBeCloseTo(Math.log(2), 12)
  const drifting = [0, 1, 2, 3].map((slot) => Math.exp(0.1 * slot)) as [number, number, number, number]
  const [first, second, third, fourth] = drifting
  expect(logContrast({ baseline: [first, fourth], contender: [second, third] })).toBeCloseTo(0, 12)
})

test('the same two values in either order differ by exactly nothing', () => {
  expect(logContrast({ baseline: [0.1, 0.7], contender: [0.7, 0.1] })).toBe(0)
})

test.each([
  { baseline: [1, 2], contender: [1, 2], comparable: true },
  { baseline: [1, 0], contender: [1, 2], comparable: false },
  { baseline: [1, 2], contender: [-1, 2], comparable: false },
  { baseline: [1, 2], contender: [Number.NaN, 2], comparable: false },
  { baseline: [1, Number.POSITIVE_INFINITY], contender: [1, 2], comparable: false },
  { baseline: [], contender: [1], comparable: false },
])('$baseline against $contender, comparable: $comparable', ({ comparable, ...values }) => {
  expect(isComparable(values)).toBe(comparable)
})

const rounds = [
  { generation: 0, difference: 3 },
  { generation: 2, difference: 7 },
  { generation: 0, difference: 1 },
  { generation: 2, difference: 8 },
  { generation: 0, difference: 100 },
]

test('every quad is a unit, or every generation is one by its median', () => {
  expect(makeUnits(rounds, 'quad')).toEqual([3, 7, 1, 8, 100])
  expect(makeUnits(rounds, 'generation')).toEqual([3, 7.5])
  expect(makeUnits([], 'generation')).toEqual([])
})
