import { describe, expect, it } from 'vitest'
import { Histogram } from '../../../src/sample/histogram.ts'
import type { MeasuredStage } from '../../../src/sample/stages.ts'
import { mergeStages, summarizeStages } from '../../../src/sample/stages.ts'

function encode(...us: readonly number[]): string {
  const histogram = new Histogram()
  for (const value of us) histogram.record(value)
  return histogram.encode()
}

function stage(us: readonly number[], more: Partial<MeasuredStage> = {}): MeasuredStage {
  const latencies = {
    response: encode(...us),
    service: encode(...us.map((value) => value / 2)),
    dispatchDelay: encode(1),
  }
  return { workMs: 500, intended: us.length, dropped: 0, succeeded: us.length, failed: 0, ...latencies, ...more }
}

describe('stages', () => {
  it('of processes that shared a block are summed, their time is not', () => {
    const merged = mergeStages([
      [stage([10, 20], { intended: 3, dropped: 1 }), stage([5])],
      [stage([30], { intended: 2, failed: 1, workMs: 490 }), stage([])],
    ])
    expect(merged).toEqual([
      {
        ...{ workMs: 500, intended: 5, dropped: 1, succeeded: 3, failed: 1 },
        ...{ response: encode(10, 20, 30), service: encode(5, 10, 15), dispatchDelay: encode(1, 1) },
      },
      stage([5], { dispatchDelay: encode(1, 1) }),
    ])
  })

  it('of blocks are summed, and so is their time', () => {
    const summaries = summarizeStages([
      [stage([100, 200], { intended: 4, dropped: 2 }), stage([], { workMs: 0 })],
      [stage([300, 400, 500, 600]), stage([], { workMs: 0 })],
    ])
    expect(summaries).toMatchObject([
      {
        ...{ intended: 8, dropped: 2, succeeded: 6, failed: 0, sentPerSecond: 6 },
        ...{ response: { count: 6, p50Us: 300, maxUs: 600 }, service: { p50Us: 150 }, dispatchDelay: { count: 2 } },
      },
      { intended: 0, sentPerSecond: 0, response: { count: 0 } },
    ])
  })

  it('are absent where there are none', () => {
    expect(mergeStages([])).toBeUndefined()
    expect(summarizeStages([])).toBeUndefined()
  })
})
