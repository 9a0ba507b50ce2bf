import { describe, expect, it } from 'vitest'
import { type CountedEstimate, poolCounts, type RateCourse, readDrift } from '../../../src/capacity/drift.ts'

const steps = (values: readonly number[]) => Array.from({ length: 20 }, (_, at) => values[at % values.length] as number)
const course = (change: Partial<RateCourse> = {}): RateCourse => ({
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
    expect(readDrift([full])?.capacity?.perSecond).toBe(195)
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
  })
})
