import { expect, test } from 'vitest'
import { compareUnpaired } from '../../../src/statistics/compare-unpaired.ts'
import { r } from './vectors.ts'

const metric = { name: 'throughput', better: 'higher', marginPercent: 3 } as const

test.each(r.twoSample)(
  "the interval is R's, as ratios ($x.length against $y.length)",
  ({ x, y, confidence, pValue, shift, interval }) => {
    const ours = compareUnpaired({
      metric,
      unit: 'quad',
      baseline: x.map(Math.exp),
      contender: y.map(Math.exp),
      alpha: 1 - confidence,
    })
    expect(ours.pValue).toBeCloseTo(pValue, 9)
    expect(ours.ratio).toBeCloseTo(Math.exp(shift), 9)
    expect(ours.interval?.low).toBeCloseTo(Math.exp(interval[0]), 9)
    expect(ours.interval?.high).toBeCloseTo(Math.exp(interval[1]), 9)
    expect(ours.warnings[0]).toMatch(/not interleaved/)
  },
)

const steady = (level: number, count: number) => Array.from({ length: count }, (_, i) => level * (1 + (i % 5) / 1000))

test.each([
  { contender: steady(90, 8), verdict: 'slower' },
  { contender: steady(110, 8), verdict: 'faster' },
  { contender: steady(100.05, 8), verdict: 'same' },
  { contender: steady(200, 5), verdict: 'inconclusive' },
])('throughput 100 against $contender: $verdict', ({ contender, verdict }) => {
  const comparison = compareUnpaired({ metric, unit: 'quad', baseline: steady(100, 8), contender, alpha: 0.05 })
  expect(comparison.verdict).toBe(verdict)
})

test.each([
  { contender: [], reason: 'one of the runs has no value' },
  { contender: [0, 1, 2], reason: 'a value is not above zero' },
  { contender: [1, Number.NaN, 2], reason: 'a value is not above zero' },
  { contender: [1, Number.POSITIVE_INFINITY, 2], reason: 'a value is not above zero' },
])('throughput against $contender is invalid, either way round: $reason', ({ contender, reason }) => {
  const known = steady(100, 8)
  for (const [one, other] of [
    [known, contender],
    [contender, known],
  ] as const) {
    const comparison = compareUnpaired({ metric, unit: 'quad', baseline: one, contender: other, alpha: 0.05 })
    expect(comparison).toMatchObject({ verdict: 'invalid', reason, ratio: undefined })
  }
})

test('the range is that of the ratios of any two units', () => {
  const [baseline, contender] = [
    [100, 80, 125],
    [200, 160, 250],
  ]
  const { range, units } = compareUnpaired({ metric, unit: 'quad', baseline, contender, alpha: 0.05 })
  expect(units).toBe(3)
  expect(range).toEqual({ low: expect.closeTo(160 / 125, 12), high: expect.closeTo(250 / 80, 12) })
})

test('long runs are pooled into 64 batches each', () => {
  const comparison = compareUnpaired({
    metric,
    unit: 'quad',
    baseline: steady(100, 300),
    contender: steady(110, 200),
    alpha: 0.05,
  })
  expect(comparison).toMatchObject({ units: 64, verdict: 'faster' })
})
