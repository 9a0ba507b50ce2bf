import { expect, test } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { compareRounds } from '../../../src/statistics/compare.ts'
import { pseudoMedian } from '../../../src/statistics/hodges-lehmann.ts'
import { type LookPlan, makeLookPlan } from '../../../src/statistics/looks.ts'
import { estimateSensitivity, type SensitivityInput, simulateRuns } from '../../../src/statistics/sensitivity.ts'
import { powerAt } from './power-at.ts'

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

/** A simulated run of exactly these differences: 16 sizes to draw from, and a coin that keeps a sign or turns it. */
function simulateExactly(runs: readonly (readonly number[])[], looks: LookPlan, units: number) {
  const sizes = Array.from({ length: 16 }, (_, i) => (i - 7.5) / 100)
  const rolls = runs.flat().flatMap((wanted) => {
    const kept = sizes.indexOf(wanted)
    return kept >= 0 ? [kept / 16, 0.1] : [sizes.indexOf(-wanted) / 16, 0.9]
  })
  const script = rolls.values()
  const random = () => script.next().value ?? Number.NaN
  const simulated = simulateRuns({
    differences: sizes,
    plan: looks,
    units,
    marginPercent: 3,
    draws: runs.length,
    random,
  })
  expect(script.next().done).toBe(true)
  return simulated
}

/** What a comparison says of a run in which the contender is dearer by `rise`, log scale. */
function verdictOf(run: readonly number[], rise: number, alpha: number) {
  const rounds = run.map((difference, generation) => ({
    generation,
    baseline: [1],
    contender: [Math.exp(difference + rise)],
  }))
  const metric = { name: 'latency.p50', better: 'lower', marginPercent: 3 } as const
  return compareRounds({ metric, rounds, unit: 'quad', alpha, overallAlpha: alpha }).verdict
}

// Of these the intervals of two levels differ: no two of the least means of pairs are equal.
const mixed = [0.065, -0.045, 0.015, -0.075, 0.055, -0.005, 0.025, -0.035]
const high = [0.075, 0.065, 0.055, 0.045, 0.035, 0.025, 0.015, 0.005]
const low = high.map((difference) => -difference)

test.each([
  ['uneven', mixed],
  ['above', high],
  ['below', low],
])('a run is caught by exactly the rise that makes a comparison of it slower (%s)', (_, run) => {
  const { thresholds, apparent } = simulateExactly([run], { looks: [8], alpha: 0.05 }, 8)
  const [threshold] = thresholds as unknown as [number]
  expect(verdictOf(run, threshold + 1e-9, 0.05)).toBe('slower')
  expect(verdictOf(run, threshold - 1e-9, 0.05)).not.toBe('slower')
  expect(apparent[0]).toBeCloseTo(Math.abs(pseudoMedian(run)), 12)
})

test('a run is caught at whichever look it can be, at the level of that look', () => {
  const run = [...mixed, ...mixed.map(() => -0.075)]
  const looks = { looks: [8, 16], alpha: 0.05 }
  const { thresholds } = simulateExactly([run], looks, 16)
  const [threshold] = thresholds as unknown as [number]
  expect(verdictOf(mixed, threshold + 1e-9, 0.025)).toBe('slower')
  expect(verdictOf(mixed, threshold - 1e-9, 0.025)).not.toBe('slower')
  expect(verdictOf(mixed, threshold - 1e-9, 0.05)).toBe('slower')
  expect(verdictOf(run, threshold + 1e-9, 0.025)).not.toBe('slower')
})

test('runs go no further than the last look, and are in order', () => {
  const { thresholds, apparent } = simulateExactly([high, mixed, low], { looks: [8], alpha: 0.05 }, 100)
  expect([...thresholds]).toEqual([...thresholds].toSorted((a, b) => a - b))
  expect([...apparent]).toEqual(
    [pseudoMedian(mixed), pseudoMedian(high), pseudoMedian(high)].map((each) => expect.closeTo(each, 12)),
  )
})

test.each([
  ['fewer than six units, at any level', 5, 0.5],
  ['a level that so many units cannot reach', 8, 0.001],
])('%s: no rise is caught', (_, units, alpha) => {
  expect(simulateExactly([high.slice(0, units)], { looks: [units], alpha }, units).thresholds[0]).toBe(Infinity)
})
