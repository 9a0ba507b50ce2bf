import { describe, expect, it } from 'vitest'
import type { ComparisonRun } from '../../../src/judge/judge-run.ts'
import { judgeValidity } from '../../../src/judge/judge-validity.ts'

interface OpenSketch {
  readonly p50Us: number
  readonly late: { p50Us: number; p99Us: number }
  readonly busy?: number
}

/** An open loop of one arm: response times of `p50Us`, how late its requests were sent, how busy its event loop was. */
function judgeLateness({ p50Us, late, busy = 0.5 }: OpenSketch) {
  const openLoop = { intended: 10_000, dropped: 0, dispatchDelay: late, sentPerSecond: 2_000, rateHeld: 1 }
  return judgeValidity({
    plan: { workload: { model: 'open', arrivalRate: 2_000, maxInFlight: 1_000 } },
    end: { state: 'decided' },
    judgement: { problems: [], doubts: [], contrasts: [] },
    blocks: [{}],
    kept: [{}],
    warmUps: [],
    summaries: [{ arm: 'a', latency: { count: 10_000, p50Us }, failures: [], eventLoopUtilization: busy, openLoop }],
  } as unknown as ComparisonRun)
}

describe('an open loop whose requests were sent late', () => {
  it.each([
    ['on time', 300, { p50Us: 10, p99Us: 1_000 }, []],
    ['late at p99', 300, { p50Us: 10, p99Us: 1_001 }, [/p99 dispatch delay 1.00 ms, more than 1.00 ms/]],
    ['late at the median', 300, { p50Us: 12, p99Us: 900 }, [/p50 dispatch delay 0.012 ms, more than 0.010 ms/]],
    ['late, and said once', 300, { p50Us: 12, p99Us: 9_000 }, [/p99 dispatch delay 9.00 ms/]],
    ['late, but not by what matters in 20 ms', 20_000, { p50Us: 200, p99Us: 900 }, []],
  ])('%s', (_, p50Us, late, reasons) => {
    const judged = judgeLateness({ p50Us, late })
    expect(judged.validity).toBe(reasons.length > 0 ? 'suspect' : 'valid')
    expect(judged.reasons).toHaveLength(reasons.length)
    for (const [index, reason] of reasons.entries()) expect(judged.reasons[index]).toMatch(reason)
  })
})

describe('an open loop of stages', () => {
  const onTime = { count: 10_000, p50Us: 10, p99Us: 900 }
  const judge = (late: { p50Us: number; p99Us: number }, count = 2_000) => {
    const openLoop = { intended: 10_000, dropped: 0, dispatchDelay: onTime, sentPerSecond: 2_000, rateHeld: 1 }
    const response = { count, p50Us: 300 }
    return judgeValidity({
      plan: {
        workload: {
          ...{ model: 'open', arrivalRate: 20, maxInFlight: 1_000 },
          stages: [
            { durationMs: 1_000, fromRate: 0, toRate: 2_000 },
            { durationMs: 1_000, fromRate: 2_000, toRate: 2_000 },
          ],
        },
      },
      end: { state: 'decided' },
      judgement: { problems: [], doubts: [], contrasts: [] },
      blocks: [{}],
      kept: [{}],
      warmUps: [],
      summaries: [
        {
          ...{ arm: 'a', failures: [], latency: { count: 10_000, p50Us: 300 }, openLoop },
          stages: [
            { response, dispatchDelay: { ...onTime, count } },
            { response, dispatchDelay: { ...late, count } },
          ],
        },
      ],
    } as unknown as ComparisonRun)
  }

  it('is suspect when one stage was sent late, by the interval of that stage', () => {
    expect(judge({ p50Us: 10, p99Us: 900 })).toEqual({ validity: 'valid', reasons: [] })
    expect(judge({ p50Us: 10, p99Us: 9_000 }).reasons).toEqual([
      'the generator was saturated: a was sent late in 2,000/s for 1 s, p99 dispatch delay 9.00 ms, more than 1.00 ms',
    ])
  })

  it('says when the p99 of a stage rests on little, and asks none of a handful of arrivals', () => {
    expect(judge({ p50Us: 10, p99Us: 9_000 }, 99).reasons).toEqual([
      'p99 of a stage of a rests on 99 iterations; 1,000 would do',
    ])
  })
})

it('doubts an open loop whose event loop had work nearly all the time, unless it says already that it was late', () => {
  const late = { p50Us: 5, p99Us: 500 }
  expect(judgeLateness({ p50Us: 300, late, busy: 0.9 }).reasons).toEqual([])
  expect(judgeLateness({ p50Us: 300, late, busy: 0.95 }).reasons).toEqual([
    "the generator was saturated: a's event loop had work 95 % of the time, more than 90 %; --processes adds generators",
  ])
  expect(judgeLateness({ p50Us: 300, late: { p50Us: 5, p99Us: 5_000 }, busy: 0.95 }).reasons).toHaveLength(1)
})
