import { expect, test } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { bootstrapInterval } from '../../../src/statistics/bootstrap.ts'
import { mean } from '../../../src/statistics/quantile.ts'
import { scipy } from './vectors.ts'

/** A stand-in for randomness that makes the bootstrap draw every one of the nⁿ resamples once. */
function countThrough(n: number): () => number {
  let calls = 0
  return () => {
    const draw = Math.floor(calls / n)
    const place = calls++ % n
    return ((Math.floor(draw / n ** place) % n) + 0.5) / n
  }
}

test.each(
  scipy.bootstrap.flatMap((vector) => (['percentile', 'bca'] as const).map((method) => ({ ...vector, method }))),
)(
  "over all resamples of $values.length units the $method interval is scipy's",
  ({ values, confidence, method, ...expected }) => {
    const units = values.length
    const statistic = (indices: readonly number[]) => mean(indices.map((i) => values[i] as number))
    const draws = units ** units
    const ours = bootstrapInterval({ units, statistic, draws, confidence, random: countThrough(units), method })
    expect(ours.estimate).toBeCloseTo(mean(values), 12)
    expect(ours.low).toBeCloseTo(expected[method][0], 9)
    expect(ours.high).toBeCloseTo(expected[method][1], 9)
  },
)

test('the same seed gives the same interval, another seed another', () => {
  const values = [3, 1, 4, 1.5, 9, 2.6, 5, 3.5]
  const statistic = (indices: readonly number[]) => mean(indices.map((i) => values[i] as number))
  const draw = (seed: number) =>
    bootstrapInterval({
      units: 8,
      statistic,
      draws: 200,
      confidence: 0.95,
      random: makeRandom(seed),
      method: 'percentile',
    })
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
})

/** Draws that are 0, 1 … 1,000, however often they are taken: a quantile of them is a thousand times its fraction. */
function countDraws(
  units: number,
  confidence: number,
  { estimate, method }: { estimate: number; method: 'expanded' | 'bca' },
) {
  let calls = 0
  const statistic = () => (calls++ === 0 || calls > 1_002 ? estimate : calls - 2)
  return bootstrapInterval({ units, statistic, draws: 1_001, confidence, random: () => 0, method })
}

// Φ(−√(n/(n−1)) · t), t Student's with n − 1 degrees (Hesterberg 2015): by Python's erfc, from a table of t.
test.each([
  { units: 1, confidence: 0.95, outside: 0.025 },
  { units: 5, confidence: 0.95, outside: 0.0009541005518824744 },
  { units: 8, confidence: 0.95, outside: 0.00573752051702986 },
  { units: 30, confidence: 0.95, outside: 0.018753900278220558 },
  { units: 10, confidence: 0.9, outside: 0.02666305193240387 },
])(
  'the expanded interval of $units units leaves out a share of $outside at each end',
  ({ units, confidence, outside }) => {
    const { low, high } = countDraws(units, confidence, { estimate: 500, method: 'expanded' })
    expect(low / 1_000).toBeCloseTo(outside, 9)
    expect(high / 1_000).toBeCloseTo(1 - outside, 9)
  },
)

test('draws that all lie on one side of the figure still give a bca interval, at their end', () => {
  const above = countDraws(5, 0.95, { estimate: 5_000, method: 'bca' })
  const below = countDraws(5, 0.95, { estimate: -5_000, method: 'bca' })
  expect([above.low, above.high]).toEqual([expect.closeTo(1_000, 1), expect.closeTo(1_000, 1)])
  expect([below.low, below.high]).toEqual([expect.closeTo(0, 1), expect.closeTo(0, 1)])
})

test('units that are all alike give an interval of no width', () => {
  for (const method of ['percentile', 'bca'] as const) {
    const input = { units: 5, statistic: () => 2, draws: 50, confidence: 0.95, random: makeRandom(1), method }
    expect(bootstrapInterval(input)).toEqual({ estimate: 2, low: 2, high: 2, confidence: 0.95 })
  }
})
