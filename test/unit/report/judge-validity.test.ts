import { describe, expect, it } from 'vitest'
import type { ComparisonRun } from '../../../src/measure/run-comparison.ts'
import { exitCodeOf } from '../../../src/report/exit-code.ts'
import { judgeValidity } from '../../../src/report/judge-validity.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketch, type Sketch } from './make-sketch.ts'

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
      ["90 % of a's arrivals were dropped: 1000 were under way"],
    ],
  ])('%s', (_, more, reasons) => {
    expect(judge(more)).toEqual({ validity: reasons.length > 0 ? 'suspect' : 'valid', reasons })
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

it('doubts an open loop whose event loop had work nearly all the time, unless it says already that it was late', () => {
  const late = { p50Us: 5, p99Us: 500 }
  expect(judgeLateness({ p50Us: 300, late, busy: 0.9 }).reasons).toEqual([])
  expect(judgeLateness({ p50Us: 300, late, busy: 0.95 }).reasons).toEqual([
    "the generator was saturated: a's event loop had work 95 % of the time, more than 90 %; --processes adds generators",
  ])
  expect(judgeLateness({ p50Us: 300, late: { p50Us: 5, p99Us: 5_000 }, busy: 0.95 }).reasons).toHaveLength(1)
})

const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000
const steady = (arm: 'a' | 'b', round: number) => ({ latencyUs: (arm === 'a' ? 2_000 : 1_000) * wobble(round) })

function comparisonOf(sketch: Sketch) {
  const [comparison] = makeSketch(sketch).scenarios.flatMap(({ comparisons }) => comparisons)
  return comparison as NonNullable<typeof comparison>
}

describe('a machine that may be what was measured', () => {
  it.each([
    [
      'steal, for the arm where it was worst',
      { a: { cpuStealShare: 0.02 }, b: { cpuStealShare: 0.08 } },
      /^8\.0 % of .* \(steal\) while b/,
    ],
    ['steal within 5 %', { a: { cpuStealShare: 0.05 }, b: {} }, undefined],
    [
      'TIME_WAIT near the port range',
      { a: { timeWaitSockets: 27_000, localPorts: 28_232, wire: { connectionsOpened: 1_000 } }, b: {} },
      /^27,000 sockets .* of a, with 28,232/,
    ],
    [
      'TIME_WAIT far from it',
      { a: { timeWaitSockets: 25_000, localPorts: 28_232, wire: { connectionsOpened: 1_000 } }, b: {} },
      undefined,
    ],
    [
      'TIME_WAIT of an unknown range',
      { a: { timeWaitSockets: 27_000, wire: { connectionsOpened: 1_000 } }, b: {} },
      undefined,
    ],
    [
      'ports used up, within the error budget',
      { a: {}, b: { failed: 2, failures: [{ code: 'ports-exhausted' as const, count: 2, message: 'EADDRNOTAVAIL' }] } },
      /^32 of b's iterations found no free local port/,
    ],
  ])('%s', (_, more, reason) => {
    const { validity, reasons } = comparisonOf({
      blocks: makeQuads(8, (arm, round) => ({ ...steady(arm, round), ...more[arm] })),
    })
    expect(validity).toBe(reason === undefined ? 'valid' : 'suspect')
    expect(reasons).toHaveLength(reason === undefined ? 0 : 1)
    if (reason !== undefined) expect(reasons[0]).toMatch(reason)
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
      /^none of b's 16000 requests reached the target: its connections led to 127.0.0.1:41234\. .*--target URL$/,
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

describe('a rule that leaves out rounds by their CPU steal', () => {
  const exclude = { cpuSteal: 0.05 }
  // In one block of rounds 2 and 5 half of the CPU time went away, and b was slow.
  const blocks = makeQuads(10, (arm, round) => {
    const isStolen = (round === 2 || round === 5) && arm === 'b'
    const { latencyUs } = steady(arm, round)
    return { latencyUs: isStolen ? 50 * latencyUs : latencyUs, elapsedMs: 100, cpuStealShare: isStolen ? 0.5 : 0.01 }
  })
  const wrong = blocks.map((block) =>
    block.round === 2 ? { ...block, disagreements: [{ count: 'requests' as const, client: 1, server: 2 }] } : block,
  )

  it('leaves out whole rounds of every arm, and says so', () => {
    const kept = comparisonOf({ blocks, scenario: { exclude } })
    expect(kept).toMatchObject({ validity: 'valid', rounds: 8, excludedRounds: 2, judging: { exclude } })
    expect(kept.blocks).toHaveLength(40)
    expect(kept.arms.map((arm) => arm.blocks)).toEqual([16, 16])
    expect(kept.arms[1]?.latency.maxUs).toBeLessThan(1_100)
    const [contrast] = kept.contrasts
    for (const metric of contrast?.metrics ?? []) {
      expect(metric.units).toBe(8)
      expect(metric.warnings).toContain('2 rounds were left out by a rule declared beforehand')
    }
  })

  it('leaves out none without the rule', () => {
    const all = comparisonOf({ blocks })
    expect(all).toMatchObject({ rounds: 10, validity: 'suspect' })
    expect(all).not.toHaveProperty('excludedRounds')
  })

  it('excuses no miscount', () => {
    const { validity, reasons } = comparisonOf({ blocks: wrong, scenario: { exclude } })
    expect(validity).toBe('invalid')
    expect(reasons[0]).toMatch(/differ in 4 of 40 blocks/)
  })

  it('is INVALID when no round is left, and suspect when the system does not tell', () => {
    const allStolen = blocks.map((block) => ({ ...block, cpuStealShare: 0.06 }))
    expect(comparisonOf({ blocks: allStolen, scenario: { exclude } })).toMatchObject({ validity: 'invalid', rounds: 0 })
    const untold = comparisonOf({ blocks: makeQuads(8, steady), scenario: { exclude } })
    expect(untold).toMatchObject({ validity: 'suspect', rounds: 8, excludedRounds: 0 })
    expect(untold.reasons).toEqual([expect.stringMatching(/^no round could be left out by its CPU steal/)])
  })
})
