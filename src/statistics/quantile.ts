import { at } from '../session/at.ts'
import { sumOf } from './sum-of.ts'

/** The quantile of `values` at `fraction` in [0, 1], between neighbours by linear interpolation (Hyndman & Fan 1996, type 7). */
export function quantile(values: readonly number[], fraction: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), fraction)
}

/** As `quantile`, for values already in ascending order. */
export function quantileOfSorted(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) throw new RangeError('quantile of no values')
  const position = (sorted.length - 1) * fraction
  const below = Math.floor(position)
  const low = at(sorted, below)
  const high = at(sorted, Math.min(below + 1, sorted.length - 1))
  return low + (high - low) * (position - below)
}

/** The middle value, or the mean of the two middle values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('mean of no values')
  return sumOf(values) / values.length
}
