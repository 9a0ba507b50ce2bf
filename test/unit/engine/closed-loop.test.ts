import { describe, expect, it } from 'vitest'
import { type ClosedLoopOptions, runClosedLoop } from '../../../src/engine/closed-loop.ts'
import { drawAt } from '../../../src/plan/derive-seed.ts'
import { pauseMs } from '../../../src/plan/think-time.ts'
import { throughputPerSecond } from '../../../src/sample/block-core.ts'
import { type FakeClock, makeFakeClock } from './fake-clock.ts'

function runLoop(clock: FakeClock, options: Partial<ClosedLoopOptions> & Pick<ClosedLoopOptions, 'run'>) {
  return clock.drive(runClosedLoop({ concurrency: 1, durationMs: 100, iterationTimeoutMs: 10_000, clock, ...options }))
}

describe('runClosedLoop', () => {
  it('starts the next iteration when the last one has ended, until the time is over', async () => {
    const clock = makeFakeClock()
    const result = await runLoop(clock, { run: () => clock.sleep(30) })
    // Starts at 0, 30, 60 and 90; the one begun at 90 is awaited and counted.
    expect(result).toMatchObject({ succeeded: 4, failed: 0, elapsedMs: 120, workMs: 120, failures: [] })
    // An HDR histogram answers with the upper edge of a value's bucket, less than 0.1 % above it.
    expect(result.service.percentileUs(1)).toBe(30_015)
    expect(result.service.maxUs).toBe(30_000)
  })

  it('runs one iteration per worker even when there is no time', async () => {
    const clock = makeFakeClock()
    expect(await runLoop(clock, { run: () => clock.sleep(5), concurrency: 3, durationMs: 0 })).toMatchObject({
      succeeded: 3,
    })
  })

  it('keeps `concurrency` iterations under way', async () => {
    const clock = makeFakeClock()
    let underWay = 0
    let most = 0
    const run = async () => {
      most = Math.max(most, ++underWay)
      await clock.sleep(10)
      underWay--
    }
    const result = await runLoop(clock, { run, concurrency: 5 })
    expect(most).toBe(5)
    expect(result).toMatchObject({ succeeded: 50, workMs: 100, elapsedMs: 100 })
    expect(throughputPerSecond(result)).toBe(500)
  })

  it('integrates what was under way: two workers for all of the time', async () => {
    const clock = makeFakeClock()
    const { inFlightMs } = await runLoop(clock, { run: () => clock.sleep(25), concurrency: 2 })
    expect(inFlightMs).toBe(200)
  })

  it('gives the true throughput though a block cuts the last iterations off', async () => {
    const clock = makeFakeClock()
    const result = await runLoop(clock, { run: () => clock.sleep(70), concurrency: 2 })
    // Two workers at 70 ms each: 28.57 per second, whatever the block's length; 4 / 100 ms would have said 40.
    expect(throughputPerSecond(result)).toBeCloseTo(2_000 / 70, 9)
  })

  it('aborts what is under way too long after its time, and counts its worker as one that did nothing meanwhile', async () => {
    const clock = makeFakeClock()
    let started = 0
    // The first two of each block never get an answer; the other two workers go on.
    const run = (signal: AbortSignal) => (started++ < 2 ? clock.sleep(60_000, signal) : clock.sleep(10))
    const result = await runLoop(clock, { run, concurrency: 4, leadInMs: 20, drainMs: 500 })
    expect(result).toMatchObject({ failed: 2, failures: [{ code: 'timeout', count: 2 }] })
    expect(result.elapsedMs).toBeLessThanOrEqual(40 + 100 + 500 + 200)
    // Two workers of 10 ms each carry 200 per second.
    expect(throughputPerSecond(result)).toBeCloseTo(200, 9)
  })

  it('times nothing of the lead-in, in which a queue that is not yet full answers sooner, and counts all of it', async () => {
    const clock = makeFakeClock()
    let freeAtMs = 0
    // One server, 10 ms each: the first iterations of four workers take 10, 20, 30 and 40 ms, every later one 40.
    let started = 0
    const run = () => {
      started++
      freeAtMs = Math.max(freeAtMs, clock.nowMs()) + 10
      return clock.sleep(freeAtMs - clock.nowMs())
    }
    const result = await runLoop(clock, { run, concurrency: 4, durationMs: 80, leadInMs: 50 })
    expect(throughputPerSecond(result)).toBeCloseTo(100, 9)
    expect(result.service.percentileUs(1)).toBeGreaterThanOrEqual(40_000)
    // In twice the lead-in, and those that the others run until the last is done.
    expect(result).toMatchObject({ succeeded: started, untimed: 16, failed: 0 })
    expect(result.service.count).toBe(started - 16)
  })

  it('counts no more than the server can do, when a client that was held up finds its queue empty', async () => {
    const clock = makeFakeClock()
    // One server, 10 ms each. The client does nothing for 150 ms, from within the lead-in on: all answers have come by then.
    let freeAtMs = 0
    let isHeldUp = false
    const run = () => {
      if (clock.nowMs() >= 35 && !isHeldUp) {
        isHeldUp = true
        clock.block(150)
      }
      freeAtMs = Math.max(freeAtMs, clock.nowMs()) + 10
      return clock.sleep(freeAtMs - clock.nowMs())
    }
    const result = await runLoop(clock, { run, concurrency: 4, durationMs: 80, leadInMs: 50 })
    expect(throughputPerSecond(result)).toBeLessThanOrEqual(100)
  })

  it('starts its workers spread over the lead-in, for those that start together stay together', async () => {
    const clock = makeFakeClock()
    const startedMs: number[] = []
    const run = () => {
      startedMs.push(clock.nowMs())
      return clock.sleep(40)
    }
    const restOf = (worker: number) => worker / 4
    await runLoop(clock, { run, restOf, concurrency: 4, durationMs: 80, leadInMs: 40 })
    expect(startedMs.slice(0, 4)).toEqual([0, 10, 20, 30])
    expect(new Set(startedMs.map((ms) => ms % 40))).toEqual(new Set([0, 10, 20, 30]))
  })

  it('lets each worker have an answer before the load begins, for a busy server takes up new connections slowly', async () => {
    const clock = makeFakeClock()
    // Turn by turn the server answers all that it has, 5 ms each, and then takes up one more connection.
    const waiting: (() => void)[] = []
    const asked: (() => void)[] = []
    const taken = new Set<number>()
    let isOpen = true
    const serve = async () => {
      while (isOpen) {
        for (const answer of asked.splice(0)) {
          await clock.sleep(5)
          answer()
        }
        waiting.shift()?.()
        await clock.sleep(0.1)
      }
    }
    const run = async (_: AbortSignal, { user }: { user: { index: number } }) => {
      if (!taken.has(user.index)) await new Promise<void>((resolve) => waiting.push(resolve))
      taken.add(user.index)
      await new Promise<void>((resolve) => asked.push(resolve))
    }
    const options = { run, concurrency: 40, durationMs: 400, leadInMs: 100, drainMs: 1_000 }
    const measure = async (meetMs: number) => {
      const loop = runLoop(clock, { ...options, meetMs })
      const serving = serve()
      const result = await loop
      isOpen = false
      await clock.drive(serving)
      isOpen = true
      taken.clear()
      return result
    }
    // As long as 40 answers take, and no longer than that.
    const met = await measure(1_000)
    expect(met).toMatchObject({ failed: 0 })
    expect(throughputPerSecond(met)).toBeGreaterThan(190)
    expect(throughputPerSecond(met)).toBeLessThanOrEqual(200)
    expect(met.elapsedMs).toBeLessThan(40 * 5 + 200 + 400 + 2 * 200)
    expect((await measure(0)).failed).toBeGreaterThan(0)
  })

  it('waits no longer than others are answered for one that gets none', async () => {
    const clock = makeFakeClock()
    let started = 0
    const run = (signal: AbortSignal) => (started++ < 1 ? clock.sleep(60_000, signal) : clock.sleep(10))
    const result = await runLoop(clock, { run, concurrency: 3, meetMs: 3_000, leadInMs: 20, drainMs: 500 })
    expect(result).toMatchObject({ failed: 1, failures: [{ code: 'timeout', count: 1 }] })
    expect(result.elapsedMs).toBeLessThanOrEqual(250 + 40 + 100 + 500 + 200)
    expect(throughputPerSecond(result)).toBeCloseTo(200, 9)
  })

  it('begins none beyond those that there may be', async () => {
    const clock = makeFakeClock()
    let started = 0
    const run = () => {
      started++
      return clock.sleep(10)
    }
    await runLoop(clock, { run, concurrency: 3, meetMs: 300, mostIterations: 5 })
    expect(started).toBe(5)
    started = 0
    await runLoop(clock, { run, concurrency: 3, meetMs: 300, mostIterations: 2 })
    expect(started).toBe(2)
  })

  it('counts answers that come in step right, wherever the time cuts them', async () => {
    const clock = makeFakeClock()
    const result = await runLoop(clock, { run: () => clock.sleep(70), concurrency: 5, durationMs: 100, leadInMs: 33 })
    expect(throughputPerSecond(result)).toBeCloseTo(5_000 / 70, 6)
  })

  it('counts failures by code, keeps their latencies apart, and goes on', async () => {
    const clock = makeFakeClock()
    let turn = 0
    const run = async () => {
      await clock.sleep(10)
      turn++
      if (turn % 2 === 0) throw Object.assign(new Error(`refused ${turn}`), { code: 'ECONNREFUSED' })
    }
    const result = await runLoop(clock, { run })
    expect(result).toMatchObject({
      succeeded: 5,
      failed: 5,
      failures: [{ code: 'refused', count: 5, message: 'refused 2' }],
    })
    expect(result.service.count).toBe(5)
    expect(result.failedService.count).toBe(5)
  })

  it('takes a synchronous throw as a failure too', async () => {
    const clock = makeFakeClock()
    let turn = 0
    const run = () => {
      if (turn++ === 0) throw new Error('at once')
      return clock.sleep(60)
    }
    expect(await runLoop(clock, { run })).toMatchObject({ failed: 1, succeeded: 2 })
  })

  it('aborts an iteration that takes too long, counts it as timeout, and renews the signal', async () => {
    const clock = makeFakeClock()
    let turn = 0
    const signals = new Set<AbortSignal>()
    const run = (signal: AbortSignal) => {
      signals.add(signal)
      return clock.sleep(turn++ === 0 ? 1_000 : 10, signal)
    }
    const result = await runLoop(clock, { run, iterationTimeoutMs: 40 })
    expect(result).toMatchObject({ failed: 1, failures: [{ code: 'timeout', count: 1 }] })
    expect(result.succeeded).toBeGreaterThan(0)
    expect(signals.size).toBe(2)
  })

  it('names its own limit where the block has ended too by the time that anybody looks', async () => {
    const clock = makeFakeClock()
    const run = (signal: AbortSignal) => clock.sleep(1_000, signal)
    const result = await runLoop(clock, { run, durationMs: 5, drainMs: 40, iterationTimeoutMs: 40 })
    expect(result.failures[0]?.message).toBe('an iteration took longer than 40 ms and was aborted')
  })

  it('counts one that comes back late without heeding its signal as timeout, not as success', async () => {
    const clock = makeFakeClock()
    const result = await runLoop(clock, { run: () => clock.sleep(200), iterationTimeoutMs: 40 })
    expect(result).toMatchObject({ succeeded: 0, failed: 1, failures: [{ code: 'timeout', count: 1 }] })
  })

  it('reads a returned response to its end within the measured time, and fails on an error status', async () => {
    const clock = makeFakeClock()
    let read = 0
    const response = (status: number) => ({
      status,
      bytes: async () => {
        await clock.sleep(20)
        read++
      },
    })
    const fine = await runLoop(clock, { run: async () => response(200), durationMs: 50 })
    expect(fine).toMatchObject({ succeeded: 3, elapsedMs: 60 })
    expect(read).toBe(3)
    const failing = await runLoop(clock, { run: async () => response(503), durationMs: 10 })
    expect(failing).toMatchObject({ succeeded: 0, failures: [{ code: 'status', count: 1 }] })
    expect(read).toBe(4)
  })

  describe('with think time', () => {
    it('pauses between iterations, outside of their latency', async () => {
      const clock = makeFakeClock()
      const starts: number[] = []
      const run = () => {
        starts.push(clock.nowMs())
        return clock.sleep(10)
      }
      const result = await runLoop(clock, { run, pauseOf: () => 40 })
      expect(starts).toEqual([0, 50])
      expect(result.service.maxUs).toBe(10_000)
      // The last pause belongs to the second cycle, though nobody waits for it.
      expect(result).toMatchObject({ succeeded: 2, elapsedMs: 60, workMs: 100 })
      expect(throughputPerSecond(result)).toBe(20)
    })

    it('gives the true throughput wherever the block is cut off, and never that of 1 / latency', async () => {
      for (const durationMs of [1, 35, 77, 100, 333]) {
        const clock = makeFakeClock()
        const result = await runLoop(clock, {
          run: () => clock.sleep(10),
          pauseOf: () => 60,
          concurrency: 3,
          durationMs,
        })
        expect(throughputPerSecond(result)).toBeCloseTo(3_000 / 70, 9)
      }
    })

    it('gives the true throughput of random pauses, summed over many short blocks', async () => {
      let succeeded = 0
      let workMs = 0
      for (let block = 0; block < 4_000; block++) {
        const clock = makeFakeClock()
        const pauseOf = (worker: number, pause: number) => pauseMs({ meanMs: 50 }, drawAt(block, worker, pause))
        const restOf = (worker: number) => drawAt(~block, worker)
        const result = await runLoop(clock, { run: () => clock.sleep(10), pauseOf, restOf, durationMs: 100 })
        succeeded += result.succeeded
        workMs += result.workMs
      }
      const error = throughputPerSecond({ succeeded, workMs }) / (1_000 / 60) - 1
      expect(Math.abs(error)).toBeLessThan(0.015)
    })

    it('begins each worker somewhere in a pause, so that they do not all begin at once', async () => {
      const clock = makeFakeClock()
      const starts: number[] = []
      const run = () => void starts.push(clock.nowMs())
      const shares = [0, 0.25, 0.5, 0.75]
      const restOf = (worker: number) => shares[worker] ?? 0
      await runLoop(clock, { run, concurrency: 4, pauseOf: () => 80, restOf, durationMs: 50 })
      expect(starts).toEqual([0, 12.5, 25, 37.5])
    })
  })

  it('asks for pauses by worker and number, so that they do not depend on who was faster', async () => {
    const pausesOf = async (latencyMs: number) => {
      const clock = makeFakeClock()
      const asked: [number, number][] = []
      const pauseOf = (worker: number, pause: number) => {
        asked.push([worker, pause])
        return 1
      }
      await runLoop(clock, { run: () => clock.sleep(latencyMs), concurrency: 2, pauseOf, durationMs: 30 })
      return [0, 1].map((worker) => asked.filter(([each]) => each === worker).map(([, pause]) => pause))
    }
    expect(await pausesOf(9)).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ])
    expect(await pausesOf(19)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ])
  })

  describe('with a number of iterations', () => {
    it('runs exactly that many, and divides by the time that they took', async () => {
      const clock = makeFakeClock()
      const result = await runLoop(clock, { run: () => clock.sleep(30), iterations: 10, durationMs: 60_000 })
      expect(result).toMatchObject({ succeeded: 10, failed: 0, elapsedMs: 300, workMs: 300 })
    })

    it('shares them between the workers', async () => {
      const clock = makeFakeClock()
      const work = { run: () => clock.sleep(30), iterations: 10, concurrency: 4, durationMs: 60_000 }
      expect(await runLoop(clock, work)).toMatchObject({ succeeded: 10, elapsedMs: 90, workMs: 90 })
    })

    it('pauses between them, not after the last', async () => {
      const clock = makeFakeClock()
      const work = { run: () => clock.sleep(10), iterations: 3, pauseOf: () => 40, durationMs: 60_000 }
      expect(await runLoop(clock, work)).toMatchObject({ succeeded: 3, elapsedMs: 110, workMs: 110 })
    })

    it('counts what the time did not suffice for as failures: aborted, or never started', async () => {
      const clock = makeFakeClock()
      const run = (signal: AbortSignal) => clock.sleep(40, signal)
      const result = await runLoop(clock, { run, iterations: 10, durationMs: 100, iterationTimeoutMs: 40_000 })
      expect(result).toMatchObject({ succeeded: 2, failed: 8, failures: [{ code: 'timeout', count: 8 }] })
      expect(result.failures[0]?.message).toBe('an iteration took longer than its block had time for and was aborted')
      expect(result.failedService.count).toBe(1)
    })

    it('does not pause beyond its time', async () => {
      const clock = makeFakeClock()
      const result = await runLoop(clock, { run: () => clock.sleep(10), iterations: 3, pauseOf: () => 500 })
      expect(result).toMatchObject({ succeeded: 1, failed: 2, elapsedMs: 100 })
      expect(result.failures[0]?.message).toBe('2 of 3 iterations were not started within 100 ms')
    })
  })
})
