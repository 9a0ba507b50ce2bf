/** How much later than they were due pieces came out of a link. */
export interface Lateness {
  readonly pieces: number
  /** The median, ms, to a hundredth; 0 where there were no pieces. */
  readonly medianMs: number
}

const bucketMs = 0.01
const buckets = 1_000

/** Counts lateness in hundredths of a millisecond, up to ten: beyond them the last bucket says "at least". */
export class LatenessBook {
  #counts = new Uint32Array(buckets)

  record(lateMs: number): void {
    const bucket = Math.min(buckets - 1, Math.max(0, Math.floor(lateMs / bucketMs)))
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
  }

  /** What has been recorded since the last time it was taken. */
  take(): Lateness {
    const counts = this.#counts
    this.#counts = new Uint32Array(buckets)
    const pieces = counts.reduce((sum, count) => sum + count, 0)
    let below = 0
    const median = counts.findIndex((count) => {
      below += count
      return 2 * below >= pieces
    })
    return { pieces, medianMs: pieces === 0 ? 0 : median * bucketMs }
  }
}
