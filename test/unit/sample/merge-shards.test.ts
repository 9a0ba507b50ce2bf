import { describe, expect, it } from 'vitest'
import type { MeasuredBlock } from '../../../src/sample/block.ts'
import { throughputPerSecond } from '../../../src/sample/block-core.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import { mergeShardBlocks } from '../../../src/sample/merge-shards.ts'

function histogramOf(...us: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of us) histogram.record(value)
  return histogram
}

function makeBlock(latenciesUs: readonly number[], overrides: Partial<MeasuredBlock> = {}): MeasuredBlock {
  const requests = latenciesUs.length
  return {
    startedAt: '2026-01-01T00:00:00.000Z',
    ...{ elapsedMs: 100, workMs: 100, succeeded: requests, failed: 0, failures: [] },
    service: histogramOf(...latenciesUs).encode(),
    failedService: new Histogram().encode(),
    ...{ p50Us: 1, p90Us: 1, p99Us: 1 },
    wire: {
      ...{ connectionsOpened: 1, handshakesFull: 1, handshakesResumed: 0 },
      ...{ requests, bytesSent: 10 * requests, bytesReceived: 20 * requests },
    },
    newCarriers: { connections: 1, handshakesFull: 1, handshakesResumed: 0 },
    unanswered: 1,
    ...{ cpuUserUs: 10, cpuSystemUs: 5, eventLoopUtilization: 0.5, gcMs: 1, speedControlMs: [5, 7] },
    ...overrides,
  }
}

describe('mergeShardBlocks', () => {
  it('sums counts and CPU time, and merges histograms exactly', () => {
    const [some, others] = [
      [100, 200, 300],
      [1_000, 2_000],
    ] as const
    const merged = mergeShardBlocks([
      { block: makeBlock(some, { eventLoopUtilization: 0.9 }), startedAtMs: 0, workers: 3 },
      { block: makeBlock(others, { speedControlMs: [7, 9] }), startedAtMs: 0, workers: 2 },
    ])
    const whole = histogramOf(...some, ...others)
    expect(merged.service).toBe(whole.encode())
    expect(merged).toMatchObject({
      ...{ succeeded: 5, p50Us: whole.percentileUs(50), p99Us: whole.percentileUs(99) },
      wire: { connectionsOpened: 2, handshakesFull: 2, requests: 5, bytesSent: 50, bytesReceived: 100 },
      newCarriers: { connections: 2, handshakesFull: 2, handshakesResumed: 0 },
      ...{ cpuUserUs: 20, cpuSystemUs: 10, eventLoopUtilization: 0.9, gcMs: 2, speedControlMs: [6, 8] },
    })
  })

  it('takes the highest of what each process sees of its own loop and of the one machine', () => {
    const vitals = { eventLoopDelayP99Us: 400, eventLoopDelayMaxUs: 900, timeWaitSockets: 10, cpuStealShare: 0.01 }
    const merged = mergeShardBlocks([
      { block: makeBlock([1], vitals), startedAtMs: 0, workers: 1 },
      { block: makeBlock([1], { eventLoopDelayMaxUs: 2_000, cpuStealShare: 0.02 }), startedAtMs: 0, workers: 1 },
    ])
    expect(merged).toMatchObject({ ...vitals, eventLoopDelayMaxUs: 2_000, cpuStealShare: 0.02 })
    expect(merged).not.toHaveProperty('localPorts')
  })

  it('spans from the first start to the last end', () => {
    const merged = mergeShardBlocks([
      { block: makeBlock([1], { elapsedMs: 100, startedAt: '2026-01-01T00:00:01.000Z' }), startedAtMs: 10, workers: 1 },
      { block: makeBlock([1], { elapsedMs: 120 }), startedAtMs: 4, workers: 1 },
    ])
    expect(merged).toMatchObject({ elapsedMs: 120, startedAt: '2026-01-01T00:00:00.000Z' })
  })

  it('divides by the mean time of all workers, as one process with all of them would', () => {
    const merged = mergeShardBlocks([
      { block: makeBlock(new Array(30).fill(1), { workMs: 100 }), startedAtMs: 0, workers: 3 },
      { block: makeBlock(new Array(10).fill(1), { workMs: 120 }), startedAtMs: 0, workers: 1 },
    ])
    expect(merged.workMs).toBe(105)
    expect(throughputPerSecond(merged)).toBeCloseTo(40_000 / 105)
  })

  it('divides a fixed number of iterations by the whole time', () => {
    const shards = [
      { block: makeBlock([1], { elapsedMs: 90, workMs: 90 }), startedAtMs: 0, workers: undefined },
      { block: makeBlock([1], { elapsedMs: 100, workMs: 100 }), startedAtMs: 5, workers: undefined },
    ]
    expect(mergeShardBlocks(shards).workMs).toBe(105)
  })

  it('merges what an open loop has, and the failures by code', () => {
    const openLoop = (dropped: number, us: number) => ({
      ...{ intended: 3, dropped },
      ...{ response: histogramOf(us).encode(), dispatchDelay: histogramOf(us).encode() },
    })
    const failures = [{ code: 'reset', count: 2, message: 'gone' }] as const
    const merged = mergeShardBlocks([
      {
        block: makeBlock([5], { openLoop: openLoop(2, 10), failed: 2, failures: [...failures] }),
        startedAtMs: 0,
        workers: 1,
      },
      {
        block: makeBlock([5], { openLoop: openLoop(0, 20), failed: 2, failures: [...failures] }),
        startedAtMs: 0,
        workers: 1,
      },
    ])
    const both = histogramOf(10, 20).encode()
    expect(merged.openLoop).toEqual({ intended: 6, dropped: 2, response: both, dispatchDelay: both })
    expect(merged).toMatchObject({ failed: 4, failures: [{ code: 'reset', count: 4 }], p50Us: 10 })
  })
})
