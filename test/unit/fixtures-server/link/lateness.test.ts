import { expect, test } from 'vitest'
import { LatenessBook } from '../../../../fixtures-server/link/lateness.ts'

test('has the median of what was recorded since the last time, to a hundredth of a millisecond', () => {
  const book = new LatenessBook()
  for (const lateMs of [0.001, 0.254, 0.257, 3, 99]) book.record(lateMs)
  expect(book.take()).toEqual({ pieces: 5, medianMs: 0.25 })
  expect(book.take()).toEqual({ pieces: 0, medianMs: 0 })
})

test('says ten milliseconds of whatever is later, and nothing of what comes early', () => {
  const book = new LatenessBook()
  book.record(1_000)
  expect(book.take().medianMs).toBeCloseTo(9.99)
  book.record(-1)
  expect(book.take().medianMs).toBe(0)
})
