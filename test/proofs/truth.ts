// What times are when nothing but arithmetic is between them and a percentile: sorted, not binned.

/** The value that `percent` (0 to 100) of the sorted values do not exceed, by the rank that HDR histograms use. */
export function percentileOf(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent * sorted.length) / 100))
  return sorted[Math.min(rank, sorted.length) - 1] ?? Number.NaN
}

export function sortedTimes(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

/**
 * What a client sees when one of `path` comes on top of each of `times`, in any combination: the sum of two independent
 * times, sorted. Subtracting the path's percentile from the client's would be wrong: percentiles do not add up.
 */
export function addPath(times: readonly number[], path: readonly number[], random: () => number): number[] {
  return sortedTimes(times.map((time) => time + (path[Math.floor(random() * path.length)] ?? Number.NaN)))
}

/** How far what is reported may be from the truth: half a millisecond or 2 %, whichever is more. */
export function toleranceMs(trueMs: number): number {
  return Math.max(0.5, 0.02 * trueMs)
}

export function isTrue(reportedMs: number, trueMs: number): boolean {
  return Math.abs(reportedMs - trueMs) <= toleranceMs(trueMs)
}
