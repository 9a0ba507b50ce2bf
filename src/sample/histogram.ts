import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram as HdrHistogram,
  type JsHistogram,
} from 'hdr-histogram-js'

/** 1 µs to 1 h with three significant digits: a value is kept within 0.1 % of what was recorded. */
const highestUs = 3_600_000_000

const format = {
  bitBucketSize: 32,
  lowestDiscernibleValue: 1,
  highestTrackableValue: highestUs,
  numberOfSignificantValueDigits: 3,
  autoResize: false,
  useWebAssembly: false,
} as const

/** Values with their counts. */
export type CountedValues = readonly (readonly [value: number, count: number])[]

/** A distribution of durations in microseconds (HDR histogram) that merges exactly and never grows with its count. */
export class Histogram {
  readonly #hdr: HdrHistogram

  constructor(hdr: HdrHistogram = build(format)) {
    this.#hdr = hdr
  }

  /** Reads a histogram in HdrHistogram's V2 compressed form, base64. Throws when the text is not one. */
  static decode(encoded: string): Histogram {
    const merged = build(format)
    merged.add(decodeFromCompressedBase64(encoded, 32, false))
    return new Histogram(merged)
  }

  /** One histogram with the values of all; percentiles are read after merging and never averaged. */
  static merge(encoded: Iterable<string>): Histogram {
    const merged = new Histogram()
    for (const text of encoded) merged.add(Histogram.decode(text))
    return merged
  }

  get count(): number {
    return this.#hdr.totalCount
  }

  /** Largest value in µs; 0 when empty. */
  get maxUs(): number {
    return this.#hdr.maxValue
  }

  /** Mean in µs; 0 when empty. */
  get meanUs(): number {
    return this.count === 0 ? 0 : this.#hdr.mean
  }

  /** Records a duration in µs: rounded to whole µs, held within 1 µs and 1 h. */
  record(us: number): void {
    this.#hdr.recordValue(Math.min(Math.max(Math.round(us), 1), highestUs))
  }

  add(other: Histogram): void {
    this.#hdr.add(other.#hdr)
  }

  /** The value in µs that `percent` (0 to 100) of the recorded ones do not exceed; 0 when empty. */
  percentileUs(percent: number): number {
    return this.count === 0 ? 0 : this.#hdr.getValueAtPercentile(percent)
  }

  /** HdrHistogram's percentile distribution (`.hgrm`) as text, values in ms; five steps per half of what is left. */
  percentileDistributionMs(): string {
    return this.#hdr.outputPercentileDistribution(5, 1_000)
  }

  /** Every recorded value (the upper edge of its bucket, µs) with how often it was seen, in ascending order. */
  countedValues(): CountedValues {
    const values: [number, number][] = []
    const recorded = (this.#hdr as JsHistogram).recordedValuesIterator
    recorded.reset()
    while (recorded.hasNext()) {
      const { valueIteratedTo, countAddedInThisIterationStep } = recorded.next()
      values.push([valueIteratedTo, countAddedInThisIterationStep])
    }
    return values
  }

  /** HdrHistogram V2 compressed form, base64: other HDR tools read it. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#hdr)
  }
}
