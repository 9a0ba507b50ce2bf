import { quantileOfSorted } from './quantile.ts'

/**
 * The n(n+1)/2 Walsh averages (xᵢ + xⱼ)/2, i ≤ j, in ascending order.
 * Source: Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, 3rd ed., §3.2.
 */
export function walshAverages(values: readonly number[]): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2)
  let next = 0
  for (let i = 0; i < values.length; i++) {
    for (let j = i; j < values.length; j++) averages[next++] = ((values[i] as number) + (values[j] as number)) / 2
  }
  return averages.sort()
}

/**
 * The pseudo-median: the median of the Walsh averages, the one-sample Hodges-Lehmann estimate of a centre of symmetry.
 * Source: Hodges & Lehmann 1963, Annals of Mathematical Statistics 34:598–611.
 */
export function pseudoMedian(values: readonly number[]): number {
  return quantileOfSorted(walshAverages(values), 0.5)
}

/** All m·n differences yⱼ − xᵢ, in ascending order. */
export function pairwiseDifferences(x: readonly number[], y: readonly number[]): Float64Array {
  const differences = new Float64Array(x.length * y.length)
  let next = 0
  for (const from of x) {
    for (const to of y) differences[next++] = to - from
  }
  return differences.sort()
}

/** The two-sample Hodges-Lehmann shift of `y` against `x`: the median of all differences (Hodges & Lehmann 1963). */
export function twoSampleShift(x: readonly number[], y: readonly number[]): number {
  return quantileOfSorted(pairwiseDifferences(x, y), 0.5)
}
