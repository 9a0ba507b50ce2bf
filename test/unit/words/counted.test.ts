import { expect, it } from 'vitest'
import { agree, counted, grouped } from '../../../src/words/counted.ts'

it('says a number of things with its noun and its verb', () => {
  expect([0, 1, 2, 12_345].map((count) => counted(count, 'unit'))).toEqual([
    '0 units',
    '1 unit',
    '2 units',
    '12,345 units',
  ])
  expect([0, 1, 2].map((count) => agree(count, 'was', 'were'))).toEqual(['were', 'was', 'were'])
  expect(grouped(1_000_000)).toBe('1,000,000')
})
