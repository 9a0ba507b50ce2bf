import { expect, test } from 'vitest'
import { MersenneTwister } from '../../../fixtures-server/mersenne-twister.ts'
import { WorkQueue } from '../../../fixtures-server/work-queue.ts'

function makeQueue(workers: number, law: 'fixed' | 'exponential' = 'fixed') {
  return new WorkQueue({ law: { law, meanMs: 10 }, workers, random: new MersenneTwister(1) })
}

test('work that finds a free server starts at once, other work waits for the first that is', () => {
  const queue = makeQueue(2)
  const times = [0, 1, 2, 3, 50].map((arrivalMs) => queue.admit(arrivalMs))
  expect(times).toEqual([
    { startMs: 0, endMs: 10 },
    { startMs: 1, endMs: 11 },
    { startMs: 10, endMs: 20 },
    { startMs: 11, endMs: 21 },
    { startMs: 50, endMs: 60 },
  ])
})

test('an M/M/1 queue at 70 % has the mean time in system that theory says', () => {
  const queue = makeQueue(1, 'exponential')
  const random = new MersenneTwister(2)
  let nowMs = 0
  let totalMs = 0
  const count = 400_000
  for (let i = 0; i < count; i++) {
    nowMs += -Math.log(1 - random.next()) * (10 / 0.7)
    totalMs += queue.admit(nowMs).endMs - nowMs
  }
  // 1 / (μ − λ) for μ = 1/10 and λ = 0.7/10 per millisecond.
  expect(Math.abs(totalMs / count / (10 / 0.3) - 1)).toBeLessThan(0.05)
})

test('with crosstalk a piece of work takes longer for every other that is still there', () => {
  const law = { law: 'fixed', meanMs: 10 } as const
  const queue = new WorkQueue({ law, workers: 2, random: new MersenneTwister(1), crosstalk: 0.1 })
  const ends = [0, 1, 2, 60].map((arrivalMs) => queue.admit(arrivalMs).endMs)
  expect(ends).toEqual([10, 12, 22, 70])
})
