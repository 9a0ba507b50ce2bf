import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../../src/plan/random.ts'
import { readDrift } from '../../../../src/tune/search/drift.ts'
import { runCourse, type SimulatedQueue } from '../../../proofs/simulated-rates.ts'

describe('the drift of simulated queues', () => {
  const queue = (change: Partial<SimulatedQueue>): SimulatedQueue => ({
    ...{ name: '', workers: 8, connections: 8, serviceMs: 5, law: 'exponential' },
    ...change,
  })
  const share = (
    of: SimulatedQueue,
    rate: number,
    accept: (drift: NonNullable<ReturnType<typeof readDrift>>) => boolean,
  ) => {
    const random = makeRandom(7)
    const runs = Array.from({ length: 200 }, () => readDrift([runCourse(of, rate * 1_600, 4, random)]))
    return runs.filter((drift) => drift !== undefined && accept(drift)).length / runs.length
  }
  const grows = (rate: number) => share(queue({}), rate, ({ low }) => low > 0)
  const holds = (rate: number) =>
    share(queue({}), rate, ({ atMost, perSecond }) => {
      return Math.max(atMost, perSecond) < 0.01 * rate * 1_600
    })

  it('calls a queue growing that is at rest in at most one of twenty, near to its capacity too', () => {
    for (const rate of [0.9, 0.95, 0.98]) expect(grows(rate)).toBeLessThanOrEqual(0.05)
    expect(grows(1.05)).toBeGreaterThanOrEqual(0.85)
  })

  it('calls a queue held that grows in at most one of twenty', () => {
    for (const rate of [1.02, 1.05]) expect(holds(rate)).toBeLessThanOrEqual(0.05)
    expect(holds(0.95)).toBeGreaterThanOrEqual(0.95)
  })

  it('covers the capacity of a queue that is never empty in nineteen of twenty', () => {
    const covers = share(queue({}), 1.1, ({ capacity }) => {
      return capacity !== undefined && capacity.low <= 1_600 && capacity.high >= 1_600
    })
    expect(covers).toBeGreaterThanOrEqual(0.92)
  })
})
