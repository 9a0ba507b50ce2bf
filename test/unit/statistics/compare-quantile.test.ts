import { expect, test } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { compareQuantile, type HistogramRound, type QuantileInput } from '../../../src/statistics/compare-quantile.ts'

const metric = { name: 'latency.p99', better: 'lower', marginPercent: 10 } as const

/** 200 requests an arm: the body at 100, a tail of five that differs a little from round to round. */
const makeRounds = (count: number, contenderTail: number): HistogramRound[] =>
  Array.from({ length: count }, (_, i) => ({
    generation: Math.floor(i / 2),
    baseline: [
      [100, 195],
      [500 + (i % 4), 5],
    ],
    contender: [
      [100, 195],
      [contenderTail + (i % 4), 5],
    ],
  }))

const compare = (rounds: HistogramRound[], changes: Partial<QuantileInput> = {}) =>
  compareQuantile({
    metric,
    fraction: 0.99,
    rounds,
    unit: 'quad',
    alpha: 0.05,
    overallAlpha: 0.05,
    random: makeRandom(1),
    draws: 500,
    ...changes,
  })

test('a tail that is twice as long is slower', () => {
  const result = compare(makeRounds(8, 1000))
  expect(result).toMatchObject({ verdict: 'slower', units: 8, warnings: [], pValue: expect.any(Number) })
  expect(result.ratio).toBeCloseTo(2, 1)
  expect(result.range).toEqual({ low: expect.closeTo(1003 / 503, 9), high: expect.closeTo(1000 / 500, 9) })
  expect(result.interval?.confidence).toBe(0.95)
})

test.each([
  { tail: 250, verdict: 'faster' },
  { tail: 501, verdict: 'same' },
])('a tail at $tail against 500: $verdict', ({ tail, verdict }) => {
  expect(compare(makeRounds(8, tail)).verdict).toBe(verdict)
})

test('generations are merged and are the units', () => {
  expect(compare(makeRounds(16, 1000), { unit: 'generation' })).toMatchObject({ units: 8, verdict: 'slower' })
})

test('fewer than eight units give no interval', () => {
  const few = compare(makeRounds(7, 1000))
  expect(few).toMatchObject({ verdict: 'inconclusive', interval: undefined, moreUnits: 1 })
  expect(few.reason).toBe('7 units give no interval at this level: it takes 8')
})

test('what the interval claims and the exact test does not confirm stays inconclusive', () => {
  // At this level eight units can never reject: the smallest p is 2/256.
  for (const tail of [1000, 250]) {
    const result = compare(makeRounds(8, tail), { alpha: 0.005 })
    expect(result).toMatchObject({ verdict: 'inconclusive', reason: expect.stringMatching(/does not confirm/) })
  }
})

test('a p-value of exactly the level confirms', () => {
  const { pValue = Number.NaN } = compare(makeRounds(8, 1000))
  expect(compare(makeRounds(8, 1000), { alpha: pValue })).toMatchObject({ verdict: 'slower', pValue })
  expect(compare(makeRounds(8, 1000), { alpha: pValue - 1e-9 }).verdict).toBe('inconclusive')
})

test('only what claims a difference needs to be confirmed', () => {
  expect(compare(makeRounds(8, 501), { alpha: 0.005 })).toMatchObject({
    verdict: 'same',
    reason: 'the interval lies inside the margin',
  })
})

test('a tail of ten requests is enough', () => {
  // 8 · 160 · (1 − 0.9921875) = 10, and without a rounding error.
  const even = makeRounds(8, 1000).map((round) => ({ ...round, baseline: [[100, 155] as const, [500, 5] as const] }))
  expect(compare(even, { fraction: 0.9921875 }).warnings).toEqual([])
})

test('a tail of fewer than ten requests is said', () => {
  const thin = makeRounds(8, 1000).map((round) => ({ ...round, baseline: [[100, 100] as const, [500, 2] as const] }))
  expect(compare(thin).warnings).toEqual(['fewer than 10 requests of an arm lie beyond this quantile'])
})

test.each([
  { why: 'no round', rounds: [], reason: 'no complete round was measured' },
  {
    why: 'an empty histogram',
    rounds: [...makeRounds(8, 500), { generation: 9, baseline: [], contender: [[1, 1] as const] }],
    reason: '1 of 9 units has an arm without a value',
  },
])('$why is invalid', ({ rounds, reason }) => {
  expect(compare(rounds)).toMatchObject({ verdict: 'invalid', reason })
})

test('the same seed gives the same comparison', () => {
  expect(compare(makeRounds(12, 600))).toEqual(compare(makeRounds(12, 600)))
})
