import { expect, it } from 'vitest'
import {
  completeRounds,
  makeArmRounds,
  makeContrastRounds,
  makeHistogramRounds,
  orderOfRounds,
} from '../../../src/judge/contrast-rounds.ts'
import { makePlan } from '../../../src/plan/make-plan.ts'
import type { ComparisonPlan } from '../../../src/plan/plan.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeQuads } from './make-block.ts'

const make = () => () => {}
const scenario = resolveScenario(
  { question: '?', baseline: 'a', variants: { a: make, b: make } },
  { name: 't', url: 'file:///t.ts' },
)
const plan = makePlan(scenario, { seed: 1 }).comparisons[0] as ComparisonPlan
const quads = makeQuads(3, (arm, round) => ({
  ...{ requests: 10, latencyUs: arm === 'a' ? 100 : 200, speedControlMs: [arm === 'a' ? 4 : 6, 8 + round] },
}))

it('orders the blocks of a round by their position, in whatever order they came', () => {
  const order = [
    ['a', 'b', 'b', 'a'],
    ['a', 'b', 'b', 'a'],
    ['b', 'a', 'a', 'b'],
  ]
  expect(orderOfRounds(quads, plan)).toEqual(order)
  const shuffled = quads.toSorted((one, other) => one.round - other.round || other.position - one.position)
  const halfTurned = [...shuffled.slice(1, 4), ...shuffled.slice(0, 1), ...shuffled.slice(4)]
  expect(orderOfRounds(halfTurned, plan)).toEqual(order)
})

it('knows only rounds that have all blocks, one generation apart from another', () => {
  const later = quads.slice(0, 4).map((block) => ({ ...block, generation: 1 }))
  expect(completeRounds([...quads, ...later], plan).map(({ length }) => length)).toEqual([4, 4, 4, 4])
  expect(completeRounds([...quads.slice(1), ...later.slice(1)], plan)).toEqual([quads.slice(4, 8), quads.slice(8)])
})

it('has the value of each block, and the speed of the machine around it: the mean of before and after', () => {
  const p50 = ({ p50Us }: { readonly p50Us: number }) => p50Us
  const contrast = (round: number) => ({
    ...{ generation: 0, baseline: [100, 100], contender: [200, 200] },
    speedControl: { baseline: [6 + round / 2, 6 + round / 2], contender: [7 + round / 2, 7 + round / 2] },
  })
  expect(makeContrastRounds(quads, plan, 'b', p50)).toEqual([0, 1, 2].map(contrast))
})

it('has one figure of an arm alone: the mean of logs', () => {
  const uneven = quads.map((block) => ({ ...block, p50Us: block.position < 2 ? 100 : 400, generation: 2 }))
  expect(makeArmRounds(uneven, plan, 'a', ({ p50Us }) => p50Us)).toEqual(
    [0, 1, 2].map(() => ({ generation: 2, difference: expect.closeTo(Math.log(200), 12) })),
  )
})

it('merges the histograms of the blocks of an arm', () => {
  const [first] = makeHistogramRounds(quads, plan, 'b')
  const count = (values: Iterable<readonly [number, number]> = []) => [...values].reduce((sum, [, own]) => sum + own, 0)
  expect([first?.generation, count(first?.baseline), count(first?.contender)]).toEqual([0, 20, 20])
  expect([[...(first?.baseline ?? [])][0]?.[0], [...(first?.contender ?? [])][0]?.[0]]).toEqual([100, 200])
})
