import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeArrivals } from '../../../src/engine/arrivals.ts'
import { runClosedLoop } from '../../../src/engine/closed-loop.ts'
import { makeFeedRows } from '../../../src/engine/feed-rows.ts'
import type { IterationSource } from '../../../src/engine/iteration-slot.ts'
import { runOpenLoop } from '../../../src/engine/open-loop.ts'
import { throughputPerSecond } from '../../../src/sample/block-core.ts'
import type { RunIteration } from '../../../src/scenario/iteration.ts'
import { makeFakeClock } from './fake-clock.ts'

const rows = (count: number, more: object = {}) => ({
  kind: 'rows' as const,
  rows: Array.from({ length: count }, (_, row) => `row ${row}`),
  order: 'sequential' as const,
  onEnd: 'repeat' as const,
  ...more,
})

function makeSource(): IterationSource {
  let next = 0
  const dataOf = makeFeedRows(rows(5), 1)
  return { nextIndex: () => next++, dataOf, userOf: (index) => ({ index, data: `user ${index}` }) }
}

describe('what an iteration knows', () => {
  it('is its index, its row and its user, in a closed loop', async () => {
    const clock = makeFakeClock()
    const seen: unknown[] = []
    const run: RunIteration = async (_, { index, data, user }) => {
      seen.push([index, data, user])
      await clock.sleep(10)
    }
    const options = { concurrency: 2, iterations: 7, durationMs: 60_000, iterationTimeoutMs: 1_000 }
    await clock.drive(runClosedLoop({ ...options, clock, run, source: makeSource() }))
    expect(seen).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((index) => [
        index,
        `row ${index % 5}`,
        { index: index % 2, data: `user ${index % 2}` },
      ]),
    )
  })

  it('is the place of its arrival in an open loop, dropped arrivals counted', async () => {
    const clock = makeFakeClock()
    const seen: number[] = []
    const run: RunIteration = (_, { index }) => {
      seen.push(index)
      return clock.sleep(25)
    }
    const arrivals = makeArrivals({ ratePerSecond: 100, process: 'constant', random: () => 0.5 })
    const options = { arrivals, durationMs: 60, maxInFlight: 1, iterationTimeoutMs: 1_000 }
    const { dropped } = await clock.drive(runOpenLoop({ ...options, clock, run, source: makeSource() }))
    expect({ seen, dropped }).toEqual({ seen: [0, 3], dropped: 4 })
  })

  it('ends with the data when they end: a closed block is over, and its throughput is by the time that they took', async () => {
    const clock = makeFakeClock()
    const options = { concurrency: 2, mostIterations: 6, durationMs: 1_000, iterationTimeoutMs: 1_000 }
    const result = await clock.drive(runClosedLoop({ ...options, clock, run: () => clock.sleep(10) }))
    expect(result).toMatchObject({ succeeded: 6, failed: 0, elapsedMs: 30, workMs: 30 })
    const fewer = await clock.drive(runClosedLoop({ ...options, concurrency: 9, clock, run: () => clock.sleep(10) }))
    expect(throughputPerSecond(fewer)).toBe(600)
  })

  it('ends with the data in an open loop too', async () => {
    const clock = makeFakeClock()
    const arrivals = makeArrivals({ ratePerSecond: 100, process: 'constant', random: () => 0.5 })
    const options = { arrivals, mostIterations: 6, durationMs: 1_000, maxInFlight: 9, iterationTimeoutMs: 1_000 }
    const result = await clock.drive(runOpenLoop({ ...options, clock, run: () => {} }))
    expect(result).toMatchObject({ intended: 6, succeeded: 6, workMs: 60 })
  })

  it('takes a row that cannot be made as a failure of the iteration', async () => {
    const clock = makeFakeClock()
    const dataOf = () => {
      throw new Error('no row')
    }
    const options = { concurrency: 1, iterations: 2, durationMs: 1_000, iterationTimeoutMs: 1_000 }
    const source = { ...makeSource(), dataOf }
    const result = await clock.drive(runClosedLoop({ ...options, clock, run: () => {}, source }))
    expect(result).toMatchObject({ failed: 2, failures: [{ code: 'other', message: 'no row' }] })
  })
})

describe('makeFeedRows', () => {
  it('gives rows in their order, again and again', () => {
    const rowOf = makeFeedRows(rows(3), 1)
    expect([0, 1, 2, 3, 7].map(rowOf)).toEqual(['row 0', 'row 1', 'row 2', 'row 0', 'row 1'])
  })

  it('gives every row once in each pass of a random order, the same for whoever asks and whenever', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(0xffff_ffff), (count, seed) => {
        const feed = rows(count, { order: 'random' })
        const rowOf = makeFeedRows(feed, seed)
        const passes = [0, 1, 2].map((pass) => Array.from({ length: count }, (_, i) => rowOf(pass * count + i)))
        for (const pass of passes) expect(pass.toSorted()).toEqual(feed.rows.toSorted())
        const again = makeFeedRows(feed, seed)
        expect(Array.from({ length: 3 * count }, (_, i) => again(3 * count - 1 - i)).toReversed()).toEqual(
          passes.flat(),
        )
      }),
    )
  })

  it('gives another order in each pass and for each seed', () => {
    const order = (seed: number, pass: number) => {
      const rowOf = makeFeedRows(rows(20, { order: 'random' }), seed)
      return Array.from({ length: 20 }, (_, i) => rowOf(20 * pass + i)).join()
    }
    expect(new Set([order(1, 0), order(1, 1), order(1, 2), order(2, 0)]).size).toBe(4)
  })

  it('makes generated rows from their index, with randomness of their own', () => {
    const feed = { kind: 'generated' as const, generate: (index: number, random: () => number) => [index, random()] }
    const rowOf = makeFeedRows(feed, 5)
    expect(rowOf(3)).toEqual(makeFeedRows(feed, 5)(3))
    expect(rowOf(3)).not.toEqual(makeFeedRows(feed, 6)(3))
    expect(new Set(Array.from({ length: 100 }, (_, i) => (rowOf(i) as number[])[1])).size).toBe(100)
  })

  it('gives nothing without a feed', () => {
    expect(makeFeedRows(undefined, 1)(0)).toBeUndefined()
  })
})
