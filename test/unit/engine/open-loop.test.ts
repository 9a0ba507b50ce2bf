import { describe, expect, it } from 'vitest'
import { makeArrivals } from '../../../src/engine/arrivals.ts'
import { makeCourseBook } from '../../../src/engine/course-book.ts'
import { type OpenLoopOptions, runOpenLoop } from '../../../src/engine/open-loop.ts'
import { waitUntil } from '../../../src/probe/clock.ts'
import { type FakeClock, makeFakeClock } from './fake-clock.ts'

interface Settings extends Partial<Omit<OpenLoopOptions, 'arrivals' | 'clock'>> {
  readonly run: OpenLoopOptions['run']
  readonly ratePerSecond?: number
}

function runLoop(clock: FakeClock, { ratePerSecond = 100, ...options }: Settings) {
  const arrivals = makeArrivals({ ratePerSecond, process: 'constant', random: () => 0.5 })
  const defaults = { durationMs: 100, maxInFlight: 1_000, iterationTimeoutMs: 60_000 }
  return clock.drive(runOpenLoop({ ...defaults, arrivals, clock, ...options }))
}

describe('runOpenLoop', () => {
  it('starts an iteration at every arrival, however long earlier ones take', async () => {
    const clock = makeFakeClock()
    const starts: number[] = []
    const run = () => {
      starts.push(clock.nowMs())
      return clock.sleep(55)
    }
    const result = await runLoop(clock, { run })
    expect(result).toMatchObject({ intended: 10, dropped: 0, succeeded: 10, failed: 0, workMs: 100 })
    expect(starts).toHaveLength(10)
    for (const [index, startMs] of starts.entries()) expect(Math.abs(startMs - index * 10)).toBeLessThanOrEqual(0.011)
    expect(result.service.percentileUs(50)).toBe(55_007)
    expect(result.response.percentileUs(50)).toBeGreaterThanOrEqual(55_000)
    expect(result.response.percentileUs(100)).toBeLessThanOrEqual(55_039)
    expect(result.dispatchDelay.percentileUs(100)).toBeLessThanOrEqual(11)
    expect(result.elapsedMs).toBeGreaterThanOrEqual(145)
  })

  it('divides by the time that sending took, when that was longer than planned', async () => {
    const clock = makeFakeClock()
    // Each arrival costs the generator 15 ms, and one is due every 10.
    const run = () => clock.block(15)
    const { intended, workMs } = await runLoop(clock, { run })
    expect(intended).toBe(10)
    expect(workMs).toBeGreaterThanOrEqual(149)
    expect(workMs).toBeLessThan(151)
  })

  it('tells the truth about a stall: 1 s in 10 s at 100/s has a p99 of 900 ms', async () => {
    const clock = makeFakeClock()
    const run = async () => {
      // The target answers at once, but for one second it answers nobody.
      if (clock.nowMs() >= 5_000 && clock.nowMs() < 6_000) await clock.sleep(6_000 - clock.nowMs())
    }
    const { response, succeeded } = await runLoop(clock, { run, durationMs: 10_000 })
    expect(succeeded).toBe(1_000)
    expect(response.percentileUs(89)).toBeLessThan(1_000)
    expect(Math.abs(response.percentileUs(99) - 900_000)).toBeLessThanOrEqual(11_000)
  })

  it('counts what a late start adds as response time and dispatch delay, not as service time', async () => {
    const clock = makeFakeClock()
    let isFirst = true
    const run = async () => {
      if (isFirst) clock.block(45)
      isFirst = false
    }
    const { service, response, dispatchDelay, succeeded, dropped } = await runLoop(clock, { run })
    expect({ succeeded, dropped }).toEqual({ succeeded: 10, dropped: 0 })
    // Due at 10, 20, 30 and 40 ms, sent at 45: 35, 25, 15 and 5 ms late.
    expect(dispatchDelay.percentileUs(100)).toBe(35_039)
    expect([70, 80, 90].map((percent) => Math.round(response.percentileUs(percent) / 1_000))).toEqual([15, 25, 35])
    expect(service.percentileUs(90)).toBe(1)
  })

  it('drops, and counts, arrivals that find the limit under way', async () => {
    const clock = makeFakeClock()
    const result = await runLoop(clock, { run: () => clock.sleep(25), maxInFlight: 2 })
    // Two start, the third and fourth… find two under way until one ends at 25 ms.
    expect(result.intended).toBe(10)
    expect(result.succeeded + result.dropped).toBe(10)
    expect(result.dropped).toBeGreaterThanOrEqual(2)
    expect(result.dropped).toBeLessThanOrEqual(4)
  })

  it('aborts what takes too long, and keeps failures out of the latencies', async () => {
    const clock = makeFakeClock()
    const run = (signal: AbortSignal) => clock.sleep(5_000, signal)
    const result = await runLoop(clock, { run, iterationTimeoutMs: 50 })
    expect(result).toMatchObject({ succeeded: 0, failed: 10, failures: [{ code: 'timeout', count: 10 }] })
    expect(result.service.count).toBe(0)
    expect(result.dispatchDelay.count).toBe(10)
  })

  it('aborts what is under way too long after its schedule', async () => {
    const clock = makeFakeClock()
    const run = (signal: AbortSignal) => clock.sleep(60_000, signal)
    const result = await runLoop(clock, { run, drainMs: 300 })
    expect(result).toMatchObject({ succeeded: 0, failed: 10, failures: [{ code: 'timeout', count: 10 }] })
    expect(result.elapsedMs).toBeLessThanOrEqual(100 + 300 + 150)
  })

  it('times nothing of what is due in its lead-in, and counts it', async () => {
    const clock = makeFakeClock()
    let started = 0
    // The first three open their connections.
    const run = () => clock.sleep(started++ < 3 ? 40 : 5)
    const result = await runLoop(clock, { run, leadInMs: 30 })
    expect(result).toMatchObject({ intended: 10, succeeded: 10, untimed: 3 })
    expect(result.response.count).toBe(7)
    expect(result.response.maxUs).toBeLessThan(6_000)
    expect(result.dispatchDelay.count).toBe(7)
  })

  it('tells its course: what came, what ended and which places were used, step by step', async () => {
    const clock = makeFakeClock()
    const request = { durationMs: 1_000, ratePerSecond: 100, process: 'constant', steps: 10, places: 2 } as const
    // Three places would be needed: what is under way grows by one in each 33 ms.
    let freeAtMs = [0, 0]
    const run = async () => {
      const beginMs = Math.max(clock.nowMs(), Math.min(...freeAtMs))
      freeAtMs = [Math.max(...freeAtMs), beginMs + 30]
      await clock.sleep(beginMs + 30 - clock.nowMs())
    }
    const { course } = await runLoop(clock, { run, durationMs: 1_000, courseBook: makeCourseBook(request) })
    expect(course).toMatchObject({ stepMs: 100, places: 2, failed: Array(10).fill(0), arrived: Array(10).fill(10) })
    for (const succeeded of course?.succeeded.slice(1) ?? []) expect(Math.abs(succeeded - 20 / 3)).toBeLessThan(1)
    for (const usedMs of course?.usedMs.slice(1) ?? []) expect(Math.abs(usedMs - 200)).toBeLessThan(0.1)
  })

  it('holds the rate it was given, to the arrival', async () => {
    const clock = makeFakeClock()
    const { intended, succeeded } = await runLoop(clock, { run: () => {}, ratePerSecond: 1_000, durationMs: 2_000 })
    expect({ intended, succeeded }).toEqual({ intended: 2_000, succeeded: 2_000 })
  })
})

describe('waitUntil', () => {
  it('returns at once when the time is past, and never early', async () => {
    const clock = makeFakeClock()
    await clock.drive(waitUntil(clock, -5))
    expect(clock.nowMs()).toBe(0)
    await clock.drive(waitUntil(clock, 7.3))
    expect(clock.nowMs()).toBeGreaterThanOrEqual(7.3)
    expect(clock.nowMs()).toBeLessThanOrEqual(7.32)
  })
})
