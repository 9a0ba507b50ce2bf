import { describe, expect, it } from 'vitest'
import type { ArmProcess } from '../../../src/arm/arm-host.ts'
import type { ArmRequest } from '../../../src/arm/messages.ts'
import { makeArmUnderTest } from '../../../src/run/arm-under-test.ts'
import { makeBlock } from '../judge/make-block.ts'

type BlockRequest = Extract<ArmRequest, { kind: 'block' }>

const workload = {
  model: 'open',
  arrivalRate: 50,
  arrivals: 'poisson',
  maxInFlight: 9,
  iterationTimeoutMs: 100,
} as const
const target = {
  address: { profile: { kind: 'none', protocol: null, rttMs: 0 }, origin: '', access: {}, proxies: undefined },
  ledger: undefined,
} as const
const place = { generation: 2, round: 5, half: 1 }

/** An arm whose process says what it was asked, and counts its iterations from `start` on by `step` a block. */
function makeArm(id: string, step = 10) {
  const asked: BlockRequest[] = []
  const limits: { readonly timeoutMs: number }[] = []
  let next = 0
  const process = {
    printedBytes: () => 0,
    async ask(request: BlockRequest, limit: { readonly timeoutMs: number }) {
      asked.push(request)
      limits.push(limit)
      next = Math.max(next, request.firstIndex ?? 0) + step
      return { kind: 'block', block: makeBlock({ arm: id }), startedAtMs: 0, workers: 1, nextIndex: next }
    },
  } as unknown as ArmProcess
  return { arm: makeArmUnderTest(id, process, target, { workload, seed: 77 }), asked, limits }
}

describe('what a block draws', () => {
  it('does not depend on the arm, nor on how many warm-up blocks the clock allowed before it', async () => {
    const [one, other] = [makeArm('session'), makeArm('stateless')]
    for (let warm = 0; warm < 3; warm++) await one.arm.runBlock(10, 'warm-up')
    for (let warm = 0; warm < 8; warm++) await other.arm.runBlock(10, 'warm-up')
    await one.arm.runBlock(10, 'measure', { place })
    await other.arm.runBlock(10, 'measure', { place })
    expect(one.asked.at(-1)?.seed).toBe(other.asked.at(-1)?.seed)
    expect(new Set(other.asked.map(({ seed }) => seed)).size).toBe(9)
  })

  it('differs between the places of a comparison', async () => {
    const { arm, asked } = makeArm('session')
    const places = [place, { ...place, half: 0 }, { ...place, round: 6 }, { ...place, generation: 0 }]
    for (const each of places) await arm.runBlock(10, 'measure', { place: each })
    expect(new Set(asked.map(({ seed }) => seed)).size).toBe(4)
  })
})

describe('how long a block may take', () => {
  const timeoutFor = async (change: object) => {
    const { arm, limits } = makeArm('session')
    await arm.runBlock(1_000, 'measure', { workload: { ...workload, iterationTimeoutMs: 60_000, ...change } })
    return limits[0]?.timeoutMs ?? 0
  }

  it('is its own time and that of its slowest iteration, or what is waited for those under way', async () => {
    const [whole, drained] = [await timeoutFor({}), await timeoutFor({ drainMs: 2_000 })]
    expect(whole - drained).toBe(58_000)
    const closed = { model: 'closed', concurrency: 1, leadInMs: 500 } as const
    expect(await timeoutFor({ ...closed, drainMs: 2_000 })).toBe(drained + 1_000)
  })
})

describe('nextIndex', () => {
  it('is where the measured iterations stand, and not moved by a warm-up', async () => {
    const { arm, asked } = makeArm('session', 10)
    await arm.runBlock(10, 'warm-up')
    expect(arm.nextIndex()).toBe(0)
    await arm.runBlock(10, 'measure', { place, firstIndex: 25 })
    expect([asked.at(-1)?.firstIndex, arm.nextIndex()]).toEqual([25, 35])
  })
})
