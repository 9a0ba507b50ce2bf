import type { ComparisonResult } from '../../document/model.ts'
import { throughputPerSecond } from '../../sample/block-core.ts'
import { Histogram } from '../../sample/histogram.ts'
import { msOfUs, secondsOfMs } from '../../words/format.ts'
import { epochMsOf } from '../epoch-ms.ts'

/** A plot's data as uPlot takes them: x, then a column per arm; null is no value. */
export interface PlotSeries {
  readonly kind: 'percentiles' | 'throughput'
  readonly data: readonly (readonly (number | null)[])[]
}

const stepsPerDecade = 12

/**
 * Latency in ms over 1 ÷ (1 − percentile), which gives every further nine the same room. A curve ends where less than one
 * value would be left.
 */
export function makePercentileSeries({ arms }: ComparisonResult): PlotSeries {
  const histograms = arms.map(({ latency, histogramUnit }) => Histogram.decode(latency.encoded, histogramUnit))
  const most = Math.max(1, ...histograms.map(({ count }) => count))
  const steps = Math.ceil(Math.log10(most) * stepsPerDecade)
  const xs = Array.from({ length: steps + 1 }, (_, step) => 10 ** (step / stepsPerDecade))
  const columns = histograms.map((histogram) =>
    xs.map((x) => (x > histogram.count ? null : msOfUs(histogram.percentileUs(100 - 100 / x)))),
  )
  return { kind: 'percentiles', data: [xs, ...columns] }
}

/** Iterations per second of every block, over the seconds since the first: it shows drift, and the order of the arms. */
export function makeThroughputSeries({ arms, blocks }: ComparisonResult): PlotSeries {
  const timed = blocks
    .map((block) => ({ block, startMs: epochMsOf(block.startedAt) }))
    .toSorted((a, b) => a.startMs - b.startMs)
  const firstMs = timed[0]?.startMs ?? 0
  const xs = timed.map(({ startMs }) => secondsOfMs(startMs - firstMs))
  const columns = arms.map(({ id }) => timed.map(({ block }) => (block.arm === id ? throughputPerSecond(block) : null)))
  return { kind: 'throughput', data: [xs, ...columns] }
}
