import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bracketRates, nextRate, type RateTrial } from '../../../src/judge/rate-bracket.ts'

function search(capacity: number, firstRatePerSecond: number) {
  const trials: RateTrial[] = []
  const next = () => nextRate(trials, { firstRatePerSecond })
  for (let rate = next(); rate !== undefined; rate = next())
    trials.push({ ratePerSecond: rate, held: rate <= capacity })
  return { trials, ...bracketRates(trials) }
}

describe('nextRate', () => {
  it('doubles while it holds, then bisects', () => {
    const rates = search(1_000, 200).trials.map(({ ratePerSecond }) => Math.round(ratePerSecond))
    expect(rates).toEqual([200, 400, 800, 1_600, 1_131, 951, 1_037, 993])
  })

  it('halves while it fails', () => {
    expect(
      search(30, 200)
        .trials.map(({ ratePerSecond }) => Math.round(ratePerSecond))
        .slice(0, 4),
    ).toEqual([200, 100, 50, 25])
  })

  it('brackets any capacity within the resolution, in few trials', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 99_000, noNaN: true }),
        fc.double({ min: 1, max: 50_000, noNaN: true }),
        (capacity, first) => {
          const { held, failed, trials } = search(capacity, first)
          expect(held).toBeLessThanOrEqual(capacity)
          expect(failed).toBeGreaterThan(capacity)
          expect((failed as number) / (held as number)).toBeLessThanOrEqual(1.05)
          expect(trials.length).toBeLessThanOrEqual(24)
        },
      ),
    )
  })

  it('ends at the bounds', () => {
    expect(search(Number.POSITIVE_INFINITY, 60_000)).toMatchObject({ held: 100_000, failed: undefined })
    expect(search(0, 3)).toMatchObject({ held: undefined, failed: 1 })
  })

  it('takes a rate that held above a failure for luck', () => {
    const trials = [
      { ratePerSecond: 100, held: true },
      { ratePerSecond: 200, held: false },
      { ratePerSecond: 400, held: true },
    ]
    expect(bracketRates(trials)).toEqual({ held: 100, failed: 200 })
  })
})
