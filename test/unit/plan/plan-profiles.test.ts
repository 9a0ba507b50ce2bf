import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/bench-error.ts'
import { makeVersionPlans } from '../../../src/compare/make-version-plans.ts'
import { findOptionProblems } from '../../../src/plan/find-option-problems.ts'
import { checkWorkload, resolveCaps } from '../../../src/plan/load-caps.ts'
import { makePlan, type PlanOptions } from '../../../src/plan/make-plan.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'

const make = () => () => {}
const place = { name: 'test', url: 'file:///test.ts' }
const stages = [
  { durationMs: 5_000, arrivalRate: 0, rampTo: 200 },
  { durationMs: 15_000, arrivalRate: 200 },
] as const
const variants = { a: make, b: make }
const staged = resolveScenario({ question: '?', baseline: 'a', variants, workload: { model: 'open', stages } }, place)
const steady = resolveScenario({ question: '?', baseline: 'a', variants }, place)
const plan = (options: Partial<PlanOptions> = {}, scenario = staged) =>
  makePlan(scenario, { seed: 1, ...options }).comparisons[0]
const profile = [
  { durationMs: 5_000, fromRate: 0, toRate: 200 },
  { durationMs: 15_000, fromRate: 200, toRate: 200 },
]

describe('a plan of stages', () => {
  it('is one round of the whole profile, and the budget is what that takes', () => {
    expect(plan({ isolation: 'shared' })).toMatchObject({ blockMs: 20_000, maxRounds: 1, budgetMs: 100_600 })
    const [[round = []] = []] = plan({ isolation: 'shared' })?.rounds ?? []
    expect(['abba', 'baab']).toContain(round.join(''))
  })

  it('is one generation of processes where arms have their own', () => {
    expect(plan({ isolation: 'process' })).toMatchObject({ maxRounds: 1, generations: 1, budgetMs: 100_600 })
    expect(plan({ isolation: 'shared', generations: 8 })).toMatchObject({ budgetMs: 100_600 })
    const eight = plan({ isolation: 'process', generations: 8 })
    expect(eight).toMatchObject({ maxRounds: 1, generations: 8, budgetMs: 8 * 100_600 })
  })

  it('is as many rounds as are asked for, and their budget; a given budget wins', () => {
    const eight = plan({ isolation: 'shared', maxRounds: 8 })
    expect(eight).toMatchObject({ maxRounds: 8, budgetMs: 15_000 + 8 * 4 * 21_400 })
    expect(eight?.rounds[0]).toHaveLength(8)
    expect(plan({ isolation: 'shared', maxRounds: 8, budgetMs: 90_000 })).toMatchObject({ budgetMs: 90_000 })
  })

  it('refuses a length of blocks', () => {
    expect(() => plan({ blockMs: 100 })).toThrow(UsageError)
    expect(() => plan({ blockMs: 100 })).toThrow(/whole profile, here 20000 ms.*leave out --block/)
  })

  it('keeps its budget where versions are compared', () => {
    const code = { label: 'x', scenarioUrl: place.url, imports: [] }
    const versions = {
      ...{ scenario: staged, variants: ['a'], notes: [] },
      ...{ head: { ...code, role: 'head' as const }, base: { ...code, role: 'base' as const } },
    }
    const [comparison] = makeVersionPlans([versions], { seed: 1 })[0]?.comparisons ?? []
    expect(comparison).toMatchObject({ generations: 1, generationsToJudge: 8, budgetMs: 100_600 })
  })
})

describe('options with stages', () => {
  it('replace the load of the scenario, and are replaced by a rate or by workers', () => {
    const defaults = { model: 'open', arrivals: 'constant', maxInFlight: 1_000, iterationTimeoutMs: 10_000 }
    expect(plan({ stages }, steady)?.workload).toEqual({ ...defaults, arrivalRate: 175, stages: profile })
    expect(plan({ stages: [{ durationMs: 1_000, arrivalRate: 5 }] })?.workload).toMatchObject({
      arrivalRate: 5,
      stages: [{ durationMs: 1_000, fromRate: 5, toRate: 5 }],
    })
    expect(plan({ maxInFlight: 7 })?.workload).toMatchObject({ maxInFlight: 7, stages: profile })
    expect(plan({ arrivalRate: 20 })?.workload).toEqual({ ...defaults, arrivalRate: 20 })
    expect(plan({ concurrency: 3 })?.workload).toEqual({ model: 'closed', concurrency: 3, iterationTimeoutMs: 10_000 })
  })

  it('are refused beside what says the same, and when they are wrong', () => {
    expect(findOptionProblems({ stages })).toEqual([])
    expect(findOptionProblems({ stages, arrivalRate: 5 })).toEqual([
      'stages: stages and arrivalRate both say how iterations are started; give one of them',
    ])
    expect(findOptionProblems({ stages, iterations: 5 }).join()).toMatch(/stages and iterations both say/)
    expect(findOptionProblems({ stages: [{ durationMs: 50, rampTo: 5 }] }).join()).toMatch(
      /stages\.0\.arrivalRate: a ramp to 5 needs a rate/,
    )
  })

  it("are held to the cap of someone else's server at their busiest", () => {
    const limits = resolveCaps({ externalOrigin: 'http://h.test', maxRate: 199 })
    expect(() => checkWorkload(staged.workload, limits)).toThrow(/a rate of 200 per second is above the cap of 199/)
    expect(() => checkWorkload(staged.workload, { ...limits, maxRate: 200 })).not.toThrow()
  })
})
