import { describe, expect, it } from 'vitest'
import { estimateNoise } from '../../../src/calibrate/estimate-noise.ts'
import { makeAlike } from '../../../src/calibrate/make-alike.ts'
import { makePlan } from '../../../src/plan/make-plan.ts'
import type { ComparisonPlan } from '../../../src/plan/plan.ts'
import { makeRandom } from '../../../src/plan/random.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeQuads } from '../judge/make-block.ts'

const scenario = resolveScenario(
  { question: '?', baseline: 'v', variants: { v: () => () => {} }, isolation: 'shared' },
  { name: 't', url: 'file:///t.ts' },
)
const plan = makePlan(makeAlike(scenario, 'v'), { seed: 1 }).comparisons[0] as ComparisonPlan
const names = { a: 'v copy=A', b: 'v copy=A′' } as const

/** Blocks whose latency varies by so much, log scale. */
function noisy(spread: number, quads = 12) {
  const random = makeRandom(1)
  return makeQuads(quads, () => ({ requests: 50, latencyUs: 100_000 * Math.exp(spread * (random() - 0.5)) })).map(
    (block) => ({ ...block, arm: names[block.arm as 'a' | 'b'] }),
  )
}

const estimate = (spread: number) =>
  estimateNoise({ plan, unit: 'quad', blocks: noisy(spread), startMs: 5_000, unitMs: 500 })
const p50 = (spread: number) => estimate(spread).find(({ metric }) => metric === 'latency.p50')

describe('estimateNoise', () => {
  it('names every metric of the engine, with what was seen and how it knows', () => {
    expect(estimate(0.02).map(({ metric, units }) => [metric, units])).toEqual(
      ['throughput', 'latency.p50', 'latency.p90', 'latency.p99', 'cpuPerRequest'].map((metric) => [metric, 12]),
    )
  })

  it('catches smaller changes, sooner, where there is less noise', () => {
    const [little, much] = [p50(0.02), p50(0.4)]
    expect(little?.smallestChangePercent).toBeLessThan(much?.smallestChangePercent as number)
    expect(
      little?.costs.map(({ changePercent, units, budgetMs, isWithinMargin }) => [
        changePercent,
        units,
        budgetMs,
        isWithinMargin,
      ]),
    ).toEqual([
      [3, 8, 9_000, true],
      [5, 8, 9_000, false],
      [10, 8, 9_000, false],
    ])
    const [, five] = much?.costs ?? []
    expect(five?.units === null || (five?.units ?? 0) > 32).toBe(true)
  })

  it('without noise catches the margin itself', () => {
    expect(p50(0)).toMatchObject({ seenPercent: 0, noisePercent: { median: 0, p95: 0 } })
    expect(p50(0)?.smallestChangePercent).toBeCloseTo(3, 6)
    expect(estimate(0).find(({ metric }) => metric === 'latency.p99')?.smallestChangePercent).toBeCloseTo(10, 6)
  })

  it('gives the same figures for the same blocks and seed, and none for no blocks', () => {
    expect(estimate(0.1)).toEqual(estimate(0.1))
    expect(estimateNoise({ plan, unit: 'quad', blocks: [], startMs: 0, unitMs: 1 })).toEqual([])
  })
})
