import { describe, expect, it } from 'vitest'
import { makePlan, type PlanOptions } from '../../../src/plan/make-plan.ts'
import type { WarmUpRule } from '../../../src/plan/plan.ts'
import { generationBudgetMs, limitWarmUp } from '../../../src/run/limit-warm-up.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'

function planOf(variants: readonly string[], options: Partial<PlanOptions> = {}) {
  const scenario = resolveScenario(
    {
      ...{ question: '?', baseline: 'a', workload: { model: 'closed', concurrency: 2 } },
      variants: Object.fromEntries(variants.map((name) => [name, () => () => {}])),
    } as Parameters<typeof resolveScenario>[0],
    { name: 'sketch', url: 'file:///sketch.ts' },
  )
  const [plan] = makePlan(scenario, { seed: 1, ...options }).comparisons
  if (plan === undefined) throw new Error('no plan')
  return plan
}

const two = planOf(['a', 'b'])
const rule = two.warmUp
const limits = (left: object, rules: readonly [WarmUpRule, ...WarmUpRule[]] = [rule, rule], plan = two) =>
  limitWarmUp(rules, plan, { leftMs: 100_000, p50sMs: [], ...left }).maxMs

describe('limitWarmUp', () => {
  it('leaves a warm-up its most where there is time for all of them and the first rounds', () => {
    expect(limits({})).toBe(5_000)
    // Two of at most 5 s, and a round of four blocks of 110 ms.
    expect(limits({ leftMs: 10_440 })).toBe(5_000)
  })

  it('divides what there is, and gives each its least whatever there is', () => {
    expect(limits({ leftMs: 8_440 })).toBe(4_000)
    expect(limits({ leftMs: 8_440 }, [{ ...rule, minMs: 500, maxMs: 2_500 }, rule])).toBeCloseTo(2_500)
    expect(limits({ leftMs: 4_440 })).toBe(2_500)
    expect(limits({ leftMs: -1_000 })).toBe(2_500)
    expect(limits({ leftMs: 4_440 }, [rule])).toBe(4_000)
  })

  it('keeps the time for a round of arms as slow as those that are warm', () => {
    // Four blocks, each of 100 ms and three latencies of 500 ms.
    expect(limits({ leftMs: 10_400, p50sMs: [400, 600] }, [rule])).toBe(4_000)
  })

  it('knows no budget of stages, which take as long as they do', () => {
    const staged = planOf(['a', 'b'], { budgetMs: 1_000, stages: [{ arrivalRate: 5, durationMs: 60_000 }] })
    expect(limits({ leftMs: 0 }, [rule, rule], staged)).toBe(5_000)
  })
})

describe('generationBudgetMs', () => {
  it.each([
    ['of arms in one process, all of it', { isolation: 'shared' }, 30_000],
    ['of arms in processes of their own, what lets the fewest generations be', {}, 10_000],
    ['or as many as were asked for', { generations: 6 }, 5_000],
  ] as const)('is, %s', (_, options, expectedMs) => {
    expect(generationBudgetMs(planOf(['a', 'b'], { budgetMs: 30_000, ...options }))).toBe(expectedMs)
  })

  it('is all of it where one arm is alone', () => {
    expect(generationBudgetMs(planOf(['a'], { budgetMs: 30_000, isolation: 'process' }))).toBe(30_000)
  })
})
