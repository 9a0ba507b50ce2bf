import { expect, test } from 'vitest'
import { type ContrastInput, compareRounds } from '../../../src/statistics/compare.ts'
import type { Metric } from '../../../src/statistics/comparison.ts'
import type { Round } from '../../../src/statistics/contrast.ts'
import { compareContrasts } from './compare-contrasts.ts'

const p50: Metric = { name: 'latency.p50', better: 'lower', marginPercent: 3 }
const throughput: Metric = { name: 'throughput', better: 'higher', marginPercent: 3 }

/** Rounds whose contender / baseline ratios are these. */
const roundsOf = (ratios: readonly number[]): Round[] =>
  ratios.map((ratio, generation) => ({ generation, baseline: [100, 110], contender: [100 * ratio, 110 * ratio] }))

const compare = (ratios: readonly number[], changes: Partial<ContrastInput> = {}) =>
  compareRounds({ metric: p50, rounds: roundsOf(ratios), unit: 'quad', alpha: 0.05, overallAlpha: 0.05, ...changes })

const slowish = [1.1, 1.11, 1.08, 1.09, 1.12, 1.07, 1.13, 1.06]

test('a contender 10 % slower, in full', () => {
  expect(compare(slowish)).toEqual({
    metric: p50,
    unit: 'quad',
    units: 8,
    ratio: expect.closeTo(1.0948, 3),
    effectPercent: expect.closeTo(9.48, 1),
    interval: { low: expect.closeTo(1.07, 12), high: expect.closeTo(1.12, 3), confidence: 1 - 10 / 256 },
    range: { low: expect.closeTo(1.06, 12), high: expect.closeTo(1.13, 12) },
    pValue: 2 / 256,
    alpha: 0.05,
    overallAlpha: 0.05,
    method: 'Hodges-Lehmann shift of log ratios, exact Wilcoxon signed-rank interval (Walsh averages)',
    verdict: 'slower',
    reason: 'the interval leaves out no difference, and the shift reaches the margin',
    warnings: [],
    moreUnits: undefined,
  })
})

const inverse = slowish.map((ratio) => 1 / ratio)
const alike = [1.001, 0.999, 1.002, 0.998, 1.0015, 0.9985, 1.003, 0.996]
const spread = [1.3, 0.77, 1.2, 0.83, 1.1, 0.91, 1.15, 0.87]

test('a clear verdict either way rests on the same', () => {
  const reason = 'the interval leaves out no difference, and the shift reaches the margin'
  expect(compare(inverse)).toMatchObject({ verdict: 'faster', reason })
})

test.each([
  { metric: p50, ratios: slowish, verdict: 'slower' },
  { metric: p50, ratios: inverse, verdict: 'faster' },
  { metric: throughput, ratios: slowish, verdict: 'faster' },
  { metric: throughput, ratios: inverse, verdict: 'slower' },
  { metric: p50, ratios: alike, verdict: 'same' },
  { metric: throughput, ratios: alike, verdict: 'same' },
  { metric: p50, ratios: spread, verdict: 'inconclusive' },
  { metric: { ...p50, marginPercent: 50 }, ratios: slowish, verdict: 'same' },
  { metric: { ...p50, marginPercent: 10 }, ratios: slowish, verdict: 'inconclusive' },
])('$metric.name, margin $metric.marginPercent %, ratios about $ratios.0: $verdict', ({ metric, ratios, verdict }) => {
  expect(compare(ratios, { metric }).verdict).toBe(verdict)
})

test('fewer than six units: the range, no interval, and how many more it takes, however clear the case', () => {
  const five = compare([2, 2.1, 2.2, 1.9, 1.8], { alpha: 0.2, overallAlpha: 0.2 })
  expect(five).toMatchObject({ verdict: 'inconclusive', interval: undefined, units: 5, moreUnits: 1 })
  expect(five.range).toEqual({ low: expect.closeTo(1.8, 12), high: expect.closeTo(2.2, 12) })
  expect(five.reason).toBe('5 units give no interval at this level: it takes 6')
  expect(compare([2, 2.1, 2.2, 1.9, 1.8, 2], { alpha: 0.0125 }).reason).toBe(
    '6 units give no interval at this level: it takes 8',
  )
})

test('six units are enough for an interval, and for a verdict', () => {
  const six = compare(slowish.slice(0, 6))
  expect(six).toMatchObject({ units: 6, verdict: 'slower', interval: { confidence: 1 - 2 / 64 } })
})

test('an inconclusive comparison says roughly how many more units it takes', () => {
  const { moreUnits, reason } = compare(spread)
  expect(moreUnits).toBeGreaterThan(100)
  expect(reason).toBe('the interval holds both no difference and one beyond the margin')
})

test.each([
  { ratios: [1.01, 1.02, 1.015, 1.04, 1.05, 1.03, 1.06, 1.012], why: 'a difference that may not reach the margin' },
  { ratios: [0.99, 0.98, 0.985, 0.965, 0.955, 0.975, 0.95, 0.988], why: 'a gain that may not reach the margin' },
])('$why is inconclusive, and said', ({ ratios }) => {
  expect(compare(ratios)).toMatchObject({
    verdict: 'inconclusive',
    reason: 'there is a difference, but it may or may not reach the margin',
  })
})

test('the same is said with the margin that it lies within', () => {
  expect(compare(alike)).toMatchObject({ verdict: 'same', reason: 'the interval lies inside the margin' })
})

test('says when the speed of the machine was taken out', () => {
  // In some rounds the machine was half as fast in each arm's first block, and the control says so.
  const rounds = [1, 2, 1, 2, 1, 1, 2, 2].map((slowdown, generation): Round => {
    const wobble = 1 + generation / 10_000
    const control = [5 * slowdown, 5]
    return {
      ...{ generation, baseline: [100 * slowdown, 100], contender: [110 * slowdown * wobble, 110] },
      speedControl: { baseline: control, contender: control },
    }
  })
  const adjusted = compare([], { rounds })
  expect(adjusted).toMatchObject({
    method:
      'Hodges-Lehmann shift of log ratios, exact Wilcoxon signed-rank interval (Walsh averages), adjusted for the speed control',
    isSpeedAdjusted: true,
    ratio: expect.closeTo(1.1, 2),
    verdict: 'slower',
  })
  expect(compare([], { rounds: rounds.map(({ speedControl: _, ...round }) => round) })).not.toHaveProperty(
    'isSpeedAdjusted',
  )
})

test('generations are judged by their medians', () => {
  const rounds = slowish.flatMap((ratio, generation) =>
    roundsOf([ratio, ratio, 9]).map((round) => ({ ...round, generation })),
  )
  const byGeneration = compare([], { rounds, unit: 'generation' })
  expect(byGeneration).toMatchObject({ unit: 'generation', units: 8, ratio: expect.closeTo(1.0948, 3) })
})

test.each([
  { why: 'no round', rounds: [], reason: 'no complete round was measured' },
  {
    why: 'a block without a request',
    rounds: [...roundsOf(slowish), { generation: 0, baseline: [0, 1], contender: [1, 1] }],
    reason: '1 of 9 rounds has a block without a value above zero',
  },
  {
    why: 'an arm without a block',
    rounds: [...roundsOf(slowish), { generation: 0, baseline: [1, 1], contender: [] }],
    reason: '1 of 9 rounds has a block without a value above zero',
  },
  {
    why: 'a problem of the run',
    rounds: roundsOf(slowish),
    problems: ['the ledger disagrees', 'the arm is unsteady'],
    reason: 'the ledger disagrees; the arm is unsteady',
  },
])('$why makes it invalid, without figures', ({ rounds, problems, reason }) => {
  const invalid = compare([], { rounds, problems })
  expect(invalid).toMatchObject({
    verdict: 'invalid',
    reason,
    ratio: undefined,
    interval: undefined,
    pValue: undefined,
  })
})

test('exclusions, zeros, ties and drift are said', () => {
  expect(compare(slowish, { excludedRounds: 2 }).warnings).toEqual([
    '2 rounds were left out by a rule declared beforehand',
  ])
  expect(compare([1, 1, ...slowish]).warnings).toEqual([
    "2 units show no difference at all: the metric's resolution may be too coarse",
  ])
  expect(compare([...slowish, 1.1]).warnings).toEqual([expect.stringMatching(/^2 units are tied/)])
  expect(compare([...slowish].sort((a, b) => b - a)).warnings).toEqual([expect.stringMatching(/drifts over the run/)])
})

test('six units can show a drift, five cannot', () => {
  const rising = [1.01, 1.02, 1.03, 1.04, 1.05, 1.06]
  expect(compare(rising).warnings).toEqual([expect.stringMatching(/drifts over the run/)])
  expect(compare(rising.slice(1)).warnings).toEqual([])
})

test('plain data: it can be cloned to another process, and JSON loses only what is undefined', () => {
  for (const comparison of [compare(slowish), compare(spread), compare([1.1]), compare([])]) {
    expect(structuredClone(comparison)).toEqual(comparison)
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison)
  }
})

test("Holm shares alpha among the contrasts; each interval has its own contrast's level", () => {
  const input = (ratios: number[]): ContrastInput => ({
    metric: p50,
    rounds: roundsOf(ratios),
    unit: 'quad',
    alpha: 0.05,
    overallAlpha: 0.05,
  })
  const [clear, unclear, broken] = compareContrasts([input(slowish), input(spread), input([])])
  expect(clear).toMatchObject({ alpha: 0.025, overallAlpha: 0.05, verdict: 'slower' })
  expect(unclear).toMatchObject({ alpha: 0.05, verdict: 'inconclusive' })
  expect(broken).toMatchObject({ verdict: 'invalid' })
  expect(compareContrasts([])).toEqual([])
  const atOtherLooks = compareContrasts([{ ...input(slowish), alpha: 0.04 }, input(spread)])
  expect(atOtherLooks.map(({ alpha }) => alpha)).toEqual([0.02, 0.04])
})
