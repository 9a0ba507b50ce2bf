import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../../src/plan/random.ts'
import { fitLevels, spreadOf } from '../../../../src/tune/search/fit-levels.ts'

const none = undefined

describe('fitLevels', () => {
  it('tells settings from the weather of the rounds, also those that had no round together', () => {
    // The second round was slower by 1 for all; the last setting is seen in it alone.
    const { levels, rounds, spread } = fitLevels([
      [5, 4, 5],
      [6, 5, none],
      [none, 7, none],
    ])
    expect(rounds.map((round) => Number(round.toFixed(6)))).toEqual(
      [1 / 3, -2 / 3, 1 / 3].map((x) => Number(x.toFixed(6))),
    )
    expect((levels[2] as number) - (levels[0] as number)).toBeCloseTo(3, 6)
    expect((levels[1] as number) - (levels[0] as number)).toBeCloseTo(1, 6)
    expect(spread).toBeCloseTo(0, 6)
  })

  it('has no spread without degrees of freedom, and believes none that is too small', () => {
    expect(fitLevels([[1], [2]]).spread).toBeUndefined()
    expect(spreadOf(fitLevels([[1], [2]]), 0.01)).toBeUndefined()
    expect(
      spreadOf(
        fitLevels([
          [1, 1, 1],
          [2, 2, 2],
          [3, 3, 3],
        ]),
        0.01,
      ),
    ).toEqual({ spread: 0.01, degrees: 4 })
  })

  it('finds the spread of a value from all settings together', () => {
    const random = makeRandom(3)
    const noise = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const spreads = Array.from({ length: 300 }, () => {
      const weather = [0, 1, 2].map(() => 3 * noise())
      return fitLevels([0, 1, 2, 3, 4].map((level) => weather.map((each) => level + each + noise()))).spread as number
    })
    const mean = spreads.reduce((sum, spread) => sum + spread ** 2, 0) / spreads.length
    expect(mean).toBeGreaterThan(0.9)
    expect(mean).toBeLessThan(1.1)
  })
})
