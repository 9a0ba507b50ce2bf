import { expect, it } from 'vitest'
import { makeAlike, watchedVariant } from '../../../src/calibrate/make-alike.ts'
import { makePlan } from '../../../src/plan/make-plan.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'

const make = () => () => {}
const scenario = resolveScenario(
  {
    ...{ question: '?', baseline: 'a', variants: { a: make, b: make }, budgetMs: 90_000 },
    ...{ sweep: { size: [1, 10] }, thresholds: [{ variant: 'b', metric: 'throughput', maxRatio: 2 }] },
  },
  { name: 't', url: 'file:///t.ts' },
)

it('plans a variant twice, at the first point of its sweep, with neither thresholds nor the budget of the whole', () => {
  const [plan] = makePlan(makeAlike(scenario, 'b'), { seed: 1 }).comparisons
  expect(plan?.arms).toEqual([
    { id: 'b size=1 copy=A', variant: 'b', params: { size: 1, copy: 'A' } },
    { id: 'b size=1 copy=A′', variant: 'b', params: { size: 1, copy: 'A′' } },
  ])
  expect(plan).toMatchObject({
    isolation: 'process',
    baselineArm: 'b size=1 copy=A',
    thresholds: [],
    budgetMs: 112_000,
  })
})

it('expects nothing of the two arms that was expected of variants', () => {
  const expecting = { ...scenario, expect: [{}], roundTrips: { a: 2 } } as never
  expect(makeAlike(expecting, 'b')).toMatchObject({ thresholds: [], expect: [], roundTrips: {} })
  expect(makeAlike(expecting, 'b').roundTrips).toEqual({})
})

it('watches the first variant that is not the baseline', () => {
  expect(watchedVariant(scenario)).toBe('b')
  expect(watchedVariant({ variants: ['only'], baseline: 'only' })).toBe('only')
})
