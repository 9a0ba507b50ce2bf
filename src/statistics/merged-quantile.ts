import type { CountedValues } from '../sample/histogram.ts'
import { sumOf } from './sum-of.ts'

/**
 * Makes the function that gives the quantile at `fraction` of the merged histograms of some units, given as indices, repeats
 * counting as often as they come; NaN of no values. It is the smallest value that at least that fraction does not exceed
 * (nearest rank, as HDR histograms read). Each unit's cumulative counts are made once, so that a bootstrap draw costs
 * a binary search instead of a merge.
 */
export function makeMergedQuantile(
  units: readonly CountedValues[],
  fraction: number,
): (indices: readonly number[]) => number {
  const values = Float64Array.from(new Set(units.flatMap((counted) => counted.map(([value]) => value)))).sort()
  const placeOf = new Map(Array.from(values, (value, place) => [value, place]))
  const cumulative = units.map((counted) => accumulate(counted, placeOf))
  return (indices) => {
    const countUpTo = (place: number) => sumOf(indices, (index) => cumulative[index]?.[place] as number)
    const total = values.length === 0 ? 0 : countUpTo(values.length - 1)
    if (total === 0) return Number.NaN
    // A product that exceeds a whole number by rounding alone must not ask for one value more.
    const needed = Math.max(1, Math.ceil(fraction * total * (1 - 1e-14)))
    return values[firstPlace(values.length, (place) => countUpTo(place) >= needed)] as number
  }
}

function accumulate(counted: CountedValues, placeOf: ReadonlyMap<number, number>): Float64Array {
  const counts = new Float64Array(placeOf.size)
  for (const [value, count] of counted) {
    const place = placeOf.get(value) as number
    counts[place] = (counts[place] as number) + count
  }
  for (let place = 1; place < counts.length; place++) {
    counts[place] = (counts[place] as number) + (counts[place - 1] as number)
  }
  return counts
}

/** The first place for which a condition holds that, once true, stays true; the last place when none other does. */
function firstPlace(places: number, holds: (place: number) => boolean): number {
  let low = 0
  let high = places - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
