import { describe, expect, it } from 'vitest'
import { closedLoopOf, makeSchedule } from '../../../src/engine/block-draws.ts'
import { blockSeed } from '../../../src/plan/derive-seed.ts'
import { type Shard, wholeShard } from '../../../src/plan/shard.ts'

const open = {
  model: 'open',
  arrivalRate: 500,
  arrivals: 'poisson',
  maxInFlight: 100,
  iterationTimeoutMs: 1_000,
} as const
const thinkTimeMs = { meanMs: 10 }
const closed = { model: 'closed', concurrency: 6, iterationTimeoutMs: 1_000, thinkTimeMs } as const
const place = { generation: 1, round: 4, half: 0 }

function arrivalsOf(seed: number, shard: Shard = wholeShard): number[] {
  const { arrivals, durationMs } = makeSchedule(open, { phase: 'measure', durationMs: 1_000, seed, shard })
  const due: number[] = []
  for (const dueMs of arrivals) {
    if (dueMs >= durationMs) return due
    due.push(dueMs)
  }
  return due
}

function pausesOf(seed: number, shard: Shard = wholeShard): number[][] {
  const { pauseOf, restOf } = closedLoopOf(closed, { phase: 'measure', durationMs: 1_000, seed, shard })
  const users = Array.from({ length: 6 / shard.count }, (_, user) => user)
  return users.map((user) => [
    restOf?.(user) as number,
    ...Array.from({ length: 20 }, (_, pause) => pauseOf?.(user, pause) as number),
  ])
}

describe('the draws of a block', () => {
  it('are the same for every block of one place', () => {
    expect(arrivalsOf(blockSeed(8, place))).toEqual(arrivalsOf(blockSeed(8, place)))
    expect(pausesOf(blockSeed(8, place))).toEqual(pausesOf(blockSeed(8, place)))
  })

  it.each([
    ['generation', { ...place, generation: 2 }],
    ['round', { ...place, round: 5 }],
    ['half', { ...place, half: 1 }],
  ])('are others in another %s', (_, other) => {
    expect(arrivalsOf(blockSeed(8, other))).not.toEqual(arrivalsOf(blockSeed(8, place)))
    expect(pausesOf(blockSeed(8, other))).not.toEqual(pausesOf(blockSeed(8, place)))
  })

  it.each([2, 3])('of %i processes are together those of one', (count) => {
    const seed = blockSeed(8, place)
    const shards = Array.from({ length: count }, (_, index) => ({ index, count }))
    const union = shards.flatMap((shard) => arrivalsOf(seed, shard)).sort((a, b) => a - b)
    expect(union).toEqual(arrivalsOf(seed))
    expect(union.length).toBeGreaterThan(400)
    const byUser = pausesOf(seed)
    for (const shard of shards) {
      for (const [own, pauses] of pausesOf(seed, shard).entries()) {
        expect(pauses).toEqual(byUser[own * count + shard.index])
      }
    }
  })
})
