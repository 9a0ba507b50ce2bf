import { expect, it } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { makeLookPlan } from '../../../src/statistics/looks.ts'
import { estimateQuantileNoise, smallestQuantileChange } from '../../../src/statistics/quantile-noise.ts'

const plan = makeLookPlan({ unit: 'quad', plannedGenerations: 1 })
const rounds = (tail: (round: number) => number) =>
  Array.from({ length: 16 }, (_, round) => ({
    generation: 0,
    baseline: [[100, 95] as const, [1_000, 5] as const],
    contender: [[100, 95] as const, [tail(round), 5] as const],
  }))
const estimate = (tail: (round: number) => number) =>
  estimateQuantileNoise({ rounds: rounds(tail), unit: 'quad', fraction: 0.99, draws: 200, random: makeRandom(1) })

it('has no noise where every block is the same, and then catches the margin', () => {
  const noise = estimate(() => 1_000)
  expect(noise).toEqual({ units: 16, shift: 0, deviation: 0 })
  expect(smallestQuantileChange(noise, { plan, units: 16, margin: 0.1, power: 0.8 })).toBe(0.1)
})

it('takes a larger change, or more units, where tails vary', () => {
  const noise = estimate((round) => (round % 2 === 0 ? 700 : 1_400))
  expect(noise.deviation).toBeGreaterThan(0)
  const smallest = (units: number, power = 0.8) => smallestQuantileChange(noise, { plan, units, margin: 0.1, power })
  expect(smallest(64)).toBeLessThan(smallest(16))
  expect(smallest(16, 0.95)).toBeGreaterThan(smallest(16))
  expect(smallest(1)).toBe(Number.POSITIVE_INFINITY)
})
