/** An inconclusive comparison, on the log scale turned so that above zero means costlier. */
interface Unfinished {
  readonly units: number
  /** The fewest units for which an interval at this level exists. */
  readonly minimum: number
  readonly shift: number
  readonly interval: { readonly low: number; readonly high: number } | undefined
  readonly margin: number
}

// An estimate far beyond anything measurable says nothing but "too close to the margin to tell".
const MOST_UNITS = 10_000

/**
 * Roughly how many more units a verdict would take if shift and spread stay as they are: the interval's half-width falls
 * like 1/√units and must come to leave out zero (for a shift beyond the margin) or fit inside the margin (for a smaller
 * one). Undefined when the shift is so near to the margin that no number of units would settle it.
 */
export function estimateMoreUnits({ units, minimum, shift, interval, margin }: Unfinished): number | undefined {
  if (interval === undefined) return Math.max(1, minimum - units)
  const size = Math.abs(shift)
  const allowed = size >= margin ? size : margin - size
  const needed = units * ((interval.high - interval.low) / 2 / allowed) ** 2
  if (!(needed <= MOST_UNITS)) return undefined
  return Math.max(1, Math.ceil(needed) - units)
}
