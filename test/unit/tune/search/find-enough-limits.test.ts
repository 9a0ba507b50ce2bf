import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../../src/plan/random.ts'
import { signedRankInterval } from '../../../../src/statistics/signed-rank.ts'
import { studentQuantile } from '../../../../src/statistics/student-t.ts'
import { type Candidate, findEnough } from '../../../../src/tune/search/find-enough.ts'

const lossOf = (shift: number) => -Math.expm1(shift)
const make = (id: number, logThroughputs: Candidate['logThroughputs'], isAllowed = true): Candidate => {
  return { id: String(id), cost: id, logThroughputs, isAllowed }
}
const fill = (value: number, rounds: number) => Array.from({ length: rounds }, () => [value, value])

/** Four settings whose blocks and mirrors differ by twice `wobble`, one way and the other, so that no weather is seen. */
function makeFour(levels: readonly number[], { rounds, wobble }: { readonly rounds: number; readonly wobble: number }) {
  return levels.map((level, at) => {
    const halves = at % 2 === 0 ? [wobble, -wobble] : [-wobble, wobble]
    return make(
      at,
      Array.from({ length: rounds }, () => halves.map((half) => Math.log(level) + half)),
    )
  })
}
/** Of those: 8 values in a round, 4 levels and two weathers less one in common. */
const degreesOf = (rounds: number) => 6 * rounds - 3
const spreadOf = (rounds: number, wobble: number) => wobble * Math.sqrt((8 * rounds) / degreesOf(rounds))

describe('the limits of a loss', () => {
  it.each([
    [1, 0.02],
    [2, 0.04],
    [3, 0.05],
    [4, 0.07],
    [5, 0.07],
    [6, 0.12],
    [7, 0.12],
  ])('after %i rounds are one-sided ones of all values together, at %f of α', (rounds, share) => {
    const quantile = studentQuantile(1 - 2 * 0.05 * share, degreesOf(rounds))
    const [wide] = findEnough(makeFour([99, 100, 100, 100], { rounds, wobble: 0.01 }))
    const half = (quantile * spreadOf(rounds, 0.01)) / Math.sqrt(rounds)
    expect(wide?.limits?.high).toBeCloseTo(lossOf(Math.log(0.99) - half), 9)
    // So little spread is not believed: 0.4 %.
    const [narrow] = findEnough(makeFour([98, 100, 100, 100], { rounds, wobble: 0.001 }))
    const least = (quantile * 0.004) / Math.sqrt(rounds)
    expect(narrow?.limits?.low).toBeCloseTo(Math.max(0, lossOf(Math.log(0.98) + least)), 9)
    expect(narrow?.limits?.high).toBeCloseTo(lossOf(Math.log(0.98) - least), 9)
  })

  it.each([
    [8, 8, 0.2],
    [11, 8, 0.2],
    [12, 12, 0.2],
    [18, 18, 0.14],
    [27, 27, 0.08],
    [40, 40, 0.04],
    [63, 40, 0.04],
    [64, 64, 0.04],
  ])('after %i rounds are those of its first %i ranked, at %f of α', (rounds, seen, share) => {
    const random = makeRandom(rounds)
    const differences = Array.from({ length: rounds }, () => -0.02 + 0.02 * (random() - 0.5))
    const slower = differences.map((difference) => [difference - 0.001, difference + 0.001])
    const [standing] = findEnough([make(1, slower), make(2, fill(0, rounds))])
    const interval = signedRankInterval(differences.slice(0, seen), 1 - 2 * 0.05 * share)
    expect(interval).toBeDefined()
    expect(standing?.limits?.low).toBeCloseTo(lossOf(interval?.high ?? 0), 9)
    expect(standing?.limits?.high).toBeCloseTo(lossOf(interval?.low ?? 0), 9)
  })

  it('are those of all values together where ranks cannot be so sure', () => {
    const candidates = makeFour([99, 100, 100, 100], { rounds: 8, wobble: 0.01 })
    const quantile = studentQuantile(1 - 2 * 0.001 * 0.2, degreesOf(8))
    const half = (quantile * spreadOf(8, 0.01)) / Math.sqrt(8)
    expect(findEnough(candidates, { alpha: 0.001 })[0]?.limits?.high).toBeCloseTo(lossOf(Math.log(0.99) - half), 9)
  })

  it('are looked at as often as both were measured, and ranks are of rounds that both had part in', () => {
    const others = makeFour([100, 100, 100, 100], { rounds: 6, wobble: 0.01 })
    const twice = make(9, [...fill(Math.log(99), 2), ...Array(4).fill(undefined)])
    const [standing] = findEnough([twice, ...others])
    // 52 values, 5 levels, 12 weathers less one in common; the look after two rounds, of 4 blocks and 12.
    const degrees = 52 - 5 - 12 + 1
    const quantile = studentQuantile(1 - 2 * 0.05 * 0.04, degrees)
    const half = quantile * 0.01 * Math.sqrt(48 / degrees) * Math.sqrt(1 / 4 + 1 / 12)
    expect(standing?.limits?.high).toBeCloseTo(lossOf(Math.log(0.99) - half), 7)

    const part = Array.from({ length: 10 }, (_, at) => (at < 2 ? undefined : [-0.02, -0.02]))
    const [ranked] = findEnough([make(1, part), make(2, fill(0, 10))])
    expect(ranked?.limits).toEqual({ low: expect.closeTo(lossOf(-0.02), 9), high: expect.closeTo(lossOf(-0.02), 9) })
  })

  it('hold what is estimated', () => {
    // The ranks of forty say 1 %, and one of them far off moves the mean to 51 %.
    const far = (usual: number, one: number) => [...fill(usual, 39), [one, one]]
    const [worse] = findEnough([make(1, far(-0.01, -20)), make(2, fill(0, 40))])
    expect(worse).toMatchObject({ state: 'enough', loss: expect.closeTo(lossOf(-0.50975), 9) })
    expect(worse?.limits).toEqual({ low: expect.closeTo(lossOf(-0.01), 9), high: worse?.loss })
    const [better] = findEnough([make(1, far(-0.05, 1.9)), make(2, fill(0, 40))])
    expect(better).toMatchObject({ state: 'short', loss: expect.closeTo(lossOf(-0.00125), 9) })
    expect(better?.limits).toEqual({ low: better?.loss, high: expect.closeTo(lossOf(-0.05), 9) })
    const [, best] = findEnough([make(1, fill(-0.02, 8)), make(2, fill(0, 8))])
    expect(best).toMatchObject({ state: 'enough', loss: 0, limits: { low: 0, high: 0 } })
  })

  it('are known of none that was not measured, and it is in nobody’s way', () => {
    const never = make(3, Array(8).fill(undefined))
    const standings = findEnough([make(1, fill(Math.log(0.9), 8)), make(2, fill(0, 8)), never])
    expect(standings).toMatchObject([
      { state: 'short', loss: expect.closeTo(0.1, 9) },
      { state: 'enough', loss: 0 },
      { state: 'unclear', loss: 0, limits: undefined },
    ])
  })

  it('are known of none where two of them in one round tell nothing of the spread', () => {
    const alike = findEnough([make(1, fill(0, 1)), make(2, fill(0, 1))])
    expect(alike).toMatchObject([
      { state: 'unclear', limits: undefined },
      { state: 'unclear', limits: undefined },
    ])
  })
})

describe('a clear loss', () => {
  it('is seen in one round by what blocks usually vary, and leaves the other nothing to lose against', () => {
    const [less, more] = findEnough([make(1, fill(0, 1)), make(2, fill(Math.log(2), 1))])
    // Blocks vary by 5 %, known with 13 degrees of freedom.
    const half = studentQuantile(0.9998, 13) * 0.05
    expect(less).toMatchObject({ state: 'short', loss: expect.closeTo(0.5, 9) })
    expect(less?.limits?.low).toBeCloseTo(lossOf(half - Math.log(2)), 9)
    expect(less?.limits?.high).toBeCloseTo(lossOf(-half - Math.log(2)), 9)
    expect(more).toMatchObject({ state: 'enough', limits: { low: 0, high: 0 } })
  })

  it('is the largest that is beyond doubt, against any', () => {
    const [least] = findEnough(makeFour([100, 200, 400, 300], { rounds: 2, wobble: 0.01 }))
    const half = (studentQuantile(0.9998, degreesOf(2)) * spreadOf(2, 0.01)) / Math.sqrt(2)
    expect(least?.state).toBe('short')
    expect(least?.limits?.low).toBeCloseTo(lossOf(half - Math.log(4)), 9)
    expect(least?.limits?.high).toBeCloseTo(lossOf(-half - Math.log(4)), 9)
  })

  it('is none while values that happen to agree say so: they vary by 0.7 % at least', () => {
    const half = (studentQuantile(0.9998, degreesOf(2)) * 0.007) / Math.sqrt(2)
    const of = (shift: number) => {
      return findEnough(makeFour([Math.exp(shift), 1, 1, 1], { rounds: 2, wobble: 0.0001 }))[0]
    }
    const edge = Math.log(1 - 0.03) - half
    const clear = of(edge - 1e-4)
    expect(clear?.state).toBe('short')
    expect(clear?.limits?.low).toBeCloseTo(lossOf(edge - 1e-4 + half), 9)
    expect(clear?.limits?.high).toBeCloseTo(lossOf(edge - 1e-4 - half), 9)
    // Not given up, and short all the same by the limits of the look.
    expect(of(edge + 1e-4)?.limits?.low).not.toBeCloseTo(0.03, 3)
  })

  it('is nothing that one can have against itself', () => {
    expect(findEnough([make(1, fill(0, 2))])).toMatchObject([{ state: 'enough', limits: { low: 0, high: 0 } }])
  })
})
