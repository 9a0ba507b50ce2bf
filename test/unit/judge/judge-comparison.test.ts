import { describe, expect, it } from 'vitest'
import { judgeComparison, judgeFamily, levelOf } from '../../../src/judge/judge-comparison.ts'
import { judgeGates } from '../../../src/judge/judge-gates.ts'
import { judgeThresholds } from '../../../src/judge/judge-thresholds.ts'
import { type ComparisonPlan, makePlan } from '../../../src/plan/make-plan.ts'
import type { Block } from '../../../src/sample/block.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import { summarizeArm } from '../../../src/sample/merge.ts'
import type { Threshold } from '../../../src/scenario/define.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeLookPlan } from '../../../src/statistics/looks.ts'
import { makeQuads } from './make-block.ts'

const make = () => () => {}
const looks = makeLookPlan({ unit: 'quad', plannedGenerations: 1 })

function planWith(thresholds: readonly Threshold<'a' | 'b'>[] = []): ComparisonPlan {
  const scenario = resolveScenario(
    { question: '?', baseline: 'a', variants: { a: make, b: make }, isolation: 'shared', thresholds },
    { name: 't', url: 'file:///t.ts' },
  )
  return makePlan(scenario, { seed: 1 }).comparisons[0] as ComparisonPlan
}

function judge(blocks: readonly Block[], plan = planWith()) {
  return judgeComparison({ plan, unit: 'quad', blocks, looks, moment: 'look' })
}

/** A little seeded-looking unevenness, so that no two units are tied. */
const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000

describe('judgeComparison', () => {
  it('finds an arm that takes half the time faster, with ratio one half in latency and two in throughput', () => {
    const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round) }))
    const [contrast] = judge(blocks).contrasts
    expect(contrast?.primary).toMatchObject({ verdict: 'faster', units: 8, metric: { name: 'latency.p50' } })
    expect(contrast?.primary.ratio).toBeCloseTo(0.5, 2)
    const throughput = contrast?.metrics.find(({ metric }) => metric.name === 'throughput')
    expect(throughput?.ratio).toBeCloseTo(2, 2)
    expect(throughput?.verdict).toBe('faster')
  })

  it('leaves an incomplete round out', () => {
    const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round) }))
    expect(judge(blocks.slice(0, -1)).contrasts[0]?.primary.units).toBe(7)
  })

  it('is invalid where the ledger disagrees in a single block, and says where', () => {
    const blocks = makeQuads(8, () => ({}))
    const wrong = { ...(blocks[6] as Block), disagreements: [{ count: 'requests' as const, client: 10, server: 9 }] }
    const { problems, contrasts } = judge(blocks.with(6, wrong))
    expect(problems).toEqual([
      "client and server counts differ in 1 of 32 blocks, first in generation 1, round 2, arm 'b' (requests: client 10, server 9)",
    ])
    expect(contrasts[0]?.primary.verdict).toBe('invalid')
  })

  it('is invalid when an arm has a block without a single success', () => {
    const blocks = makeQuads(8, (arm, round) => (arm === 'b' && round === 3 ? { requests: 0 } : {}))
    expect(judge(blocks).contrasts[0]?.primary.verdict).toBe('invalid')
  })

  it('is invalid when more iterations fail than the error budget allows', () => {
    const failures = [{ code: 'reset' as const, count: 20, message: 'socket hang up' }]
    const failing = makeQuads(8, (arm) => (arm === 'b' ? { failed: 20, failures } : {}))
    expect(judge(failing).problems).toEqual([
      "2 % of b's iterations failed, more than the error budget of 1 %, mostly 'reset' (socket hang up)",
    ])
    expect(judge(failing).contrasts[0]?.primary.verdict).toBe('invalid')
    const few = makeQuads(8, (arm) => (arm === 'b' ? { failed: 5, failures } : {}))
    expect(judge(few).problems).toEqual([])
  })

  it('compares p99 by its merged histograms', () => {
    const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round) }))
    const p99 = judge(blocks).contrasts[0]?.metrics.find(({ metric }) => metric.name === 'latency.p99')
    expect(p99).toMatchObject({ verdict: 'faster', units: 8 })
    expect(p99?.ratio).toBeCloseTo(0.5, 2)
    expect(judge(blocks)).toEqual(judge(blocks))
  })

  it('doubts an arm whose blocks show a trend, generation by generation', () => {
    const falling = makeQuads(16, (arm, round) => ({
      latencyUs: arm === 'a' ? 10_000 * wobble(round) : 5_000 * 1.02 ** round,
    }))
    expect(judge(falling).doubts).toEqual([expect.stringMatching(/^b is unsteady: its throughput fell by \d+ %/)])
    const steady = makeQuads(16, (_, round) => ({ latencyUs: 10_000 * wobble(round) }))
    expect(judge(steady).doubts).toEqual([])
    const processes = [0, 1, 2].flatMap((generation) =>
      makeQuads(8, (_, round) => ({ generation, latencyUs: 10_000 * 1.2 ** generation * wobble(round) })),
    )
    expect(judge(processes).doubts).toEqual([])
  })

  it('is invalid without blocks', () => {
    expect(judge([]).contrasts[0]?.primary).toMatchObject({ verdict: 'invalid', units: 0 })
  })

  it('takes each generation as one unit when arms have processes of their own', () => {
    const generations = [0, 1, 2].flatMap((generation) =>
      makeQuads(4, (arm, round) => ({ generation, latencyUs: (arm === 'a' ? 10_000 : 9_000) * wobble(round) })),
    )
    const plan = planWith()
    const lookPlan = makeLookPlan({ unit: 'generation', plannedGenerations: 3 })
    const { contrasts } = judgeComparison({
      plan,
      unit: 'generation',
      blocks: generations,
      looks: lookPlan,
      moment: 'look',
    })
    expect(contrasts[0]?.primary).toMatchObject({ units: 3, interval: undefined, verdict: 'inconclusive' })
  })
})

describe('judgeThresholds', () => {
  const blocks = makeQuads(8, (arm, round) => ({
    latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round),
    newCarriers: { connections: arm === 'a' ? 1_000 : round === 0 ? 5 : 0, handshakesFull: 0, handshakesResumed: 0 },
  }))

  function verdictOf(threshold: Threshold<'a' | 'b'>, measured: readonly Block[] = blocks) {
    const plan = planWith([threshold])
    const summaries = ['a', 'b'].map((arm) =>
      summarizeArm(
        arm,
        measured.filter((block) => block.arm === arm),
      ),
    )
    const options = { plan, unit: 'quad', blocks: measured, looks, moment: 'look' } as const
    return judgeThresholds(options, judgeComparison(options), summaries).map(({ verdict }) => verdict)
  }

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
    const judge = (dropped: number, workMs: number) => {
      const openLoop = { intended: 100, dropped, scheduleMs: 1_000, response, dispatchDelay }
      const open = blocks.map((block) => ({ ...block, workMs, openLoop }))
      const summaries = ['a', 'b'].map((arm) =>
        summarizeArm(
          arm,
          open.filter((block) => block.arm === arm),
        ),
      )
      const plan = { ...planWith([drops, rate]), workload }
      const options = { plan, unit: 'quad', blocks: open, looks, moment: 'look' } as const
      return judgeThresholds(options, judgeComparison(options), summaries).map(({ verdict }) => verdict)
    }
    expect(judge(0, 1_000)).toEqual(['held', 'held'])
    expect(judge(90, 1_000)).toEqual(['failed', 'failed'])
    expect(judge(0, 1_100)).toEqual(['held', 'failed'])
    expect(verdictOf(drops)).toEqual(['invalid'])
    expect(verdictOf(rate)).toEqual(['invalid'])
  })

  it('judges no survivors: errors over budget make every limit invalid', () => {
    const failures = [{ code: 'status' as const, count: 500, message: 'the target answered 500' }]
    const failing = blocks.map((block) => (block.arm === 'b' ? { ...block, failed: 500, failures } : block))
    expect(verdictOf({ variant: 'b', metric: 'latency.p50', max: 1_000 }, failing)).toEqual(['invalid'])
    expect(verdictOf({ variant: 'b', metric: 'latency.p50', maxRatio: 2 }, failing)).toEqual(['invalid'])
  })
})

describe('judgeGates', () => {
  const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 5_000) * wobble(round) }))
  const gates = (thresholds: readonly Threshold<'a' | 'b'>[]) =>
    judgeGates({ plan: planWith(thresholds), unit: 'quad', blocks, looks, moment: 'look' })

  it('waits for a ratio whose limit lies in the interval, though the verdict is clear', () => {
    expect(gates([])).toEqual(['faster'])
    expect(gates([{ variant: 'b', metric: 'latency.p50', maxRatio: 0.7 }])).toEqual(['faster', 'same'])
    expect(gates([{ variant: 'b', metric: 'latency.p50', maxRatio: 0.5 }])).toEqual(['faster', 'inconclusive'])
  })
})

describe('the order of the blocks', () => {
  it('is doubted when one arm began nearly every round', () => {
    const blocks = makeQuads(16, (_, round) => ({ latencyUs: 10_000 * wobble(round) }))
    expect(judge(blocks).doubts).toEqual([])
    const unfair = blocks.map((block) => ({ ...block, arm: 'abba'[block.position] as string }))
    expect(judge(unfair).doubts).toEqual([
      expect.stringMatching(/did not begin rounds alike often \(a 16, b 0; p < 0.001\)/),
    ])
  })

  it('is a problem when a round was not mirrored', () => {
    const blocks = makeQuads(8, () => ({})).map((block) =>
      block.round === 2 ? { ...block, arm: 'abab'[block.position] as string } : block,
    )
    expect(judge(blocks).problems).toEqual(['1 rounds did not run in an order and its mirror image'])
  })
})

describe('judgeFamily', () => {
  const measured = (latencyOfB: number) => ({
    plan: planWith(),
    unit: 'quad' as const,
    blocks: makeQuads(16, (arm, round) => ({
      latencyUs: (arm === 'a' ? 10_000 : latencyOfB) * wobble(round + (arm === 'a' ? 0 : 3)),
    })),
    looks,
    moment: 'look' as const,
  })

  it('shares alpha over several comparisons as over the contrasts of one', () => {
    const family = judgeFamily([measured(5_000), measured(10_010)])
    const alone = levelOf(measured(5_000))
    expect(family.map(([primary]) => primary?.alpha)).toEqual([alone / 2, alone])
    expect(family.map(([primary]) => primary?.verdict)).toEqual(['faster', expect.stringMatching(/same|inconclusive/)])
  })

  it('gives an invalid member no share', () => {
    const family = judgeFamily([measured(5_000), { ...measured(5_000), blocks: [] }])
    expect(family.map(([primary]) => primary?.verdict)).toEqual(['faster', 'invalid'])
    expect(family[0]?.[0]?.alpha).toBe(levelOf(measured(5_000)))
  })
})
