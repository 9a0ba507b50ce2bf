import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/bench-error.ts'
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
    // 3 · (2 · (200 + 2,500) + 4 · 110) ms, and 3 · (2 · (2,000 + 5,000) + 4 · 150) when they warm up slowly.
    ['three generations of two arms', 2, [], { budgetMs: 15_000 }, '2 arms in 3 generations', '17.5 s', '44s'],
    // 200 + (1 + 6/5) · 2,500 + 6 · 14 · 110, and 2,000 + (1 + 6/5) · 5,000 + 6 · 14 · 150.
    ['a sweep in one process', 1, [1, 2, 4, 8, 16, 32, 64], { budgetMs: 5_000 }, '7 arms', '14.9 s', '26s'],
    // 200 + (2 + 2/5) · 2,500 + 2 · 8 · 110, and 2,000 + (2 + 2/5) · 5,000 + 2 · 8 · 150.
    ['fewer rounds', 2, [1, 2], { budgetMs: 1_000, isolation: 'shared', maxRounds: 2 }, '4 arms', '7.96 s', '17s'],
    // 8 · (2 · (200 + 2,500) + 4 · 110), and 8 · (2 · (2,000 + 5,000) + 4 · 150).
    ['asked generations', 2, [], { budgetMs: 30_000, generations: 8 }, '2 arms in 8 generations', '46.7 s', '117s'],
    // 200 + 2,500 + 110, and 2,000 + 5,000 + 150.
    ['one block of one arm', 1, [], { budgetMs: 1_000 }, '1 arm', '2.81 s', '8s'],
    ['one arm, and one process', 1, [], { budgetMs: 1_000, isolation: 'process' }, '1 arm', '2.81 s', '8s'],
  ] as const)('refuses what cannot fit: %s', (_, variants, sweep, options, arms, least, enough) => {
    expect(() => checkBudgets(planOf(variants, sweep, options))).toThrow(
      new UsageError(
        `the budget of ${options.budgetMs / 1_000} s is too short for a first look at sketch, http, 0 ms RTT: starting, warming up ${arms} and the fewest rounds take at least ${least}; give --budget ${enough}, or less to do: fewer variants, a shorter --warm-up`,
      ),
    )
  })

  it.each([
    // 200 + (1 + 1/5) · 5,000 + 2 · 4 · 510: with 2 workers and 100 ms there are not 20,000 iterations in 5 s; five cycles each.
    ['a distance', { rttsMs: [100] }, '10.3 s'],
    ['pauses', { thinkTimeMs: { minMs: 50, maxMs: 150 } }, '10.3 s'],
    ['an arrival rate: a hundred arrivals in each block', { arrivalRate: 200 }, '10.3 s'],
    ['a rate that is warm sooner', { arrivalRate: 5_000 }, '5.88 s'],
  ] as const)('counts in what is known to be slow: %s', (_, options, least) => {
    const plans = planOf(1, [1, 2], { budgetMs: 1_000, maxRounds: 2, ...options })
    expect(() => checkBudgets(plans)).toThrow(
      new RegExp(`the fewest rounds take at least ${least.replace('.', '\\.')};`),
    )
  })

  it('names the first of several, and a budget that suits all of them', () => {
    const plans = [2, 3, 3].flatMap((variants) => planOf(variants, [], { budgetMs: 2_000 }))
    // 3 · (3 · (2,000 + 5,000) + 6 · 150) ms.
    expect(() => checkBudgets(plans)).toThrow(/sketch, http, 0 ms RTT \(and 2 more like it\): .* 2 arms .*--budget 66s/)
  })

  it('refuses what lacks a single millisecond, and nothing that does not', () => {
    expect(() => checkBudgets(planOf(1, [], { budgetMs: 2_809 }))).toThrow(UsageError)
    expect(() => checkBudgets(planOf(1, [], { budgetMs: 2_810 }))).not.toThrow()
    expect(() => checkBudgets([])).not.toThrow()
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
    ['stages, which take as long as they do', 2, [], { budgetMs: 1_000, stages: [{ rate: 5, durationMs: 60_000 }] }],
  ])('lets through %s', (_, variants, sweep, options) => {
    expect(() => checkBudgets(planOf(variants, sweep, options as Omit<PlanOptions, 'seed'>))).not.toThrow()
  })
})
