/** What an iteration of an arm took, once in a run, over a link whose distance had been taken away. */
export interface LocalReading {
  readonly arm: string
  /** Median, µs. */
  readonly p50Us: number
  /** How late, at the median, the link had delivered what it carried at its distance just before, ms. */
  readonly lateMs: number
}
