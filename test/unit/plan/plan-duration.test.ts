import { describe, expect, it } from 'vitest'
import { makeVersionPlans } from '../../../src/compare/make-version-plans.ts'
import { findOptionProblems } from '../../../src/plan/find-option-problems.ts'
import { makePlan } from '../../../src/plan/make-plan.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'

const variants = { a: () => () => {}, b: () => () => {} }
const describeWith = (fields: object = {}) =>
  resolveScenario({ question: '?', baseline: 'a', variants, ...fields }, { name: 'mine', url: 'file:///mine.ts' })
const planFor = (options: object, fields: object = {}) => {
  const plan = makePlan(describeWith(fields), { seed: 1, ...options }).comparisons[0]
  if (plan === undefined) throw new Error('no comparison')
  return plan
}

describe('a fixed duration', () => {
  it('is one generation where arms share a process, with as many rounds as it has time for', () => {
    const { generationMs, maxRounds, rounds, isMeasuredToTheEnd } = planFor({ durationMs: 20_000, isolation: 'shared' })
    expect({ generationMs, maxRounds, isMeasuredToTheEnd }).toEqual({
      generationMs: 20_000,
      maxRounds: 50,
      isMeasuredToTheEnd: true,
    })
    expect(rounds[0]).toHaveLength(50)
  })

  it.each([
    [{ durationMs: 30_000 }, 8, 3_750, 9],
    // Eight generations have a round each from 3.2 s on.
    [{ durationMs: 3_200 }, 8, 400, 1],
    [{ durationMs: 3_199 }, 3, 3_199 / 3, 2],
    [{ durationMs: 100 }, 3, 100 / 3, 1],
    [{ durationMs: 30_000, generations: 2 }, 2, 15_000, 37],
    [{ durationMs: 86_400_000, generations: 1 }, 1, 86_400_000, 256],
    [{ durationMs: 8_000, blockMs: 250 }, 8, 1_000, 1],
  ])('%j is shared by generations where arms have processes of their own', (options, generations, ms, rounds) => {
    const plan = planFor({ ...options, isolation: 'process' })
    expect(plan).toMatchObject({ generations, generationMs: ms, maxRounds: rounds })
    expect(plan.rounds[0]).toHaveLength(rounds)
  })

  it("takes the place of the scenario's budget, and has time enough to warm up", () => {
    const { budgetMs } = planFor({ durationMs: 10_000, isolation: 'shared' }, { budgetMs: 500 })
    expect(budgetMs).toBe(20_000 + 3 * 10_000)
  })

  it('is kept where two versions are compared, one variant or several', () => {
    for (const own of [{ a: variants.a }, variants]) {
      const scenario = describeWith({ variants: own })
      const code = { scenarioUrl: scenario.url, imports: [] }
      const [plan] = makeVersionPlans(
        [
          {
            ...{ scenario, variants: scenario.variants, notes: [] },
            head: { role: 'head', label: 'head', ...code },
            base: { role: 'base', label: 'base', ...code },
          },
        ],
        { seed: 1, durationMs: 60_000, generations: 3 },
      )
      const comparison = plan?.comparisons[0]
      expect(comparison).toMatchObject({ generations: 3, generationMs: 20_000, isMeasuredToTheEnd: true })
      expect(comparison?.rounds[0]?.length).toBeGreaterThanOrEqual(comparison?.maxRounds as number)
      expect(comparison?.budgetMs).toBeGreaterThan(60_000)
    }
  })

  it.each([
    [{ model: 'closed', iterations: 10 }, 'so many iterations'],
    [{ model: 'open', stages: [{ durationMs: 1_000, arrivalRate: 5 }] }, 'its stages'],
  ])('is refused where blocks have a length of their own: %j', (workload, words) => {
    expect(() => planFor({ durationMs: 10_000 }, { workload })).toThrow(
      `a block of this scenario is ${words}, however long they take: leave out --duration, and say --rounds instead`,
    )
  })

  it.each([{ budgetMs: 9 }, { maxRounds: 9 }, { iterations: 9 }, { stages: [{ durationMs: 1_000, arrivalRate: 5 }] }])(
    'is refused beside %j',
    (other) => {
      const name = Object.keys(other)[0]
      expect(findOptionProblems({ durationMs: 10, ...other })).toEqual([
        `durationMs: durationMs and ${name} both say how much is measured; give one of them`,
      ])
    },
  )
})
