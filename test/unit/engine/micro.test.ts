import { describe, expect, it } from 'vitest'
import { makeMicroLoop } from '../../../src/engine/micro.ts'
import { makeAsyncBatch, makeSyncBatch } from '../../../src/engine/micro-batch.ts'
import type { Clock } from '../../../src/probe/clock.ts'

/** Every call takes so long, by a clock that nothing else moves. */
function makeCall(callMs: number, onCall: (index: number) => unknown = () => 1) {
  let nowMs = 0
  let calls = 0
  const clock = { nowMs: () => nowMs } as Clock
  const call = (index: number) => {
    calls++
    nowMs += callMs
    return onCall(index)
  }
  return { clock, call, count: () => calls }
}

const window = (clock: Clock, durationMs: number, phase: 'warm-up' | 'measure' = 'measure') => ({
  ...{ clock, durationMs, phase },
  probe: undefined as never,
  waitForStart: async () => clock.nowMs(),
})

describe('a batch', () => {
  it('numbers calls through, and keeps errors without ending', () => {
    const seen: number[] = []
    const { clock, call } = makeCall(0.5, (index) => {
      seen.push(index)
      if (index % 2 === 1) throw new Error(`odd ${index}`)
    })
    const runBatch = makeSyncBatch(call, clock)
    expect(runBatch(3)).toMatchObject({ ms: 1.5, calls: 3, errors: [{ message: 'odd 1' }] })
    expect(runBatch(2)).toMatchObject({ ms: 1, errors: [{ message: 'odd 3' }] })
    expect(seen).toEqual([0, 1, 2, 3, 4])
  })

  it('awaits promises one after another', async () => {
    let underWay = 0
    const { clock, call } = makeCall(0.5, async () => {
      expect(++underWay).toBe(1)
      await Promise.resolve()
      underWay--
    })
    expect(await makeAsyncBatch(call, clock)(4)).toMatchObject({ ms: 2, errors: [] })
  })
})

describe('makeMicroLoop', () => {
  it.each([
    ['a function', (index: number) => index],
    ['a promise', async (index: number) => index],
  ])('counts every call of %s and loses no nanoseconds', async (_, onCall) => {
    // 2⁻¹⁵ ms is 30.5 ns, and sums of it are exact.
    const { clock, call, count } = makeCall(2 ** -15, onCall)
    const loop = makeMicroLoop(call, clock)
    await loop(window(clock, 1, 'warm-up'))
    const before = count()
    const { succeeded, failed, service, workMs } = await loop(window(clock, 10))
    expect(succeeded).toBe(count() - before)
    expect({ failed, workMs }).toEqual({ failed: 0, workMs: succeeded * 2 ** -15 })
    expect(workMs).toBeGreaterThanOrEqual(10)
    expect(workMs).toBeLessThan(10.06)
    expect(service.unit).toBe('ps')
    expect(Math.abs(service.percentileUs(50) - 2 ** -15 * 1_000)).toBeLessThan(0.00004)
    // Batches of about 50 µs: 200 in 10 ms.
    expect(service.count).toBeGreaterThanOrEqual(195)
    expect(service.count).toBeLessThanOrEqual(205)
  })

  it('times a slow function call by call', async () => {
    const { clock, call } = makeCall(4)
    const { succeeded, service, workMs } = await makeMicroLoop(call, clock)(window(clock, 10))
    expect({ succeeded, batches: service.count, workMs }).toEqual({ succeeded: 3, batches: 3, workMs: 12 })
    expect(service.percentileUs(50)).toBeCloseTo(4_000, -1)
  })

  it('counts calls that throw, and keeps their batches out of the latencies', async () => {
    const { clock, call } = makeCall(4, (index) => {
      if (index === 2) throw Object.assign(new Error('no'), { code: 'ECONNRESET' })
    })
    const result = await makeMicroLoop(call, clock)(window(clock, 15))
    expect(result).toMatchObject({ succeeded: 3, failed: 1, failures: [{ code: 'reset', count: 1, message: 'no' }] })
    expect([result.service.count, result.failedService.count]).toEqual([3, 1])
  })
})
