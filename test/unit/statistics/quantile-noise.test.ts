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

it('is what exchanging the arms at random makes of the ratio', () => {
  const [round] = rounds(() => 2_000)
  // All four ways to exchange the arms of two units: both or neither is the ratio or its inverse, one of them is no difference.
  const coins = [0.1, 0.1, 0.1, 0.9, 0.9, 0.1, 0.9, 0.9].values()
  const random = () => coins.next().value ?? Number.NaN
  const two = [round, round] as NonNullable<typeof round>[]
  expect(estimateQuantileNoise({ rounds: two, unit: 'quad', fraction: 0.99, draws: 4, random })).toEqual({
    ...{ units: 2, shift: expect.closeTo(Math.log(2), 9), deviation: expect.closeTo(Math.log(2) / Math.sqrt(2), 9) },
  })
})

it('takes generations for units where arms have processes of their own', () => {
  const grouped = rounds(() => 2_000).map((round, index) => ({ ...round, generation: index % 4 }))
  const noise = { rounds: grouped, fraction: 0.99, draws: 1, random: () => 0 }
  expect(estimateQuantileNoise({ ...noise, unit: 'generation' }).units).toBe(4)
  expect(estimateQuantileNoise({ ...noise, unit: 'quad' }).units).toBe(16)
})

it.each([
  // Tables of t and z: 80 % of a normal lie below 0.8416; each of four looks has 1.25 % of the 5 %.
  { what: 'a planned look', units: 16, margin: 0.01, change: 2.8366 + 0.8416 },
  { what: 'the end, at which two looks leave their share', units: 20, margin: 0.01, change: 2.4334 + 0.8416 },
  { what: 'a margin that is more than the interval', units: 16, margin: 1, change: 10 + 0.8416 },
  { what: 'two units, at the level of all looks', units: 2, margin: 0.01, change: 12.7062 + 0.8416 },
])('the smallest change at $what, in standard errors', ({ units, margin, change }) => {
  const noise = { units, shift: 0, deviation: 0.1 }
  expect(smallestQuantileChange(noise, { plan, units, margin, power: 0.8 })).toBeCloseTo(0.1 * change, 4)
})
