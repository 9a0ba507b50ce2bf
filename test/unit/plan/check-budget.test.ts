import { describe, expect, it } from 'vitest'
import { checkBudgets } from '../../../src/plan/check-budget.ts'
import { makePlan, type PlanOptions } from '../../../src/plan/make-plan.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'

const make = () => () => {}

function planOf(variants: number, sweep: readonly number[], options: Omit<PlanOptions, 'seed'>) {
  const names = ['a', 'b', 'c'].slice(0, variants)
  const scenario = resolveScenario(
    {
      ...{ question: '?', baseline: 'a', workload: { model: 'closed', concurrency: 2 } },
      variants: Object.fromEntries(names.map((name) => [name, make])),
      ...(sweep.length > 0 && { sweep: { n: sweep } }),
    } as Parameters<typeof resolveScenario>[0],
    { name: 'sketch', url: 'file:///sketch.ts' },
  )
  return [makePlan(scenario, { ...options, seed: 1 })]
}

describe('checkBudgets', () => {
  it.each([
    ['three generations of two arms', 2, [], { budgetMs: 15_000 }],
    ['seven points of a sweep in one process', 1, [1, 2, 4, 8, 16, 32, 64], { budgetMs: 5_000 }],
    ['as many generations as were asked for', 2, [], { budgetMs: 30_000, generations: 8 }],
  ])('refuses what cannot fit: %s', (_, variants, sweep, options) => {
    expect(() => checkBudgets(planOf(variants, sweep, options))).toThrow(
      /^the budget of .* s is too short for a first look at sketch, .*; give --budget \d+s/,
    )
  })

  it('names a budget that it does not refuse, and that has time for slow warm-ups', () => {
    const asked = { budgetMs: 1_000 }
    const problem = (() => {
      try {
        checkBudgets(planOf(2, [], asked))
        return ''
      } catch (error) {
        return (error as Error).message
      }
    })()
    const budgetMs = Number(/--budget (\d+)s/.exec(problem)?.[1]) * 1_000
    expect(budgetMs).toBeGreaterThan(3 * 2 * 5_000)
    expect(() => checkBudgets(planOf(2, [], { budgetMs }))).not.toThrow()
  })

  it.each([
    ['the default', 2, [], {}],
    ['a short warm-up', 2, [], { budgetMs: 5_000, warmUpMs: 50, blockMs: 10, maxRounds: 3 }],
    ['one arm, which says something after its first block', 1, [], { budgetMs: 3_000 }],
    ['stages, which take as long as they do', 2, [], { stages: [{ rate: 5, durationMs: 60_000 }] }],
  ])('lets through %s', (_, variants, sweep, options) => {
    expect(() => checkBudgets(planOf(variants, sweep, options as Omit<PlanOptions, 'seed'>))).not.toThrow()
  })
})
