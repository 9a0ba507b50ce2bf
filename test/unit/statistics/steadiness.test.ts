import { expect, test } from 'vitest'
import { batchMedians, testSteadiness } from '../../../src/statistics/steadiness.ts'

const wave = (blocks: number, at: (block: number) => number) =>
  Array.from({ length: blocks }, (_, block) => 100 * at(block) * (1 + 0.01 * Math.sin(block * 2.4)))

test.each([
  { what: 'eleven blocks', values: wave(11, () => 1), state: 'too few' },
  { what: 'twelve blocks', values: wave(12, () => 1), state: 'steady' },
  {
    what: 'a rise of 10 % that may be chance',
    values: [100, 105, 98, 110, 103, 112].flatMap((level) => [level, level]),
    state: 'steady',
  },
  { what: 'blocks about one level', values: wave(40, () => 1), state: 'steady' },
  { what: 'a rise of 10 %', values: wave(40, (block) => 1 + block / 400), state: 'unsteady' },
  { what: 'a fall of 10 %', values: wave(100, (block) => 1 - block / 1000), state: 'unsteady' },
  { what: 'a sure rise of 1 %', values: Array.from({ length: 40 }, (_, i) => 100 + i / 40), state: 'steady' },
  { what: 'all blocks alike', values: wave(40, () => 1).fill(7), state: 'steady' },
])('$what: $state', ({ values, state }) => {
  expect(testSteadiness(values).state).toBe(state)
})

test('the change is that over the whole run', () => {
  const { changePercent } = testSteadiness(Array.from({ length: 640 }, (_, i) => 1.1 ** (i / 640)))
  // From the middle of the first of eight batches to that of the last: 7/8 of the way.
  expect(changePercent).toBeCloseTo((1.1 ** (7 / 8) - 1) * 100, 6)
})

test.each([
  { blocks: 60, batches: 6 },
  { blocks: 64, batches: 8 },
])('$blocks blocks are read in $batches batches', ({ blocks, batches }) => {
  const { changePercent } = testSteadiness(Array.from({ length: blocks }, (_, i) => 1.1 ** (i / blocks)))
  expect(changePercent).toBeCloseTo((1.1 ** ((batches - 1) / batches) - 1) * 100, 6)
})

test('batches differ by one value at most, and few values stay as they are', () => {
  expect(batchMedians([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1.5, 3.5, 6])
  expect(batchMedians([3, 1], 3)).toEqual([3, 1])
})
