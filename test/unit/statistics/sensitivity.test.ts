import { expect, test } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { makeLookPlan } from '../../../src/statistics/looks.ts'
import {
  estimateSensitivity,
  powerAt,
  type SensitivityInput,
  simulateRuns,
} from '../../../src/statistics/sensitivity.ts'

const plan = makeLookPlan({ unit: 'quad', plannedGenerations: 1 })
const differences = Array.from({ length: 16 }, (_, i) => (i - 7.5) / 100)

const estimate = (changes: Partial<SensitivityInput>) =>
  estimateSensitivity({
    differences,
    plan,
    units: 32,
    marginPercent: 3,
    power: 0.8,
    draws: 150,
    random: makeRandom(1),
    ...changes,
  })

test('more units and less noise catch smaller changes; more power takes larger ones', () => {
  const change = (changes: Partial<SensitivityInput>) => estimate(changes).smallestChangePercent as number
  expect(change({ units: 64 })).toBeLessThan(change({ units: 16 }))
  expect(change({ differences: differences.map((d) => d / 2) })).toBeLessThan(change({}))
  expect(change({ power: 0.95 })).toBeGreaterThan(change({ power: 0.5 }))
})

test('the apparent differences of alike arms are those of a mean of that many: spread / √units', () => {
  // Sizes of .5 to 7.5 %: spread 4.6 %; over 32 units .81 %, of which a half lies within .67 and 19 in 20 within 1.96 of these.
  const { noisePercent } = estimate({ draws: 500 })
  expect(noisePercent.median / (0.67 * 0.815)).toBeCloseTo(1, 0)
  expect(noisePercent.p95 / (1.96 * 0.815)).toBeCloseTo(1, 0)
})

test('without noise the margin is the smallest change that can be called', () => {
  const silent = estimate({ differences: [0, 0, 0, 0] })
  expect(silent.smallestChangePercent).toBeCloseTo(3, 9)
  expect(silent.noisePercent).toEqual({ median: 0, p95: 0 })
})

test('a constant offset between alike arms is not noise', () => {
  const plain = estimate({})
  const offset = estimate({ differences: differences.map((d) => d + 0.3) })
  expect(offset.smallestChangePercent).toBeCloseTo(plain.smallestChangePercent as number, 9)
})

test('too few units catch nothing', () => {
  expect(estimate({ units: 5 }).smallestChangePercent).toBeUndefined()
  expect(estimate({ units: 6 }).smallestChangePercent).toBeGreaterThan(3)
})

test('power rises with the change, and is the share of runs whose threshold it reaches', () => {
  const runs = simulateRuns({ differences, plan, units: 32, marginPercent: 3, draws: 200, random: makeRandom(1) })
  const powers = [0, 3, 5, 10, 50].map((changePercent) => powerAt(runs, changePercent))
  expect(powers).toEqual(powers.toSorted((a, b) => a - b))
  expect(powers[0]).toBeLessThan(0.05)
  expect(powers.at(-1)).toBe(1)
})
