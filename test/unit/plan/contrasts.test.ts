import { describe, expect, it } from 'vitest'
import { baselineOf, contendersOf } from '../../../src/plan/contrasts.ts'
import { makePlan } from '../../../src/plan/make-plan.ts'
import type { ComparisonPlan } from '../../../src/plan/plan.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import type { Sweep } from '../../../src/scenario/scenario-parts.ts'

const make = () => () => {}

function planOf(variants: readonly string[], sweep: Sweep = {}): ComparisonPlan {
  const scenario = {
    question: '?',
    baseline: variants[0] as string,
    variants: Object.fromEntries(variants.map((name) => [name, make])),
    sweep,
  }
  const description = resolveScenario(scenario, { name: 'x', url: 'file:///x.ts' })
  return makePlan(description, { seed: 1 }).comparisons[0] as ComparisonPlan
}

function pairsOf(plan: ComparisonPlan): string[] {
  return contendersOf(plan).map((arm) => `${arm} / ${baselineOf(plan, arm)}`)
}

describe('what is compared with what', () => {
  it('variants with the baseline variant', () => expect(pairsOf(planOf(['a', 'b', 'c']))).toEqual(['b / a', 'c / a']))

  it('points of a sweep with the first', () => {
    expect(pairsOf(planOf(['a'], { n: [1, 2, 4] }))).toEqual(['a n=2 / a n=1', 'a n=4 / a n=1'])
  })

  it('what is no arm of the plan with the baseline', () => {
    expect(baselineOf(planOf(['a', 'b']), 'elsewhere')).toBe('a')
  })

  it('variants with the baseline variant where the sweep has one point, which is nothing of their own', () => {
    const plan = planOf(['a', 'b'], { n: [1] })
    expect(pairsOf(plan)).toEqual(['b n=1 / a n=1'])
    expect(plan.arms.filter((arm) => 'baseline' in arm)).toEqual([])
  })

  it('variants of a sweep with the baseline variant at the same point', () => {
    expect(pairsOf(planOf(['a', 'b'], { n: [1, 2] }))).toEqual(['b n=1 / a n=1', 'b n=2 / a n=2'])
  })
})
