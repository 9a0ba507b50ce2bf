import { describe, expect, it } from 'vitest'
import type { Course } from '../../../../src/sample/open-loop.ts'
import { type CountedEstimate, poolCounts, readDrift } from '../../../../src/tune/search/drift.ts'

const steps = (values: readonly number[]) => Array.from({ length: 20 }, (_, at) => values[at % values.length] as number)
const course = (change: Partial<Course> = {}): Course => ({
  ...{ stepMs: 100, places: 4, arrived: steps([20]), succeeded: steps([20]), failed: steps([0]), usedMs: steps([380]) },
  ...change,
})

describe('readDrift', () => {
  it('is none where as many end as arrive, and known as well as one request in all the time', () => {
    expect(readDrift([course()])).toMatchObject({ perSecond: 0, low: -1, high: 1, seconds: 2 })
    // With half of its places idle it is not known what they would carry.
    expect(readDrift([course({ usedMs: steps([200]) })])?.atMost).toBe(0.5)
  })

  it('is what is left behind per second', () => {
    const drift = readDrift([course({ succeeded: steps([19]) })])
    expect(drift?.perSecond).toBe(10)
    expect(drift?.low).toBeCloseTo(9, 9)
  })

  it('counts what failed as ended: it is not under way any more', () => {
    expect(readDrift([course({ succeeded: steps([15]), failed: steps([5]) })])?.perSecond).toBe(0)
  })

  it('takes the blocks of one rate together, each about its own mean', () => {
    const [one, both] = [[course()], [course(), course({ stepMs: 200, arrived: steps([40]), succeeded: steps([40]) })]]
    expect(readDrift(one)?.seconds).toBe(2)
    expect(readDrift(both)).toMatchObject({ perSecond: 0, seconds: 6 })
  })

  it('says nothing of a few steps', () => {
    expect(readDrift([course({ arrived: [20, 20, 20], succeeded: [20, 20, 20], failed: [0, 0, 0] })])).toBeUndefined()
    expect(readDrift([])).toBeUndefined()
  })

  it('reads eight steps, and fewer not at all', () => {
    const of = (count: number) => {
      const fill = (value: number) => Array<number>(count).fill(value)
      return course({ arrived: fill(20), succeeded: fill(20), failed: fill(0), usedMs: fill(400) })
    }
    expect(readDrift([of(8)])).toMatchObject({ seconds: 0.8, capacity: { perSecond: 200 } })
    expect(readDrift([of(7)])).toBeUndefined()
    expect(readDrift([of(6), of(2)])?.seconds).toBeCloseTo(0.8, 12)
    // A single step has no spread of its own.
    expect(readDrift([of(8), of(1)])).toEqual(readDrift([of(8)]))
  })

  it('spreads each block about its own mean: the degrees are the steps less one for each', () => {
    const arrived = [22, 18, 22, 18, 22, 18, 22, 18]
    const fill = (value: number, count: number) => Array<number>(count).fill(value)
    const of = (count: number) => {
      const ends = { succeeded: fill(20, count), failed: fill(0, count), usedMs: fill(200, count) }
      return course({ arrived: arrived.slice(0, count), ...ends })
    }
    // t(7) = 2.3646, variance 8 · 4 ⁄ 7 of each of 8 steps, 0.8 s
    expect(readDrift([of(8)])?.high).toBeCloseTo((2.36462 * Math.sqrt((8 * 32) / 7)) / 0.8, 3)
    // t(6) = 2.4469, variance 4 · 4 ⁄ 3 of each of 2 · 4 steps
    expect(readDrift([of(4), of(4)])?.high).toBeCloseTo((2.44691 * Math.sqrt((8 * 16) / 3)) / 0.8, 3)
  })

  it('knows what there would be at full use by what each place carries while it is used', () => {
    const used = { arrived: steps([19]), usedMs: steps([360, 400]) }
    // 200 a second of full use and 190 come; one request off in 1.9 s of full use.
    const atMost = 190 - 200 + 1 / 1.9
    expect(readDrift([course({ ...used, succeeded: steps([18, 20]) })])?.atMost).toBeCloseTo(atMost, 9)
    const failing = { ...used, succeeded: steps([13, 15]), failed: steps([5]) }
    expect(readDrift([course(failing)])?.atMost).toBeCloseTo(atMost, 9)
  })

  it('believes it from four fifths of the places on', () => {
    const at = (usedMs: number) => readDrift([course({ usedMs: steps([usedMs]) })])?.atMost
    expect(at(320)).toBeCloseTo(200 - 250 + 1 / 1.6, 9)
    expect(at(319)).toBe(0.5)
  })

  it('knows that a queue that goes up and down and ends where it began does not grow', () => {
    const upAndDown = steps([22, 24, 20, 16, 18])
    const drift = readDrift([course({ succeeded: upAndDown })])
    // Independent steps that spread so would leave ±25 a second open.
    expect(drift?.high).toBeGreaterThan(10)
    expect(drift?.atMost).toBeLessThan(6)
  })

  it('estimates what is carried from the steps in which every place was in use, and not from others', () => {
    expect(readDrift([course()])?.capacity).toBeUndefined()
    const full = course({ succeeded: steps([19, 20]), usedMs: steps([400]) })
    const { low, high, ...counted } = readDrift([full])?.capacity ?? { low: 0, high: 0 }
    expect(counted).toEqual({ perSecond: 195, seconds: 2, variance: expect.closeTo(50 / 19, 9), degrees: 19 })
    // t(19) = 2.0930
    expect(high).toBeCloseTo(195 + 2.09302 * Math.sqrt(50 / 19 / 2), 3)
    expect(low).toBeCloseTo(195 - 2.09302 * Math.sqrt(50 / 19 / 2), 3)
  })

  it('takes some turnaround for full use, and what is learnt from eight steps on', () => {
    const of = (full: number, usedMs = 388) => {
      const used = Array.from({ length: 20 }, (_, step) => (step < full ? usedMs : 300))
      return course({ succeeded: steps([19, 20]), usedMs: used })
    }
    const secondsOf = (...courses: Course[]) => readDrift(courses)?.capacity?.seconds
    expect(secondsOf(of(8))).toBeCloseTo(0.8, 12)
    expect(secondsOf(of(7))).toBeUndefined()
    expect(secondsOf(of(20, 387))).toBeUndefined()
    expect(secondsOf(of(8), of(2))).toBeCloseTo(1, 12)
    // A single step has no spread of its own.
    expect(readDrift([of(8), of(1)])?.capacity).toEqual(readDrift([of(8)])?.capacity)
  })

  it('believes idle places to be idle only where there are not far too many', () => {
    const noisy = { succeeded: steps([14, 26]), usedMs: steps([330]) }
    expect(readDrift([course(noisy)])?.atMost).toBeLessThan(0)
    expect(readDrift([course({ ...noisy, places: 8 })])?.atMost).toBeGreaterThan(0)
  })
})

describe('poolCounts', () => {
  const counted = (perSecond: number, variance: number, seconds = 4): CountedEstimate => {
    return { perSecond, low: 0, high: 0, seconds, variance, degrees: 300 }
  }

  it('gives each as much weight as it has time, however little it happened to vary', () => {
    const pooled = poolCounts([counted(103, 1), counted(100, 399, 8)])
    expect(pooled.perSecond).toBeCloseTo(101, 9)
    // 1.15 · 1.96 · √(200 ÷ 12 s)
    expect(pooled.high - pooled.perSecond).toBeCloseTo(9.2, 1)
  })

  it('is no surer than blocks that differ by more than they vary allow', () => {
    const { perSecond, high } = poolCounts([counted(90, 1), counted(110, 1)])
    expect(perSecond).toBeCloseTo(100, 9)
    // 4 · 10² + 4 · 10² in a second, over eight.
    expect(high - perSecond).toBeCloseTo(1.15 * 1.96 * Math.sqrt(800 / 8), 6)
    const three = poolCounts([counted(90, 1), counted(100, 1), counted(110, 1)])
    expect(three.high - three.perSecond).toBeCloseTo(1.15 * 1.96 * Math.sqrt(800 / 2 / 12), 6)
  })
})
