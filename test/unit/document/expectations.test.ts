import { describe, expect, it } from 'vitest'
import { judgeExpectations, makeRoundTripRows } from '../../../src/document/expectations.ts'
import type { ComparisonResult } from '../../../src/document/model.ts'
import type { Expectation } from '../../../src/scenario/scenario-parts.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketch } from '../report/make-sketch.ts'

/** What a run at a distance measured, in ms. */
function measure(rttMs: number, latencyMs: Readonly<Record<'a' | 'b', number>>, protocol: 'http' | 'https' = 'http') {
  const blocks = makeQuads(8, (arm, round) => ({ latencyUs: latencyMs[arm] * 1_000 * (1 + round / 10_000) }))
  const { scenarios } = makeSketch({ blocks, scenario: { target: { rttMs, protocol } } })
  return scenarios[0]?.comparisons[0] as ComparisonResult
}

describe('makeRoundTripRows', () => {
  const roundTrips = { a: { http: 2, https: 3 }, b: 1 }

  it('adds the p50 without distance of the same protocol, and says whether the ratio came out', () => {
    const comparisons = [measure(0, { a: 1, b: 0.5 }), measure(20, { a: 41.5, b: 21.4 }), measure(5, { a: 13, b: 5.5 })]
    const rows = makeRoundTripRows(comparisons, roundTrips, 2)
    expect(rows.map(({ comparison, arm, roundTrips: count, cameOut }) => [comparison, arm, count, cameOut])).toEqual([
      ['http, 20 ms RTT', 'a', 2, null],
      ['http, 20 ms RTT', 'b', 1, true],
      ['http, 5 ms RTT', 'a', 2, null],
      ['http, 5 ms RTT', 'b', 1, null],
    ])
    expect(rows[1]?.ratio).toEqual({ baseline: 'a', model: expect.closeTo(2, 2), measured: expect.closeTo(1.94, 2) })
    expect(rows[0]?.modelUs).toBeCloseTo(41_000, -2)
    expect(rows[0]?.localUs).toBeCloseTo(1_000, -1)
  })

  it('has no local part where the run did not measure one, and another count for another protocol', () => {
    const rows = makeRoundTripRows([measure(0, { a: 1, b: 1 }), measure(20, { a: 60, b: 20 }, 'https')], roundTrips, 2)
    expect(rows.map(({ localUs, modelUs, roundTrips: count }) => ({ localUs, modelUs, count }))).toEqual([
      { localUs: null, modelUs: 60_000, count: 3 },
      { localUs: null, modelUs: 20_000, count: 1 },
    ])
  })

  it('takes the time per iteration for the local part where workers queue for the CPU', () => {
    const blocks = makeQuads(8, () => ({ latencyUs: 10_000, eventLoopUtilization: 0.98 }))
    const [local] = makeSketch({ blocks }).scenarios.flatMap(({ comparisons }) => comparisons) as [ComparisonResult]
    const [row, session] = makeRoundTripRows([local, measure(20, { a: 41, b: 21 })], roundTrips, 2)
    // Ten workers whose latency is 10 ms: one iteration every millisecond.
    expect(row?.localUs).toBeCloseTo(1_000, 0)
    expect(session?.cameOut).toBe(true)
  })

  it('takes the local part at the pace of the distance where that was measured, and says how late the link was', () => {
    const readings = [0.9, 1.1, 1].flatMap((ms) => [
      { arm: 'a', p50Us: 2_000 * ms, lateMs: 0.2 },
      { arm: 'b', p50Us: 1_000 * ms, lateMs: 0.2 },
    ])
    const distant = { ...measure(20, { a: 43, b: 21 }), local: readings }
    const rows = makeRoundTripRows([measure(0, { a: 1, b: 0.5 }), distant], roundTrips, 2)
    expect(rows.map(({ localUs, modelUs, linkLateUs }) => ({ localUs, modelUs, linkLateUs }))).toEqual([
      { localUs: 2_000, modelUs: 42_000, linkLateUs: 400 },
      { localUs: 1_000, modelUs: 21_000, linkLateUs: 400 },
    ])
  })

  it('says when the ratio did not come out', () => {
    const rows = makeRoundTripRows([measure(20, { a: 50, b: 20 })], roundTrips, 2)
    expect(rows.map(({ cameOut, ratio }) => [cameOut, ratio?.model])).toEqual([
      [null, undefined],
      [false, 2],
    ])
  })

  it('is said to be short of a local part that was not measured, unless an arm was faster than it', () => {
    const reasonsOf = (a: number, b: number, local = false) =>
      makeRoundTripRows([...(local ? [measure(0, { a: 1, b: 1 })] : []), measure(20, { a, b })], roundTrips, 2)[1]
        ?.reasons
    const short = 'what an iteration takes without distance was not measured: --rtt 0 beside the others does'
    expect(reasonsOf(44, 24)).toContain(short)
    expect(reasonsOf(44, 19)).not.toContain(short)
    expect(reasonsOf(44, 24, true)).not.toContain(short)
    expect(reasonsOf(40.5, 20.2)).toEqual([])
  })

  it.each<[string, number, number, string | undefined]>([
    [
      'a kept arm opened a connection for each request',
      1,
      1,
      'b paid 1 connection per request, which the model has none of',
    ],
    ['it kept them', 1, 0, undefined],
    ['its model counts them', 2, 1, undefined],
  ])('names the connections that the model has no room for: %s', (_, count, connections, reason) => {
    const newCarriers = (arm: 'a' | 'b') => ({
      ...{ handshakesFull: 0, handshakesResumed: 0 },
      connections: arm === 'a' ? 1_000 : 1_000 * connections,
    })
    const blocks = makeQuads(8, (arm, round) => ({ latencyUs: 60_000 + round, newCarriers: newCarriers(arm) }))
    const comparison = makeSketch({ blocks, scenario: { target: { rttMs: 20 } } }).scenarios[0]?.comparisons[0]
    const [, row] = makeRoundTripRows([comparison as ComparisonResult], { a: 4, b: count }, 2)
    expect(row?.cameOut).toBe(false)
    expect(row?.reasons.find((one) => one.includes('the model'))).toBe(reason)
  })

  it('leaves out variants without a model', () => {
    expect(makeRoundTripRows([measure(20, { a: 60, b: 20 })], {}, 2)).toEqual([])
    expect(makeRoundTripRows([measure(20, { a: 60, b: 20 })], { a: { https: 3 } }, 2)).toEqual([])
  })
})

describe('judgeExpectations', () => {
  const judge = (expectation: Omit<Expectation, 'variant'>, comparison = measure(20, { a: 40, b: 20 })) =>
    judgeExpectations(comparison, { expect: [{ variant: 'b', ...expectation }] }).map(({ state }) => state)

  it.each<[Omit<Expectation, 'variant'>, readonly string[]]>([
    [{ ratio: { max: 0.7 } }, ['came out']],
    [{ ratio: { min: 0.4, max: 0.6 } }, ['came out']],
    [{ ratio: { max: 0.4 } }, ['did not come out']],
    [{ ratio: { min: 1 } }, ['did not come out']],
    [{ metric: 'throughput', ratio: { min: 1.5 } }, ['came out']],
    [{ ratio: { max: 0.7 }, protocol: 'https' }, []],
    [{ ratio: { max: 0.7 }, minRttMs: 100 }, []],
    [{ ratio: { max: 0.7 }, params: { connections: 3 } }, []],
  ])('%j', (expectation, states) => expect(judge(expectation)).toEqual(states))

  it('is unclear when the ratio misses the range and its interval does not', () => {
    const blocks = makeQuads(8, (arm, round) => ({ latencyUs: arm === 'a' ? 10_000 : 10_000 + 700 * (round % 4) }))
    const comparison = makeSketch({ blocks }).scenarios[0]?.comparisons[0] as ComparisonResult
    expect(judge({ ratio: { max: 1.05 } }, comparison)).toEqual(['unclear'])
  })

  it.each([
    ['one unit', 1, 'unclear'],
    ['two that agree', 2, 'did not come out'],
  ])('says of %s without an interval only what it shows', (_, rounds, state) => {
    const blocks = makeQuads(rounds, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 9_000) + round }))
    const comparison = makeSketch({ blocks, end: { state: 'bound reached' } }).scenarios[0]?.comparisons[0]
    expect(judge({ ratio: { max: 0.5 } }, comparison as ComparisonResult)).toEqual([state])
  })

  it('is unclear when units without an interval disagree', () => {
    const blocks = makeQuads(2, (arm, round) => ({ latencyUs: arm === 'b' && round === 0 ? 4_000 : 10_000 }))
    const comparison = makeSketch({ blocks, end: { state: 'bound reached' } }).scenarios[0]?.comparisons[0]
    expect(judge({ ratio: { max: 0.5 } }, comparison as ComparisonResult)).toEqual(['unclear'])
  })

  it('names what is likely to have set the pace instead', () => {
    const blocks = makeQuads(8, (arm) => ({ latencyUs: 10_000, eventLoopUtilization: arm === 'b' ? 0.99 : 0.2 }))
    const comparison = makeSketch({ blocks }).scenarios[0]?.comparisons[0] as ComparisonResult
    const [result] = judgeExpectations(comparison, { expect: [{ variant: 'b', ratio: { max: 0.5 } }] })
    expect(result?.reasons).toEqual([expect.stringContaining('busy nearly all the time for b')])
  })

  it.each([
    ['latency.p50', { max: 0.5 }, 'b'],
    ['latency.p50', { min: 2 }, 'a'],
    ['throughput', { max: 0.5 }, 'a'],
    ['throughput', { min: 2 }, 'b'],
  ] as const)('looks at the arm that did worse: %s %o', (metric, ratio, worse) => {
    const blocks = makeQuads(8, (_, round) => ({ latencyUs: 10_000 + round, eventLoopUtilization: 0.7 }))
    const comparison = makeSketch({ blocks }).scenarios[0]?.comparisons[0] as ComparisonResult
    const [result] = judgeExpectations(comparison, { expect: [{ variant: 'b', metric, ratio }] })
    expect(result?.reasons).toEqual([expect.stringMatching(`busy 70 % of the time for ${worse}: requests may have`)])
  })

  it.each([
    [{ eventLoopUtilization: 0.7 }, /busy 70 % of the time for b: requests may have queued/],
    [{ gcMs: 400 }, /garbage collection took 40 % of the time of b/],
    [{ speedControlMs: [5, 11] as [number, number] }, /the same work took up to 120 % longer/],
    [{ succeeded: 980, failed: 20 }, /2.0 % of the iterations of b failed/],
  ])('reads vitals and counts: %j', (sketch, reason) => {
    const blocks = makeQuads(8, (arm) => ({ latencyUs: 10_000, ...(arm === 'b' && sketch) }))
    const { scenarios } = makeSketch({ blocks, scenario: { errorBudget: 1 } })
    const comparison = scenarios[0]?.comparisons[0] as ComparisonResult
    const [result] = judgeExpectations(comparison, { expect: [{ variant: 'b', ratio: { max: 0.5 } }] })
    expect(result?.reasons).toEqual([expect.stringMatching(reason)])
  })

  it('names the phase in which the medians differ most', () => {
    const phasesOf = (waitUs: number) => ({
      histograms: {},
      exemplars: [],
      bands: [
        {
          band: 425,
          iterations: 1_000,
          untraced: 0,
          latencyUs: 10_000_000,
          phasesUs: { wait: waitUs * 1_000, body: 5_000 },
        },
      ],
    })
    const blocks = makeQuads(8, (arm) => ({ latencyUs: 10_000, phases: phasesOf(arm === 'a' ? 1_000 : 9_000) }))
    const comparison = makeSketch({ blocks }).scenarios[0]?.comparisons[0] as ComparisonResult
    const [result] = judgeExpectations(comparison, { expect: [{ variant: 'b', ratio: { max: 0.5 } }] })
    expect(result?.reasons).toEqual([
      "the medians differ most in waiting in the client's pool: 1.00 ms in a, 9.00 ms in b",
    ])
  })
})
