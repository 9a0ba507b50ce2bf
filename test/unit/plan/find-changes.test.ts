import { expect, it } from 'vitest'
import { findChanges } from '../../../src/plan/find-changes.ts'
import { makePlan, type PlanOptions } from '../../../src/plan/make-plan.ts'
import type { Scenario } from '../../../src/scenario/define.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'

const make = () => () => {}

function changesOf(options: Partial<PlanOptions>, scenario: Partial<Scenario<'a' | 'b'>> = {}) {
  const description = resolveScenario(
    { question: '?', baseline: 'a', variants: { a: make, b: make }, target: { rttMs: [5, 10] }, ...scenario },
    { name: 'sketch', url: 'file:///sketch.ts' },
  )
  return makePlan(description, { seed: 1, ...options }).comparisons.map((plan) => findChanges(description, plan))
}

it.each<[string, Partial<PlanOptions>, readonly (readonly string[])[]]>([
  ['nothing asked for', {}, [[], []]],
  ['one of its own distances', { rttsMs: [5] }, [[]]],
  ['another distance beside its own', { rttsMs: [5, 0] }, [[], ['distance']]],
  ['another protocol', { protocols: ['https'], rttsMs: [5] }, [['protocol']]],
  ['another server', { externalOrigin: 'http://127.0.0.1:1' }, [['target']]],
  ['its own concurrency', { concurrency: 10, rttsMs: [5] }, [[]]],
  ['another one', { concurrency: 11, rttsMs: [5] }, [['load']]],
  ['pauses', { thinkTimeMs: 3, rttsMs: [5] }, [['load']]],
  ['a rate', { arrivalRate: 20, rttsMs: [5] }, [['load']]],
  ['longer blocks, more of them', { blockMs: 300, maxRounds: 16, budgetMs: 9_000, rttsMs: [5] }, [[]]],
  ['blocks of iterations', { iterations: 50, rttsMs: [5] }, [[]]],
])('%s', (_, options, changes) => expect(changesOf(options)).toEqual(changes))

it('a server that the scenario names is its own', () => {
  expect(changesOf({ externalOrigin: 'http://127.0.0.1:1' }, { target: { name: 'shop' } })).toEqual([[]])
})

it('an open loop is the same at its own rate, and another at another', () => {
  const open = { workload: { model: 'open', arrivalRate: 20 }, target: {} } as const
  expect(changesOf({ arrivalRate: 20 }, open)).toEqual([[]])
  expect(changesOf({ arrivalRate: 21 }, open)).toEqual([['load']])
})

it('a function has no target', () => {
  expect(changesOf({}, { engine: 'micro', target: undefined } as never)).toEqual([[]])
})
