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

test('units that are all alike give an interval of no width', () => {
  for (const method of ['percentile', 'bca'] as const) {
    const input = { units: 5, statistic: () => 2, draws: 50, confidence: 0.95, random: makeRandom(1), method }
    expect(bootstrapInterval(input)).toEqual({ estimate: 2, low: 2, high: 2, confidence: 0.95 })
  }
})
