import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareRounds } from '../../../src/statistics/compare.ts'
import type { Comparison } from '../../../src/statistics/comparison.ts'
import type { BlockValues, Round } from '../../../src/statistics/contrast.ts'
import { compareContrasts } from './compare-contrasts.ts'

// Seeded, so that a failure is the same on every machine.
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20261122) })

const value = fc.integer({ min: 1, max: 100_000 }).map((hundredths) => hundredths / 100)
const values = fc.tuple(value, value)
const blocks = fc.record({ baseline: values, contender: values })
const round: fc.Arbitrary<Round> = fc.record({
  generation: fc.nat({ max: 3 }),
  baseline: values,
  contender: values,
  speedControl: blocks,
})
const rounds = fc.array(round, { minLength: 1, maxLength: 20 })
const unit = fc.constantFrom('quad' as const, 'generation' as const)
const direction = fc.constantFrom('lower' as const, 'higher' as const)

const compare = (
  given: readonly Round[],
  options: { unit?: 'quad' | 'generation'; better?: 'lower' | 'higher' } = {},
) =>
  compareRounds({
    metric: { name: 'm', better: options.better ?? 'lower', marginPercent: 3 },
    rounds: given,
    unit: options.unit ?? 'quad',
    alpha: 0.05,
    overallAlpha: 0.05,
  })

const swap = (sides: BlockValues): BlockValues => ({ baseline: sides.contender, contender: sides.baseline })
const swapRound = (given: Round): Round => ({
  ...given,
  ...swap(given),
  speedControl: given.speedControl && swap(given.speedControl),
})

const mirrored = { faster: 'slower', slower: 'faster', same: 'same', inconclusive: 'inconclusive', invalid: 'invalid' }

const expectClose = (actual: number | undefined, expected: number | undefined) => {
  if (actual === undefined || expected === undefined) return expect(actual).toBe(expected)
  expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-9)
}

const expectAlike = (actual: Comparison, expected: Comparison) => {
  expectClose(actual.ratio, expected.ratio)
  expectClose(actual.interval?.low, expected.interval?.low)
  expectClose(actual.interval?.high, expected.interval?.high)
}

test('swapping the arms mirrors ratio, interval and verdict', () => {
  fc.assert(
    fc.property(rounds, unit, direction, (given, by, better) => {
      const there = compare(given, { unit: by, better })
      const back = compare(given.map(swapRound), { unit: by, better })
      expectClose(back.ratio, 1 / (there.ratio as number))
      expectClose(back.interval?.low, there.interval && 1 / there.interval.high)
      expectClose(back.interval?.high, there.interval && 1 / there.interval.low)
      expectClose(back.pValue, there.pValue)
      expect(back.verdict).toBe(mirrored[there.verdict])
    }),
  )
})

test('turning the direction of the metric turns the verdict and no figure', () => {
  fc.assert(
    fc.property(rounds, unit, (given, by) => {
      const lower = compare(given, { unit: by, better: 'lower' })
      const higher = compare(given, { unit: by, better: 'higher' })
      expect(higher.verdict).toBe(mirrored[lower.verdict])
      expect(higher).toMatchObject({ ratio: lower.ratio, interval: lower.interval, range: lower.range })
    }),
  )
})

test('the unit that values are counted in does not matter', () => {
  fc.assert(
    fc.property(rounds, fc.constantFrom(0.001, 7, 1e6), (given, factor) => {
      const scale = (list: readonly number[]) => list.map((v) => v * factor)
      const scaled = given.map((r) => ({ ...r, baseline: scale(r.baseline), contender: scale(r.contender) }))
      expectAlike(compare(scaled), compare(given))
    }),
  )
})

test('a contender slowed by a factor has ratio and interval multiplied by it', () => {
  fc.assert(
    fc.property(rounds, fc.constantFrom(0.5, 1.03, 10), (given, factor) => {
      const slowed = given.map((r) => ({ ...r, contender: r.contender.map((v) => v * factor) }))
      const [before, after] = [compare(given), compare(slowed)]
      expectClose(after.ratio, (before.ratio as number) * factor)
      expectClose(after.interval?.low, before.interval && before.interval.low * factor)
      expectClose(after.interval?.high, before.interval && before.interval.high * factor)
    }),
  )
})

test('the order of the rounds does not matter', () => {
  fc.assert(
    fc.property(rounds, unit, (given, by) => {
      const [there, reversed] = [compare(given, { unit: by }), compare(given.toReversed(), { unit: by })]
      expectAlike(reversed, there)
      expectClose(reversed.pValue, there.pValue)
    }),
  )
})

test('the ratio lies within its interval, and the interval within the range of the units', () => {
  fc.assert(
    fc.property(rounds, unit, (given, by) => {
      const { ratio = Number.NaN, interval, range } = compare(given, { unit: by })
      const { low, high } = interval ?? { low: ratio, high: ratio }
      const ascending = [range?.low, low, ratio, high, range?.high] as number[]
      for (const [i, next] of ascending.slice(1).entries())
        expect(next).toBeGreaterThanOrEqual((ascending[i] as number) * (1 - 1e-12))
    }),
  )
})

test('an interval leaves out one exactly when the test rejects (no zeros, no ties), for each contrast under Holm', () => {
  const untied = fc.array(round, { minLength: 6, maxLength: 16 }).filter((given) => {
    const { warnings } = compare(given)
    return warnings.every((warning) => warning.includes('drifts'))
  })
  fc.assert(
    fc.property(fc.array(untied, { minLength: 1, maxLength: 4 }), (families) => {
      const metric = { name: 'm', better: 'lower', marginPercent: 0 } as const
      const inputs = families.map((given) => ({
        metric,
        rounds: given,
        unit: 'quad' as const,
        alpha: 0.1,
        overallAlpha: 0.1,
      }))
      for (const { interval, pValue = 1, alpha } of compareContrasts(inputs)) {
        const leavesOut = interval !== undefined && (interval.low > 1 || interval.high < 1)
        expect(leavesOut).toBe(pValue <= alpha)
      }
    }),
  )
})
