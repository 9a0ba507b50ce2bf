import { describe, expect, it } from 'vitest'
import type { ArmUnderTest } from '../../../src/run/arm-under-test.ts'
import { measureLocal } from '../../../src/run/measure-local.ts'
import type { OpenLink } from '../../../src/target/open-target.ts'
import { makeBlock } from '../judge/make-block.ts'

const workload = { model: 'closed', concurrency: 2, iterationTimeoutMs: 1_000 } as const
const target = { kind: 'fixture', protocol: 'http', rttMs: 20 } as const

function makeSetting(succeeded = 10) {
  const done: string[] = []
  const loads: unknown[] = []
  const link: OpenLink = {
    setRttMs: async (rttMs) => void done.push(`distance ${rttMs}`),
    readLateness: async () => ({ pieces: 1, medianMs: 0.25 }),
  }
  const makeArm = (id: string, fails = false): ArmUnderTest => ({
    id,
    async runBlock(durationMs, phase, options) {
      const load = options?.workload
      loads.push(load)
      done.push(
        `${id} ${phase} ${durationMs} ms, pause ${load?.model === 'closed' ? String(load.thinkTimeMs) : 'none'}`,
      )
      if (fails) throw new Error('gone')
      return makeBlock({ arm: id, latencyUs: 700, succeeded })
    },
    nextIndex: () => 0,
    idleMs: () => undefined,
  })
  return { done, loads, link, makeArm }
}

describe('measureLocal', () => {
  const plan = { workload, target, roundTripMs: { a: 40, b: 20 } }

  it('puts the distance between the iterations of each arm, and back', async () => {
    const { done, link, makeArm } = makeSetting()
    const readings = await measureLocal(plan, [makeArm('a'), makeArm('b'), makeArm('without a model')], link)
    // Twenty-five iterations of two workers are thirteen cycles.
    expect(done).toEqual(['distance 0', 'a warm-up 520 ms, pause 40', 'b warm-up 260 ms, pause 20', 'distance 20'])
    expect(readings).toEqual([
      { arm: 'a', p50Us: 700, lateMs: 0.25 },
      { arm: 'b', p50Us: 700, lateMs: 0.25 },
    ])
  })

  it('is for a time, also where blocks are a number of iterations', async () => {
    const { loads, link, makeArm } = makeSetting()
    const counted = { ...workload, iterations: 1_000, maxDurationMs: 60_000 }
    await measureLocal({ ...plan, workload: counted }, [makeArm('b')], link)
    expect(loads).toEqual([{ ...workload, thinkTimeMs: 20 }])
  })

  it('gives the distance back when an arm fails, and says nothing of one that had no success', async () => {
    const { done, link, makeArm } = makeSetting(0)
    await expect(measureLocal(plan, [makeArm('a', true)], link)).rejects.toThrow('gone')
    expect(done.at(-1)).toBe('distance 20')
    expect(await measureLocal(plan, [makeArm('b')], link)).toEqual([])
  })
})
