import { describe, expect, it } from 'vitest'
import { findInvalid, findMetricProblems } from '../../../src/judge/find-invalid.ts'
import { makePlan } from '../../../src/plan/make-plan.ts'
import type { ComparisonPlan } from '../../../src/plan/plan.ts'
import type { Block } from '../../../src/sample/block.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeBlock, makeQuads } from './make-block.ts'

const make = () => () => {}
const scenario = resolveScenario(
  { question: '?', baseline: 'a', variants: { a: make, b: make }, isolation: 'shared' },
  { name: 't', url: 'file:///t.ts' },
)
const plan = makePlan(scenario, { seed: 1 }).comparisons[0] as ComparisonPlan
const open = makePlan(scenario, { seed: 1, arrivalRate: 5 }).comparisons[0] as ComparisonPlan

const lost = (client: number, server: number) => [{ count: 'requests' as const, client, server }]

/** Two good rounds, and the blocks of a third; `changes` are those of its blocks of `b`. */
function measure(changes: Partial<Block>): Block[] {
  return makeQuads(3, (arm, round) => (arm === 'b' && round === 2 ? changes : {}) as object)
}

describe('counts that differ', () => {
  it('are named with their place', () => {
    const disagreements = [...lost(10, 11), { count: 'connections' as never, client: 2, server: 1 }]
    expect(findInvalid({ plan, blocks: measure({ disagreements }) })).toEqual([
      "client and server counts differ in 2 of 12 blocks, first in generation 1, round 3, arm 'b' (requests: client 10, server 11; connections: client 2, server 1)",
    ])
  })

  it('count in rounds that were left out too', () => {
    const excluded = [makeBlock({ arm: 'a', generation: 1, round: 4, disagreements: lost(5, 6) })]
    expect(findInvalid({ plan, blocks: measure({}), excluded })).toEqual([
      "client and server counts differ in 1 of 13 blocks, first in generation 2, round 5, arm 'a' (requests: client 5, server 6)",
    ])
  })

  it.each([
    [999_999, ''],
    [1_000_000, 'for 1 s'],
    [1_234_567, 'for 1.2 s'],
  ])('are explained by an event loop that was blocked for %d µs: %j', (eventLoopDelayMaxUs, words) => {
    const [problem] = findInvalid({ plan, blocks: measure({ disagreements: lost(5, 6), eventLoopDelayMaxUs }) })
    const why = `; in such a block the arm's event loop was blocked ${words}: something in the variant computes or waits synchronously, or the machine stood still`
    expect(problem).toMatch(/\(requests: client 5, server 6\)/)
    expect(problem?.endsWith(why)).toBe(words !== '')
    expect(problem?.includes('blocked')).toBe(words !== '')
  })

  it('are explained by the longest of the blocks that an event loop was blocked', () => {
    const [first, ...others] = measure({ disagreements: lost(5, 6), eventLoopDelayMaxUs: 3_000_000 })
    const blocks = [{ ...(first as Block), disagreements: lost(1, 2), eventLoopDelayMaxUs: 20 }, ...others]
    expect(findInvalid({ plan, blocks })[0]).toContain('was blocked for 3 s')
  })

  it('are none in blocks that nobody counted', () => {
    const uncounted = measure({}).map(({ disagreements: _, ...block }): Block => block)
    expect(findInvalid({ plan, blocks: uncounted })).toEqual([])
  })

  it('are explained by a shorter block where iterations may take no longer', () => {
    const hurried = { ...plan, workload: { ...plan.workload, iterationTimeoutMs: 200 } } as ComparisonPlan
    const blocks = measure({ disagreements: lost(5, 6), eventLoopDelayMaxUs: 200_000 })
    expect(findInvalid({ plan: hurried, blocks })[0]).toContain('blocked for 0.2 s')
    expect(findInvalid({ plan, blocks })[0]).not.toContain('blocked')
  })

  it.each([
    [['h:1'], 'h:1'],
    [['h:1', 'h:2', 'h:1', 'h:3'], 'h:1, h:2, h:3'],
    [['h:1', 'h:2', 'h:3', 'h:4'], 'h:1, h:2, h:3 and other places'],
  ])('are explained by connections to %j', (elsewhere, places) => {
    // More at the target than were sent: nothing strayed.
    const [problem] = findInvalid({ plan, blocks: measure({ disagreements: lost(5, 6), elsewhere }) })
    expect(problem?.endsWith(`; connections led to ${places}, which is not the target`)).toBe(true)
  })
})

describe('requests that the target never saw, with connections to other places', () => {
  const advice =
    ' led to h:1. A variant measures the target that it is given (target.url), by whose own counts it is checked; to measure a server of yours, start it and make it the target: --target URL'

  it.each([
    [0, "none of b's 20 requests reached the target: its connections"],
    [4, "only 8 of b's 20 requests reached the target: others of its connections"],
  ])('%d of 10 in each of two blocks', (server, words) => {
    const blocks = measure({ disagreements: lost(10, server), elsewhere: ['h:1'] })
    expect(findInvalid({ plan, blocks })).toEqual([words + advice])
  })

  it('explain nothing of another arm', () => {
    const blocks = measure({ disagreements: lost(10, 0), elsewhere: ['h:1'] })
    const also = blocks.with(0, { ...(blocks[0] as Block), disagreements: lost(3, 4) })
    expect(findInvalid({ plan, blocks: also })).toEqual([
      `none of b's 20 requests reached the target: its connections${advice}`,
      "client and server counts differ in 1 of 12 blocks, first in generation 1, round 1, arm 'a' (requests: client 3, server 4)",
    ])
  })

  it('are a miscount where no connection led elsewhere, or another count differs', () => {
    for (const changes of [
      { disagreements: lost(10, 0) },
      { disagreements: [{ count: 'connections' as never, client: 9, server: 1 }], elsewhere: ['h:1'] },
      { disagreements: lost(10, 10), elsewhere: ['h:1'] },
    ]) {
      expect(findInvalid({ plan, blocks: measure(changes) })).toEqual([
        expect.stringMatching(/^client and server counts differ in 2 of 12 blocks/),
      ])
    }
  })
})

describe('errors', () => {
  const failures = [
    { code: 'reset' as const, count: 1, message: 'socket hang up' },
    { code: 'timeout' as const, count: 9, message: 'too slow' },
  ]
  it('within the budget are none, and one more is beyond it', () => {
    const failing = (failed: number) =>
      makeQuads(1, (arm) => (arm === 'b' ? { requests: 1_000 - failed, failed, failures } : {}))
    expect(findInvalid({ plan, blocks: failing(10) })).toEqual([])
    expect(findInvalid({ plan, blocks: failing(11) })).toEqual([
      "1.1 % of b's iterations failed, more than the error budget of 1 %, mostly 'timeout' (too slow)",
    ])
  })

  it.each([
    [3, 'mostly'],
    [2, 'most often'],
    [1, 'most often'],
  ])('%d of 4 of one kind are %s of it', (count, share) => {
    const others = (['reset', 'refused', 'dns'] as const).slice(0, 4 - count)
    const causes = [{ code: 'timeout', count }, ...others.map((code) => ({ code, count: 1 }))]
    const failures = causes.map((cause) => ({ ...cause, message: 'm' })) as Block['failures']
    const blocks = makeQuads(1, (arm) => (arm === 'b' ? { requests: 4, failed: 4, failures } : {}))
    expect(findInvalid({ plan, blocks })[0]).toContain(`, ${share} 'timeout' (m)`)
  })

  it('without a summary have no cause', () => {
    const blocks = makeQuads(1, (arm) => (arm === 'b' ? { requests: 500, failed: 500 } : {}))
    expect(findInvalid({ plan, blocks })).toEqual(["50 % of b's iterations failed, more than the error budget of 1 %"])
  })
})

it('knows the metrics that a loop does not have', () => {
  expect(findMetricProblems(open, 'cpuPerRequest')).toEqual(['an open loop has no CPU time per request'])
  for (const metric of ['drops', 'rateHeld', 'latency.p50']) expect(findMetricProblems(open, metric)).toEqual([])
  for (const metric of ['drops', 'rateHeld']) {
    expect(findMetricProblems(plan, metric)).toEqual([`only an open loop has '${metric}': give it a rate`])
  }
  for (const metric of ['cpuPerRequest', 'latency.p50']) expect(findMetricProblems(plan, metric)).toEqual([])
})
