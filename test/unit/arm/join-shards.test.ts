import { expect, it } from 'vitest'
import type { ArmProcess } from '../../../src/arm/arm-host.ts'
import { joinShards } from '../../../src/arm/join-shards.ts'
import type { ArmRequest } from '../../../src/arm/messages.ts'
import { makeBlock } from '../judge/make-block.ts'

const block = { kind: 'block', arm: 'arm', durationMs: 10, phase: 'measure', seed: 1 } as const
const limits = { timeoutMs: 1_000 }

/** Processes of which each begins a block `lateMs` after it was to, and fails where it has none. */
function makeShards(latesMs: readonly (number | undefined)[]) {
  const asked: ArmRequest[] = []
  const killed: number[] = []
  const shards = latesMs.map((lateMs, index) => {
    const ask = async (request: ArmRequest) => {
      asked.push(request)
      if (lateMs === undefined) throw new Error('gone')
      if (request.kind !== 'block') return { kind: 'opened' }
      const startedAtMs = (request.startAtMs ?? 0) + lateMs
      return {
        kind: 'block',
        block: makeBlock({ arm: 'arm', succeeded: 5 }),
        startedAtMs,
        nextIndex: index,
        workers: 1,
      }
    }
    const kill = async () => void killed.push(index)
    return { ask, kill, printedBytes: () => 10, [Symbol.asyncDispose]: kill } as unknown as ArmProcess
  })
  return { shards, asked, killed }
}

it('tells each process which part of the load is its own', async () => {
  const { shards, asked } = makeShards([0, 0, 0])
  await joinShards(shards).ask({ kind: 'open' } as Extract<ArmRequest, { kind: 'open' }>, limits)
  expect(asked).toEqual([0, 1, 2].map((index) => ({ kind: 'open', shard: { index, count: 3 } })))
})

it('begins a block at one time in all of them, and makes one block of theirs', async () => {
  const { shards, asked } = makeShards([3, 1])
  const reply = await joinShards(shards).ask(block, limits)
  const [startAtMs, ...others] = asked.map((request) => (request.kind === 'block' ? request.startAtMs : undefined))
  expect(others).toEqual([startAtMs])
  expect(reply).toMatchObject({ startedAtMs: (startAtMs as number) + 1, nextIndex: 1, workers: undefined })
  expect(reply.block.succeeded).toBe(10)
})

it('ends them all when one of them fails', async () => {
  const { shards, killed } = makeShards([0, undefined])
  await expect(joinShards(shards).ask(block, limits)).rejects.toThrow('gone')
  expect(killed).toEqual([0, 1])
})

it('is a process itself where there is one only', () => {
  const { shards } = makeShards([0])
  expect(joinShards(shards)).toBe(shards[0])
})
