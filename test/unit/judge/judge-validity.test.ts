import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../../src/document/exit-code.ts'
import type { ComparisonRun } from '../../../src/judge/judge-run.ts'
import { judgeValidity } from '../../../src/judge/judge-validity.ts'
import { comparisonOf, steady } from '../report/comparison-of.ts'
import { makeSketch, type Sketch } from '../report/make-sketch.ts'
import { makeQuads } from './make-block.ts'

describe('the rate of an open loop', () => {
  const judge = (more: { dropped?: number; rateHeld?: number }) => {
    const onTime = { p50Us: 5, p99Us: 500 }
    const openLoop = { intended: 10_000, dropped: 0, dispatchDelay: onTime, sentPerSecond: 2_000, rateHeld: 1, ...more }
    return judgeValidity({
      plan: { workload: { model: 'open', arrivalRate: 2_000, maxInFlight: 1_000 } },
      end: { state: 'decided' },
      judgement: { problems: [], doubts: [], contrasts: [] },
      ...{ blocks: [{}], kept: [{}], warmUps: [] },
      summaries: [
        { arm: 'a', latency: { count: 10_000, p50Us: 300 }, failures: [], eventLoopUtilization: 0.5, openLoop },
      ],
    } as unknown as ComparisonRun)
  }

  it.each([
    ['held', {}, []],
    ['held to 99 %', { rateHeld: 0.991 }, []],
    ['not held', { rateHeld: 0.97 }, ['a was sent at 97 % of its rate; 99 % would do']],
    [
      'not held for drops',
      { dropped: 9_000, rateHeld: 0.1 },
      ["90 % of a's arrivals were dropped: 1,000 were under way"],
    ],
  ])('%s', (_, more, reasons) => {
    expect(judge(more)).toEqual({ validity: reasons.length > 0 ? 'suspect' : 'valid', reasons })
  })
})

describe('a p99 that rests on few values', () => {
  const reasonsOf = (counts: readonly number[]) =>
    judgeValidity({
      plan: { workload: { model: 'closed' } },
      end: { state: 'decided' },
      judgement: { problems: [], doubts: [], contrasts: [] },
      ...{ blocks: [{}], kept: [], warmUps: [] },
      summaries: counts.map((count, index) => {
        const service = { count: 0, meanUs: 0 }
        return { arm: `n=${index}`, failures: [], latency: { count, p50Us: 300 }, service, failedService: service }
      }),
    } as unknown as ComparisonRun).reasons

  it('is said once, of all arms that it is so of', () => {
    expect(reasonsOf([1_000, 0])).toEqual([])
    expect(reasonsOf([120, 5_000])).toEqual(['p99 of n=0 rests on 120 iterations; 1,000 would do'])
    expect(reasonsOf([120, 5_000, 800])).toEqual(['p99 of n=0, n=2 rests on 120 to 800 iterations; 1,000 would do'])
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

describe('INVALID', () => {
  const blocks = makeQuads(8, steady)
  const withFirst = (more: object) => blocks.map((block, index) => (index === 0 ? { ...block, ...more } : block))
  const disagreements = [{ count: 'connectionsOpened' as const, client: 1, server: 2 }]
  const exhausted = [{ code: 'ports-exhausted' as const, count: 90, message: 'connect EADDRNOTAVAIL' }]
  const open = { model: 'open', arrivalRate: 100 } as const

  const invalid: [string, Sketch, RegExp][] = [
    ['the ledger differs', { blocks: withFirst({ disagreements }) }, /client 1, server 2\)$/],
    [
      'the ledger differs where the event loop was blocked',
      { blocks: withFirst({ disagreements, eventLoopDelayMaxUs: 10_200_000 }) },
      /; in such a block the arm's event loop was blocked for 10 s/,
    ],
    [
      'requests went to another server',
      {
        blocks: blocks.map((block) =>
          block.arm === 'b'
            ? {
                ...block,
                elsewhere: ['127.0.0.1:41234'],
                disagreements: [
                  { count: 'connectionsOpened' as const, client: 1, server: 0 },
                  { count: 'requests' as const, client: 1_000, server: 0 },
                ],
              }
            : block,
        ),
      },
      /^none of b's 16,000 requests reached the target: its connections led to 127.0.0.1:41234\. .*--target URL$/,
    ],
    [
      'some requests went to another server',
      {
        blocks: withFirst({
          elsewhere: ['127.0.0.1:1', '[::1]:9', '127.0.0.1:2', '127.0.0.1:3'],
          disagreements: [{ count: 'requests', client: 20, server: 5 }],
        }),
      },
      /^only 5 of a's 20 requests reached .*: others of its connections led to 127.0.0.1:1, \[::1\]:9, 127.0.0.1:2 and other places\./,
    ],
    [
      'counts differ, and a connection led elsewhere that carried no request',
      { blocks: withFirst({ disagreements, elsewhere: ['127.0.0.1:1'] }) },
      /client 1, server 2\); connections led to 127.0.0.1:1, which is not the target$/,
    ],
    [
      'the server counts more, wherever connections led',
      {
        blocks: withFirst({
          elsewhere: ['127.0.0.1:1'],
          disagreements: [{ count: 'requests', client: 5, server: 20 }],
        }),
      },
      /^client and server counts differ in 1 of 32 blocks/,
    ],
    [
      'errors are over budget',
      { blocks: blocks.map((block) => ({ ...block, failed: 90, failures: exhausted })) },
      /8.3 % of a's iterations failed, more than the error budget of 1 %, mostly 'ports-exhausted'/,
    ],
    [
      'the order is broken',
      { blocks: blocks.map((block) => ({ ...block, arm: block.position < 2 ? 'a' : 'b' })) },
      /did not run in an order and its mirror/,
    ],
    ['nothing was measured', { blocks: [] }, /^nothing was measured$/],
    [
      'an arm failed',
      { blocks, end: { state: 'failed', message: 'the arm process ended' } },
      /^the arm process ended$/,
    ],
    ['the budget is too short', { blocks, end: { state: 'too short', message: 'try --budget 60s' } }, /^try --budget/],
    ['no round is complete', { blocks: blocks.slice(0, 3) }, /^b: no complete round was measured$/],
    [
      'a metric has no value',
      { blocks: blocks.map((block) => ({ ...block, p50Us: 0 })) },
      /^b: 8 of 8 rounds have a block without a value/,
    ],
    [
      'an open loop is compared by CPU time',
      { blocks, scenario: { workload: open, primaryMetric: 'cpuPerRequest' } },
      /^b: an open loop has no CPU time per request$/,
    ],
  ]

  it.each(invalid)('never exits 0 when %s', (_, sketch, reason) => {
    const { validity, reasons } = comparisonOf(sketch)
    expect(validity).toBe('invalid')
    expect(reasons[0]).toMatch(reason)
    for (const policy of ['pass', 'warn', 'fail'] as const)
      expect(exitCodeOf(makeSketch(sketch), { inconclusive: policy })).toBe(2)
  })
})
