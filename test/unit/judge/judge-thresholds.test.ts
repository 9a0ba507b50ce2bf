import { describe, expect, it } from 'vitest'
import { judgeComparison } from '../../../src/judge/judge-comparison.ts'
import { judgeRatio, judgeThresholds, type ThresholdResult } from '../../../src/judge/judge-thresholds.ts'
import type { ComparisonPlan } from '../../../src/plan/plan.ts'
import type { Block } from '../../../src/sample/block.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import type { ArmSummary } from '../../../src/sample/summarize-arm.ts'
import type { Threshold } from '../../../src/scenario/scenario-parts.ts'
import type { Comparison } from '../../../src/statistics/comparison.ts'
import type { LookPlan } from '../../../src/statistics/looks.ts'
import { makeQuads } from './make-block.ts'
import { makeOptions, planWith, summarize, wobble } from './make-options.ts'

interface Judged {
  readonly blocks: readonly Block[]
  readonly plan?: Partial<ComparisonPlan>
  readonly looks?: LookPlan
  readonly summaries?: readonly ArmSummary[]
}

function judge(
  thresholds: readonly Threshold<'a' | 'b'>[],
  { blocks, plan, looks, summaries }: Judged,
): ThresholdResult[] {
  const made = makeOptions(blocks, { ...planWith({ thresholds }), ...plan })
  const options = looks === undefined ? made : { ...made, looks }
  return judgeThresholds(options, judgeComparison(options), summaries ?? summarize(options))
}

describe('judgeThresholds', () => {
  const blocks = makeQuads(8, (arm, round) => ({
    latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round),
    newCarriers: { connections: arm === 'a' ? 1_000 : round === 0 ? 5 : 0, handshakesFull: 0, handshakesResumed: 0 },
  }))

  const verdictOf = (threshold: Threshold<'a' | 'b'>, measured: readonly Block[] = blocks) =>
    judge([threshold], { blocks: measured }).map(({ verdict }) => verdict)

  it.each<[string, Threshold<'a' | 'b'>, string]>([
    ['a ratio whose whole interval is within', { variant: 'b', metric: 'latency.p50', maxRatio: 0.7 }, 'held'],
    ['a ratio whose whole interval is beyond', { variant: 'b', metric: 'latency.p50', maxRatio: 0.4 }, 'failed'],
    ['a ratio inside the interval', { variant: 'b', metric: 'latency.p50', maxRatio: 0.5 }, 'inconclusive'],
    ['a ratio of p99 within', { variant: 'b', metric: 'latency.p99', maxRatio: 0.7 }, 'held'],
    ['a count within', { variant: 'b', metric: 'connectionsPerRequest', max: 0.001 }, 'held'],
    ['a count beyond', { variant: 'a', metric: 'connectionsPerRequest', max: 0.5 }, 'failed'],
    ['a least throughput that is reached', { variant: 'b', metric: 'throughput', min: 1_500 }, 'held'],
    ['a least throughput that is missed', { variant: 'b', metric: 'throughput', min: 9_000 }, 'failed'],
    ['a latency in ms within', { variant: 'b', metric: 'latency.p50', max: 6 }, 'held'],
    ['a latency in ms beyond', { variant: 'b', metric: 'latency.p50', max: 4 }, 'failed'],
    ['a latency limit inside the interval', { variant: 'b', metric: 'latency.p50', max: 5.015 }, 'inconclusive'],
    ['no errors', { variant: 'b', metric: 'errorRate', max: 0 }, 'held'],
  ])('%s', (_, threshold, verdict) => {
    expect(verdictOf(threshold)).toEqual([verdict])
  })

  it('leaves a time undecided on fewer than six units', () => {
    const few = blocks.filter(({ round }) => round < 5)
    expect(verdictOf({ variant: 'b', metric: 'latency.p50', max: 6 }, few)).toEqual(['inconclusive'])
    expect(verdictOf({ variant: 'b', metric: 'latency.p50', maxRatio: 0.7 }, few)).toEqual(['inconclusive'])
  })

  it('judges nothing on an invalid measurement', () => {
    const wrong = { ...(blocks[0] as Block), disagreements: [{ count: 'requests' as const, client: 1, server: 2 }] }
    expect(verdictOf({ variant: 'b', metric: 'errorRate', max: 0 }, blocks.with(0, wrong))).toEqual(['invalid'])
    expect(verdictOf({ variant: 'b', metric: 'latency.p50', maxRatio: 2 }, blocks.with(0, wrong))).toEqual(['invalid'])
    expect(verdictOf({ variant: 'b', metric: 'errorRate', max: 0 }, [])).toEqual(['invalid'])
  })

  it('limits the drops of an open loop and the rate that it held, and of no other', () => {
    const workload = {
      model: 'open',
      arrivalRate: 100,
      arrivals: 'constant',
      maxInFlight: 9,
      iterationTimeoutMs: 99,
    } as const
    const drops: Threshold<'a' | 'b'> = { variant: 'b', metric: 'drops', max: 0.01 }
    const rate: Threshold<'a' | 'b'> = { variant: 'b', metric: 'rateHeld', min: 0.99 }
    const { response, dispatchDelay } = { response: new Histogram().encode(), dispatchDelay: new Histogram().encode() }
    const judgeOpen = (dropped: number, workMs: number) => {
      const openLoop = { intended: 100, dropped, scheduleMs: 1_000, response, dispatchDelay }
      const open = blocks.map((block) => ({ ...block, workMs, openLoop }))
      return judge([drops, rate], { blocks: open, plan: { workload } })
    }
    const verdictsOf = (dropped: number, workMs: number) => judgeOpen(dropped, workMs).map(({ verdict }) => verdict)
    expect(verdictsOf(0, 1_000)).toEqual(['held', 'held'])
    expect(verdictsOf(90, 1_000)).toEqual(['failed', 'failed'])
    expect(verdictsOf(0, 1_100)).toEqual(['held', 'failed'])
    expect(judgeOpen(1, 1_000)).toMatchObject([
      { actual: 0.01, reason: 'an exact count, within the limit' },
      { actual: 0.99, reason: 'an exact count, within the limit' },
    ])
    expect(judge([drops, rate], { blocks })).toMatchObject([
      { verdict: 'invalid', reason: "only an open loop has 'drops': give it a rate" },
      { verdict: 'invalid', reason: "only an open loop has 'rateHeld': give it a rate" },
    ])
  })

  it('judges no survivors: errors over budget make every limit invalid', () => {
    const failures = [{ code: 'status' as const, count: 500, message: 'the target answered 500' }]
    const failing = blocks.map((block) => (block.arm === 'b' ? { ...block, failed: 500, failures } : block))
    expect(verdictOf({ variant: 'b', metric: 'latency.p50', max: 1_000 }, failing)).toEqual(['invalid'])
    expect(verdictOf({ variant: 'b', metric: 'latency.p50', maxRatio: 2 }, failing)).toEqual(['invalid'])
  })
})

it('of two versions of the code only the head has to keep a limit', () => {
  const blocks = makeQuads(8, () => ({ latencyUs: 5_000 }))
  const code = (role: 'base' | 'head') => ({ role, label: role, scenarioUrl: 'file:///s.ts', imports: [] })
  const arms = [
    { id: 'a', variant: 'own', params: {}, code: code('base') },
    { id: 'b', variant: 'own', params: {}, code: code('head') },
  ]
  const thresholds = [{ variant: 'own', metric: 'errorRate', max: 0 }] as const
  expect(judge(thresholds as never, { blocks, plan: { arms, thresholds } })).toMatchObject([
    { arm: 'b', verdict: 'held' },
  ])
})

describe('a percentile that is read from the histogram', () => {
  const blocksOf = (requests: number) => makeQuads(8, () => ({ requests, latencyUs: 5_000 }))

  it.each([
    ['latency.p99.9', 625, 'held', 'a point estimate, within the limit'],
    // Its 16 blocks have 9,984: one in a thousand of them is less than ten.
    ['latency.p99.9', 624, 'inconclusive', 'fewer than 10 requests lie beyond this percentile'],
    ['latency.p95', 13, 'held', 'a point estimate, within the limit'],
    ['latency.p95', 12, 'inconclusive', 'fewer than 10 requests lie beyond this percentile'],
  ] as const)('%s of blocks of %d requests: %s', (metric, requests, verdict, reason) => {
    const [result] = judge([{ variant: 'b', metric, max: 6 }], { blocks: blocksOf(requests) })
    expect(result).toMatchObject({ metric, verdict, reason, actual: expect.closeTo(5, 1) })
  })
})

describe('what a threshold came to', () => {
  const blocks = makeQuads(8, (arm, round) => ({
    ...{ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round), failed: arm === 'b' ? 5 : 0 },
    newCarriers: { connections: 4, handshakesFull: 3, handshakesResumed: 2 },
  }))
  // The figures of arm a are others: nobody may take them for those of b.
  const summaries = summarize(makeOptions(blocks)).map((summary) => {
    if (summary.arm === 'a') return { ...summary, throughputPerSecond: 1, latency: { ...summary.latency, p50Us: 1 } }
    const latency = { ...summary.latency, p50Us: 5_000, p90Us: 6_000, p99Us: 7_000 }
    return { ...summary, throughputPerSecond: 2_000, latency }
  })
  const interval = { held: 'the whole interval is within the limit', failed: 'the whole interval is beyond the limit' }
  const count = { held: 'an exact count, within the limit', failed: 'an exact count, beyond the limit' }
  const point = { held: 'a point estimate, within the limit', failed: 'a point estimate, beyond the limit' }

  it.each<[ThresholdResult['metric'], number, typeof interval]>([
    ['throughput', 2_000, interval],
    ['latency.p50', 5, interval],
    ['latency.p90', 6, interval],
    ['latency.p99', 7, point],
    ['cpuPerRequest', 50, interval],
    ['connectionsPerRequest', 0.004, count],
    ['handshakesPerRequest', 0.005, count],
    ['errorRate', 5 / 1_005, count],
  ])('%s: what was expected, what came, and how it is known', (metric, value, { held, failed }) => {
    const judgeLimit = (limits: object) => judge([{ variant: 'b', metric, ...limits }], { blocks, summaries })
    const [more, less, actual] = [value * 1.5, value / 1.5, expect.closeTo(value, 9)]
    const frame = { arm: 'b', metric, limit: 'max', actual }
    expect(judgeLimit({ max: more })).toEqual([{ ...frame, expected: more, verdict: 'held', reason: held }])
    expect(judgeLimit({ max: less })).toEqual([{ ...frame, expected: less, verdict: 'failed', reason: failed }])
    expect(judgeLimit({ max: more, min: more })).toEqual([
      { ...frame, expected: more, verdict: 'held', reason: held },
      { ...frame, limit: 'min', expected: more, verdict: 'failed', reason: failed },
    ])
  })

  it('is held by the very limit', () => {
    for (const limit of ['max', 'min']) {
      const [judged] = judge([{ variant: 'b', metric: 'connectionsPerRequest', [limit]: 0.004 }], { blocks })
      expect(judged).toMatchObject({ actual: 0.004, verdict: 'held' })
    }
  })

  it('of a ratio has the ratio, and the baseline has none to itself', () => {
    const [judged, ...more] = judge(
      [
        { variant: 'a', metric: 'latency.p50', maxRatio: 0.7 },
        { variant: 'b', metric: 'latency.p50', maxRatio: 0.7 },
      ],
      { blocks },
    )
    expect(more).toEqual([])
    expect(judged).toEqual({
      ...{ arm: 'b', metric: 'latency.p50', limit: 'maxRatio', expected: 0.7, actual: expect.closeTo(0.5, 3) },
      ...{ verdict: 'held', reason: 'the whole interval is within the limit' },
    })
  })

  it('of a measurement that nobody may read carries every problem, and of an invalid ratio no figure', () => {
    const disagreements = [{ count: 'requests' as const, client: 1, server: 2 }]
    const wrong = blocks.map((block) => (block.arm === 'b' ? { ...block, failed: 500, disagreements } : block))
    const problem = /^client and server counts differ in 16 of 32 blocks.*; 33 % of b's iterations failed/
    const reason = expect.stringMatching(problem)
    const thresholds = [
      { variant: 'b', metric: 'latency.p50', max: 9 },
      { variant: 'b', metric: 'latency.p50', maxRatio: 2 },
    ] as const
    const frame = { arm: 'b', metric: 'latency.p50', verdict: 'invalid', reason }
    expect(judge(thresholds, { blocks: wrong })).toEqual([
      { ...frame, limit: 'max', expected: 9, actual: expect.closeTo(5, 0) },
      { ...frame, limit: 'maxRatio', expected: 2 },
    ])
  })

  it('of an arm that has no figures is that nothing was measured', () => {
    const frame = { arm: 'b', metric: 'errorRate', limit: 'max', expected: 1 }
    const unmeasured = { ...frame, verdict: 'invalid', reason: 'nothing was measured' }
    const threshold = { variant: 'b', metric: 'errorRate', max: 1 } as const
    expect(judge([threshold], { blocks: [] })).toEqual([unmeasured])
    expect(judge([threshold], { blocks, summaries: [] })).toEqual([unmeasured])
  })

  it('of a time needs six units, whatever the level', () => {
    const judgeUnits = (units: number) => {
      const measured = blocks.filter(({ round }) => round < units)
      const looks = { looks: [units], alpha: 0.5 }
      return judge([{ variant: 'b', metric: 'latency.p50', max: 9 }], { blocks: measured, looks })
    }
    expect(judgeUnits(6)).toMatchObject([{ verdict: 'held' }])
    expect(judgeUnits(5)).toMatchObject([
      { verdict: 'inconclusive', reason: '5 units give no interval at this level', actual: expect.closeTo(5, 0) },
    ])
  })
})

describe('judgeRatio', () => {
  const compared = { ratio: 1.2, verdict: 'slower', reason: 'why', interval: { low: 1, high: 1.5 } } as Comparison

  it.each([
    [1.5, 'held'],
    [1.49, 'inconclusive'],
    [1, 'inconclusive'],
    [0.99, 'failed'],
  ])('of 1 to 1.5 against %d: %s', (maxRatio, verdict) => {
    expect(judgeRatio(compared, maxRatio).verdict).toBe(verdict)
  })

  it('says why there is no answer', () => {
    expect(judgeRatio(compared, 1.2).reason).toBe('the limit lies inside the interval')
    expect(judgeRatio({ ...compared, verdict: 'invalid' }, 2)).toEqual({ verdict: 'invalid', reason: 'why' })
    expect(judgeRatio({ ...compared, ratio: undefined }, 2)).toEqual({ verdict: 'invalid', reason: 'why' })
    expect(judgeRatio({ ...compared, interval: undefined }, 2)).toEqual({ verdict: 'inconclusive', reason: 'why' })
  })
})
