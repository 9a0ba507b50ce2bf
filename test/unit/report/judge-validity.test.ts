import { describe, expect, it } from 'vitest'
import type { ComparisonRun } from '../../../src/measure/run-comparison.ts'
import { judgeValidity } from '../../../src/report/judge-validity.ts'

/** An open loop of one arm: response times of `p50Us`, and how late its requests were sent. */
function judgeLateness({ p50Us, late }: { readonly p50Us: number; readonly late: { p50Us: number; p99Us: number } }) {
  const openLoop = { intended: 10_000, dropped: 0, dispatchDelay: late, sentPerSecond: 2_000 }
  return judgeValidity({
    plan: { workload: { model: 'open', arrivalRate: 2_000, maxInFlight: 1_000 } },
    end: { state: 'decided' },
    judgement: { problems: [], doubts: [], contrasts: [] },
    blocks: [{}],
    warmUps: [],
    summaries: [{ arm: 'a', latency: { count: 10_000, p50Us }, openLoop }],
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

describe('an arm that was not steady when its warm-up ended', () => {
  const judge = (states: readonly ('steady' | 'unsteady' | 'too few')[]) =>
    judgeValidity({
      plan: { workload: { model: 'closed' }, warmUp: { minMs: 2_500 } },
      end: { state: 'decided' },
      judgement: { problems: [], doubts: [], contrasts: [] },
      blocks: [{}],
      summaries: [],
      warmUps: states.map((state, generation) => ({
        arm: 'a',
        generation,
        elapsedMs: 5_000,
        state,
        ...(state !== 'too few' && { changePercent: 12.3 }),
      })),
    } as unknown as ComparisonRun)

  it('makes the comparison suspect, once for each arm', () => {
    expect(judge(['steady', 'unsteady', 'unsteady'])).toEqual({
      validity: 'suspect',
      reasons: [
        'a was not steady at the end of its warm-up in 2 of 3 generations: its throughput still changed by +12.3 %; --warm-up 5s gives it longer',
      ],
    })
    expect(judge(['unsteady']).reasons[0]).toContain('warm-up: its throughput')
  })

  it('is not made up when it was steady, or nobody could tell', () => {
    expect(judge(['steady', 'too few'])).toEqual({ validity: 'valid', reasons: [] })
  })
})
