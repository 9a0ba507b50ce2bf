import { describe, expect, it } from 'vitest'
import type { ComparisonResult } from '../../../src/document/model.ts'
import { makePercentileSeries, makeThroughputSeries } from '../../../src/report/html/plot-series.ts'
import { documents } from './documents.ts'

const [comparison] = documents.held.scenarios.flatMap(({ comparisons }) => comparisons) as [ComparisonResult]

describe('the plots of a comparison', () => {
  it('have latency in ms at each percentile, to where one value is left', () => {
    const [xs = [], a = [], b = []] = makePercentileSeries(comparison).data
    expect([xs.length, a.length, b.length]).toEqual([44, 44, 44])
    expect(xs[12]).toBeCloseTo(10, 9) // the 90th percentile
    expect(a[12]).toBe((comparison.arms[0]?.latency.p90Us ?? 0) / 1_000)
    expect(b[12]).toBe((comparison.arms[1]?.latency.p90Us ?? 0) / 1_000)
    expect([a[42], a[43]]).toEqual([expect.any(Number), null]) // 3,200 values: 10^(42/12) is 3,162
  })

  it('have the throughput of every block at its time, in the column of its arm', () => {
    const [xs = [], a = [], b = []] = makeThroughputSeries(comparison).data
    expect(xs).toHaveLength(32)
    expect(xs.slice(0, 4)).toEqual([0, 0, 0.5, 0.5])
    expect(a.filter((value) => value !== null)).toHaveLength(16)
    expect(b.filter((value) => value !== null)).toHaveLength(16)
    expect([a[0], b[0]]).toEqual([expect.any(Number), null])
  })
})
