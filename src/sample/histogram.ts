import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram as HdrHistogram,
  type JsHistogram,
} from 'hdr-histogram-js'
import * as z from 'zod'

/** What a histogram counts in: whole µs (1 µs to 1 h), or whole ps (1 ps to 1 s) for what takes less than µs. */
export const histogramUnits = ['us', 'ps'] as const
export type HistogramUnit = (typeof histogramUnits)[number]

const digits = 3
const scales = { us: { perUs: 1, highest: 3_600_000_000 }, ps: { perUs: 1_000_000, highest: 1_000_000_000_000 } }

/** What a histogram of ours says of itself: its significant digits, and its highest value in its unit. */
export function histogramRange(unit: HistogramUnit): { readonly digits: number; readonly highest: number } {
  return { digits, highest: scales[unit].highest }
}

/** Three significant digits: a value is kept within 0.1 % of what was recorded. */
function makeHdr(unit: HistogramUnit): HdrHistogram {
  return build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: scales[unit].highest,
    numberOfSignificantValueDigits: digits,
    autoResize: false,
    useWebAssembly: false,
  })
}

/** Values with how often each was seen. */
export type CountedValues = readonly (readonly [value: number, count: number])[]

/**
 * Emptied, to be used again: one takes 100 KB, outside of the heap, and a collector that hardly sees them lets some 70 MB of
 * them pile up when every block makes its own.
 */
const spare: Record<HistogramUnit, HdrHistogram[]> = { us: [], ps: [] }

/** A distribution of durations (HDR histogram) that merges exactly and never grows with its count. */
export class Histogram {
  #hdr: HdrHistogram
  /** What it counts in; all methods speak µs. */
  readonly unit: HistogramUnit
  readonly #perUs: number

  constructor(unit: HistogramUnit = 'us') {
    this.#hdr = spare[unit].pop() ?? makeHdr(unit)
    this.unit = unit
    this.#perUs = scales[unit].perUs
  }

  /**
   * Reads a histogram in HdrHistogram's V2 compressed form, base64, whose values are in `unit`. Throws when the text is not
   * one.
   */
  static decode(encoded: string, unit: HistogramUnit = 'us'): Histogram {
    const decoded = new Histogram(unit)
    decoded.#hdr.add(decodeFromCompressedBase64(encoded, 32, false))
    return decoded
  }

  /** One histogram with the values of all; percentiles are read after merging and never averaged. */
  static merge(encoded: Iterable<string>, unit: HistogramUnit = 'us'): Histogram {
    const merged = new Histogram(unit)
    for (const text of encoded) merged.add(Histogram.decode(text, unit))
    return merged
  }

  get count(): number {
    return this.#hdr.totalCount
  }

  /** Largest value in µs; 0 when empty. */
  get maxUs(): number {
    return this.#hdr.maxValue / this.#perUs
  }

  /** Mean in µs; 0 when empty. */
  get meanUs(): number {
    return this.count === 0 ? 0 : this.#hdr.mean / this.#perUs
  }

  /** Records a duration in µs: rounded to whole units, held within what the unit reaches. */
  record(us: number): void {
    this.#hdr.recordValue(Math.min(Math.max(Math.round(us * this.#perUs), 1), scales[this.unit].highest))
  }

  /** Adds the values of another histogram of the same unit. */
  add(other: Histogram): void {
    if (other.unit !== this.unit) throw new Error(`a histogram in ${other.unit} cannot be added to one in ${this.unit}`)
    this.#hdr.add(other.#hdr)
  }

  /** The value in µs that `percent` (0 to 100) of the recorded ones do not exceed; 0 when empty. */
  percentileUs(percent: number): number {
    return this.count === 0 ? 0 : this.#hdr.getValueAtPercentile(percent) / this.#perUs
  }

  /**
   * HdrHistogram's percentile distribution (`.hgrm`) as text, with three decimals: values in ms, of a histogram in ps in ns.
   * Five steps per half of what is left.
   */
  percentileDistribution(): string {
    return this.#hdr.outputPercentileDistribution(5, 1_000)
  }

  /** Every recorded value (the upper edge of its bucket, µs) with how often it was seen, in ascending order. */
  countedValues(): CountedValues {
    const values: [number, number][] = []
    const recorded = (this.#hdr as JsHistogram).recordedValuesIterator
    recorded.reset()
    while (recorded.hasNext()) {
      const { valueIteratedTo, countAddedInThisIterationStep } = recorded.next()
      values.push([valueIteratedTo / this.#perUs, countAddedInThisIterationStep])
    }
    return values
  }

  /** Gives its memory to the next histogram; any later use of this one throws. */
  release(): void {
    this.#hdr.reset()
    spare[this.unit].push(this.#hdr)
    this.#hdr = undefined as never
  }

  /** HdrHistogram V2 compressed form, base64: other HDR tools read it. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#hdr)
  }
}

const number = z.number()

/** What a report says of a distribution; all in µs. */
export const latencySchema = z.strictObject({
  count: z.int().min(0),
  meanUs: number,
  p50Us: number,
  p90Us: number,
  p99Us: number,
  maxUs: number,
  encoded: z.string().describe('HdrHistogram V2 compressed, base64; values in µs unless histogramUnit says other'),
})
export type LatencySummary = z.infer<typeof latencySchema>

/** The figures of a histogram, and itself. */
export function summarizeHistogram(histogram: Histogram): LatencySummary {
  return {
    count: histogram.count,
    meanUs: histogram.meanUs,
    p50Us: histogram.percentileUs(50),
    p90Us: histogram.percentileUs(90),
    p99Us: histogram.percentileUs(99),
    maxUs: histogram.maxUs,
    encoded: histogram.encode(),
  }
}

/** The figures of several histograms as one. */
export function summarizeEncoded(encoded: readonly string[], unit?: HistogramUnit): LatencySummary {
  return summarizeHistogram(Histogram.merge(encoded, unit))
}

/** Several histograms as one. */
export function mergeEncoded(encoded: readonly string[], unit?: HistogramUnit): string {
  return Histogram.merge(encoded, unit).encode()
}
