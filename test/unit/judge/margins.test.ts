import { describe, expect, it } from 'vitest'
import { judgeComparison } from '../../../src/judge/judge-comparison.ts'
import { findOptionProblems } from '../../../src/plan/find-option-problems.ts'
import { makePlan } from '../../../src/plan/make-plan.ts'
import { options } from '../../../src/scenario/options.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeQuads } from './make-block.ts'
import { makeOptions, planWith, wobble } from './make-options.ts'

describe('the least difference that matters', () => {
  // b is 4 % slower.
  const blocks = makeQuads(8, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : 10_400) * wobble(round) }))
  const verdictsWith = (margins?: object) =>
    Object.fromEntries(
      judgeComparison(makeOptions(blocks, planWith(margins && { margins }))).contrasts.flatMap((contrast) =>
        contrast.metrics.map(({ metric, verdict }) => [metric.name, [verdict, metric.marginPercent]]),
      ),
    )

  it('is that of the metric unless told otherwise, for this one alone', () => {
    expect(verdictsWith()).toMatchObject({ 'latency.p50': ['slower', 3], 'latency.p90': ['same', 5] })
    expect(verdictsWith({ 'latency.p50': 0.07 })).toMatchObject({
      'latency.p50': ['same', 7],
      'latency.p90': ['same', 5],
    })
    expect(verdictsWith({ 'latency.p90': 0.02 })).toMatchObject({
      'latency.p50': ['slower', 3],
      'latency.p90': ['slower', 2],
    })
  })

  it('is the scenario’s, and the user’s over it, metric by metric', () => {
    const margins = { throughput: 0.2, 'latency.p99': 0.5 }
    const make = () => () => {}
    const scenario = resolveScenario(
      { question: '?', baseline: 'a', variants: { a: make, b: make }, margins },
      { name: 's', url: 'file:///s.ts' },
    )
    const planned = (asked: object) => makePlan(scenario, { seed: 1, ...asked }).comparisons[0]?.margins
    expect(planned({})).toEqual(margins)
    expect(planned({ margins: { 'latency.p99': 0.05 } })).toEqual({ throughput: 0.2, 'latency.p99': 0.05 })
  })
})

describe('--margin', () => {
  const { read } = options.margins

  it('is of one metric, or of all; what comes later goes over what came before', () => {
    const all = { throughput: 0.05, 'latency.p50': 0.05, 'latency.p90': 0.05, 'latency.p99': 0.05, cpuPerRequest: 0.05 }
    expect(read('latency.p99=7.5%')).toEqual({ 'latency.p99': 0.075 })
    expect(read('5%')).toEqual(all)
    expect(read('latency.p99=10%', read('5'))).toEqual({ ...all, 'latency.p99': 0.1 })
  })

  it.each(['', '5%%', 'p99=5%', 'errorRate=5%', '0.05%', '1001%', '-5%', 'latency.p99='])('refuses %j', (text) => {
    expect(() => read(text)).toThrow(/^expected a difference from 0.1% to 1000% such as 5%, .* got '/)
  })

  it('in run() is refused beyond its bounds, and for what is not compared', () => {
    expect(findOptionProblems({ margins: { throughput: 0.05 } })).toEqual([])
    for (const margins of [{ throughput: 0 }, { throughput: 11 }, { errorRate: 0.1 }]) {
      expect(findOptionProblems({ margins })).toEqual([expect.stringMatching(/^margins/)])
    }
  })
})
