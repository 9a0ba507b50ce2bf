import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/bench-error.ts'
import { makeArrivals } from '../../../src/engine/arrivals.ts'
import { makeRandom } from '../../../src/plan/random.ts'
import {
  checkShards,
  placeInWhole,
  type Shard,
  shardWorkload,
  splitEvenly,
  takeShard,
  wholeShard,
} from '../../../src/plan/shard.ts'

const counts = fc.integer({ min: 1, max: 16 })
const shardsOf = (count: number): Shard[] => Array.from({ length: count }, (_, index) => ({ index, count }))

function* takeFirst<Item>(items: Iterable<Item>, most: number): Generator<Item> {
  let left = most
  for (const item of items) {
    if (left-- === 0) return
    yield item
  }
}

describe('shards of an open loop', () => {
  it('are together exactly the schedule of one process, each its every Nth arrival', () => {
    const settings = fc.record({
      count: counts,
      ratePerSecond: fc.double({ min: 0.01, max: 100_000, noNaN: true }),
      process: fc.constantFrom('constant' as const, 'poisson' as const),
      seed: fc.nat(),
      arrivals: fc.integer({ min: 0, max: 300 }),
    })
    fc.assert(
      fc.property(settings, ({ count, ratePerSecond, process, seed, arrivals }) => {
        // Every process draws the whole schedule from the seed.
        const schedule = () => takeFirst(makeArrivals({ ratePerSecond, process, random: makeRandom(seed) }), arrivals)
        const whole = [...schedule()]
        const parts = shardsOf(count).map((shard) => [...takeShard(schedule(), shard)])
        expect(parts.flat().toSorted((a, b) => a - b)).toEqual(whole)
        for (const [index, dueMs] of whole.entries()) {
          expect(parts[index % count]?.[Math.floor(index / count)]).toBe(dueMs)
        }
      }),
    )
  })
})

describe('splitEvenly', () => {
  it('gives everything away, in parts that differ by one at most', () => {
    fc.assert(
      fc.property(fc.nat(100_000), counts, (total, count) => {
        const parts = shardsOf(count).map((shard) => splitEvenly(total, shard))
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total)
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1)
      }),
    )
  })
})

const closed = { model: 'closed', concurrency: 5, iterationTimeoutMs: 1_000 } as const
const open = { model: 'open', arrivalRate: 9, arrivals: 'constant', maxInFlight: 3, iterationTimeoutMs: 1_000 } as const

it('a place of a shard is one of the whole, and each is somebody’s', () => {
  const places = shardsOf(3).map((shard) => [0, 1, 2].map((own) => placeInWhole(own, shard)))
  expect(places).toEqual([
    [0, 3, 6],
    [1, 4, 7],
    [2, 5, 8],
  ])
  expect(wholeShard).toEqual({ index: 0, count: 1 })
})

describe('shardWorkload', () => {
  it('leaves what one process does alone', () => {
    for (const model of ['raw', 'autocannon', 'micro'] as const) {
      const workload = { model } as Parameters<typeof shardWorkload>[0]
      expect(shardWorkload(workload, { index: 1, count: 2 })).toBe(workload)
    }
    expect(shardWorkload(closed, { index: 1, count: 2 })).not.toHaveProperty('iterations')
  })

  it('splits workers and iterations of a closed loop', () => {
    const shards = shardsOf(2).map((shard) => shardWorkload({ ...closed, iterations: 11 }, shard))
    expect(shards).toMatchObject([
      { concurrency: 3, iterations: 6 },
      { concurrency: 2, iterations: 5 },
    ])
  })

  it('keeps the rate of an open loop, whose arrivals are taken from the whole schedule', () => {
    const shards = shardsOf(2).map((shard) => shardWorkload(open, shard))
    expect(shards).toMatchObject([
      { arrivalRate: 9, maxInFlight: 2 },
      { arrivalRate: 9, maxInFlight: 1 },
    ])
  })
})

describe('checkShards', () => {
  it('refuses processes that would have nothing to do', () => {
    expect(() => checkShards(closed, 5)).not.toThrow()
    expect(() => checkShards(closed, 6)).toThrow(
      new UsageError(
        'expected at most one process for each iteration under way, got 6 processes for concurrency 5; give 5 processes or less, or more concurrency',
      ),
    )
    expect(() => checkShards(open, 3)).not.toThrow()
    expect(() => checkShards(open, 4)).toThrow(/got 4 processes for maxInFlight 3; .* or more maxInFlight$/)
    for (const model of ['raw', 'autocannon', 'micro'])
      expect(() => checkShards({ model, maxInFlight: 1 } as never, 9)).not.toThrow()
  })
})
