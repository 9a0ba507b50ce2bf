/** Counts requests against a rate: a bucket that fills with each of them and empties at the rate. */
export interface RequestCap {
  /** Counts one request; false when there have been more than the rate allows. */
  take(nowMs: number): boolean
}

/**
 * So many requests more than the rate are no rate yet: workers that start together, a crowd of Poisson arrivals. With the
 * tolerance it is what a process at exactly the rate exceeds in one of 10⁹ times at 50 per second, and one of 10⁵ at 1.
 */
const burst = 60
const tolerance = 1.1

export function makeRequestCap(perSecond: number): RequestCap {
  const most = burst + perSecond
  let level = 0
  let lastMs: number | undefined
  return {
    take(nowMs) {
      const drained = ((nowMs - (lastMs ?? nowMs)) * perSecond * tolerance) / 1_000
      lastMs = nowMs
      level = Math.max(0, level - drained) + 1
      return level <= most
    },
  }
}
