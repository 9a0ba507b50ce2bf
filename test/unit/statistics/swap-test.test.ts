import { expect, test } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { signedRankTest } from '../../../src/statistics/signed-rank.ts'
import { swapTest } from '../../../src/statistics/swap-test.ts'
import { scipy } from './vectors.ts'

const meanAfter = (values: readonly number[]) => (swapped: readonly boolean[]) =>
  values.reduce((sum, value, i) => sum + (swapped[i] ? -value : value), 0)

test('three units that agree: two of eight namings are as far from zero', () => {
  const random = makeRandom(1)
  expect(swapTest({ units: 3, statistic: meanAfter([1, 2, 4]), draws: 8, random })).toBe(2 / 8)
  expect(swapTest({ units: 3, statistic: meanAfter([0, 0, 0]), draws: 8, random })).toBe(1)
})

test('with the signed-rank sum as its figure it is the signed-rank test of scipy', () => {
  for (const { differences, pValue } of scipy.signedRankWithTies.filter(
    ({ differences: { length } }) => length <= 10,
  )) {
    const centred = (swapped: readonly boolean[]) => {
      const flipped = differences.map((value, i) => (swapped[i] ? -value : value))
      return signedRankTest(flipped).statistic - signedRankTest(flipped.map((value) => -value)).statistic
    }
    const ours = swapTest({ units: differences.length, statistic: centred, draws: 1024, random: makeRandom(1) })
    expect(ours).toBeCloseTo(pValue, 12)
  }
})

test('more namings than draws are sampled, and the observed one counts', () => {
  const values = Array.from({ length: 20 }, (_, i) => i + 1)
  const draw = (seed: number) =>
    swapTest({ units: 20, statistic: meanAfter(values), draws: 99, random: makeRandom(seed) })
  expect(draw(1)).toBe(1 / 100)
  expect(draw(2)).toBe(draw(2))
  // Where no naming differs from another, all of them come up as far.
  expect(swapTest({ units: 20, statistic: () => 1, draws: 99, random: makeRandom(1) })).toBe(1)
})
