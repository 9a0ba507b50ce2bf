import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../../../src/sample/histogram.ts'

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

const microseconds = fc.array(fc.integer({ min: 1, max: 3_600_000_000 }), { minLength: 1, maxLength: 200 })

describe('Histogram', () => {
  it('is as good as new when it has the memory of one that was released', () => {
    const fresh = histogramOf([3, 70, 5_000]).encode()
    const released = histogramOf([1, 3_600_000_000])
    released.release()
    expect(() => released.record(1)).toThrow(TypeError)
    const reused = new Histogram()
    expect({ count: reused.count, maxUs: reused.maxUs, values: reused.countedValues() }).toEqual({
      count: 0,
      maxUs: 0,
      values: [],
    })
    for (const value of [3, 70, 5_000]) reused.record(value)
    expect(reused.encode()).toBe(fresh)
  })

  it('keeps percentiles within 0.1 % of the recorded values', () => {
    fc.assert(
      fc.property(microseconds, fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const sorted = values.toSorted((a, b) => a - b)
        const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1] as number
        const kept = histogramOf(values).percentileUs(percent)
        expect(Math.abs(kept - exact)).toBeLessThanOrEqual(exact * 0.001 + 1)
      }),
    )
  })

  it('merges exactly: the whole is the same however the values were split', () => {
    fc.assert(
      fc.property(microseconds, microseconds, (some, others) => {
        const merged = Histogram.merge([histogramOf(some).encode(), histogramOf(others).encode()])
        expect(merged.encode()).toBe(histogramOf([...some, ...others]).encode())
      }),
    )
  })

  it('comes back from its encoded form with the same count and percentiles, and its maximum within 0.1 %', () => {
    const histogram = histogramOf([1, 20, 300, 4_000, 50_000])
    const decoded = Histogram.decode(histogram.encode())
    expect(decoded.count).toBe(5)
    expect(decoded.percentileUs(99)).toBe(histogram.percentileUs(99))
    expect(Math.abs(decoded.maxUs - histogram.maxUs)).toBeLessThanOrEqual(50)
    expect(decoded.percentileUs(50)).toBe(300)
  })

  it('holds values within 1 µs and 1 h', () => {
    const histogram = histogramOf([0, 0.2, 1e12])
    expect(histogram.count).toBe(3)
    expect(histogram.percentileUs(1)).toBe(1)
    expect(histogram.maxUs).toBeGreaterThan(3.59e9)
  })

  it('is all zeros when empty', () => {
    const { count, maxUs, meanUs } = new Histogram()
    expect({ count, maxUs, meanUs, p50: new Histogram().percentileUs(50) }).toEqual({
      count: 0,
      maxUs: 0,
      meanUs: 0,
      p50: 0,
    })
  })

  it('refuses text that is no histogram', () => {
    expect(() => Histogram.decode('bm90IGEgaGlzdG9ncmFt')).toThrow()
  })
})
