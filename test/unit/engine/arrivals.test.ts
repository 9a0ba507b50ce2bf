import { describe, expect, it } from 'vitest'
import { type ArrivalOptions, makeArrivals } from '../../../src/engine/arrivals.ts'
import { makeRandom } from '../../../src/plan/random.ts'

function take(count: number, options: Partial<ArrivalOptions> = {}): number[] {
  const arrivals = makeArrivals({ ratePerSecond: 100, process: 'constant', random: makeRandom(1), ...options })
  return Array.from({ length: count }, () => arrivals.next().value)
}

describe('makeArrivals', () => {
  it('spaces constant arrivals evenly from the start', () => {
    expect(take(4)).toEqual([0, 10, 20, 30])
    expect(take(3, { ratePerSecond: 0.5 })).toEqual([0, 2_000, 4_000])
  })

  it('does not drift: the millionth arrival is where the rate says', () => {
    expect(take(1_000_001, { ratePerSecond: 3_000 }).at(-1)).toBe(1_000_000 * (1_000 / 3_000))
  })

  it('spreads poisson arrivals as independent users do: exponential gaps of the right mean', () => {
    const due = take(100_001, { process: 'poisson' })
    const gaps = due.slice(1).map((ms, index) => ms - (due[index] as number))
    const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length
    const beyondMean = gaps.filter((gap) => gap > mean).length / gaps.length
    const beyondThree = gaps.filter((gap) => gap > 3 * mean).length / gaps.length
    expect(mean).toBeGreaterThan(9.9)
    expect(mean).toBeLessThan(10.1)
    expect(Math.abs(beyondMean - Math.exp(-1))).toBeLessThan(0.005)
    expect(Math.abs(beyondThree - Math.exp(-3))).toBeLessThan(0.003)
  })

  it('gives the same poisson arrivals for the same seed', () => {
    const options = { process: 'poisson' as const }
    expect(take(5, { ...options, random: makeRandom(7) })).toEqual(take(5, { ...options, random: makeRandom(7) }))
    expect(take(5, { ...options, random: makeRandom(7) })).not.toEqual(take(5, { ...options, random: makeRandom(8) }))
  })
})
