/** A histogram of one unit: values with how often each was seen. */
export type CountedValues = readonly (readonly [value: number, count: number])[]

interface Entry {
  readonly value: number
  readonly count: number
  readonly unit: number
}

/**
 * Makes the function that gives the quantile at `fraction` of the merged histograms of some units, given as indices, repeats
 * counting as often as they come; NaN of no values. It is the smallest value that at least that fraction does not exceed (nearest rank,
 * as HDR histograms read). It walks down from the top, so that a high quantile costs a bootstrap draw only the tail.
 */
export function makeMergedQuantile(
  units: readonly CountedValues[],
  fraction: number,
): (indices: readonly number[]) => number {
  const entries: Entry[] = units.flatMap((counted, unit) => counted.map(([value, count]) => ({ value, count, unit })))
  entries.sort((a, b) => b.value - a.value)
  const totals = units.map((counted) => counted.reduce((sum, [, count]) => sum + count, 0))
  return (indices) => {
    const weights = new Float64Array(units.length)
    for (const index of indices) weights[index] = (weights[index] as number) + 1
    const total = indices.reduce((sum, index) => sum + (totals[index] as number), 0)
    if (total === 0) return Number.NaN
    return valueBelow(entries, weights, total - Math.max(1, Math.ceil(fraction * total - 1e-9)))
  }
}

/** The largest value with more than `above` observations from it upwards. */
function valueBelow(descending: readonly Entry[], weights: Float64Array, above: number): number {
  let seen = 0
  for (const { value, count, unit } of descending) {
    seen += count * (weights[unit] as number)
    if (seen > above) return value
  }
  return Number.NaN
}
