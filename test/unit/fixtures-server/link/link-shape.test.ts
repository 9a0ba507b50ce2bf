import { expect, test } from 'vitest'
import { makeTransit } from '../../../../fixtures-server/link/link-shape.ts'

test('each direction takes half the round trip', () => {
  const transit = makeTransit({ rttMs: 20 })
  expect([transit(100, 1), transit(100, 1_000_000), transit(107, 1)]).toEqual([110, 110, 117])
})

test('limited bandwidth makes a piece wait for those before it, and for nothing when the link was free', () => {
  const transit = makeTransit({ rttMs: 20, bytesPerSecond: 1_000_000 })
  expect(transit(0, 5_000)).toBe(15)
  expect(transit(1, 5_000)).toBe(20)
  expect(transit(100, 1_000)).toBe(111)
})

test('jitter stays within its bound and comes from the seed', () => {
  const draw = (seed: number) => {
    const transit = makeTransit({ rttMs: 20, jitterMs: 4, seed })
    return Array.from({ length: 100 }, () => transit(0, 1))
  }
  for (const dueMs of draw(1)) expect(dueMs >= 10 && dueMs < 14).toBe(true)
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
})
