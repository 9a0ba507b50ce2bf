/** Ranks of some values, and how many of the values share theirs with another. */
interface Ranks {
  /** Twice the mid-rank (1-based) of each value, in the order given: doubled, so that mid-ranks are whole numbers. */
  readonly doubled: readonly number[]
  /** Sizes of the groups of equal values, groups of one left out. */
  readonly tieSizes: readonly number[]
}

/** Mid-ranks of `values`: equal values get the mean of the ranks that they take up together. */
export function rankValues(values: readonly number[]): Ranks {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number))
  const doubled = new Array<number>(values.length)
  const tieSizes: number[] = []
  let start = 0
  while (start < order.length) {
    const end = endOfTie(values, order, start)
    for (let i = start; i < end; i++) doubled[order[i] as number] = start + 1 + end
    if (end - start > 1) tieSizes.push(end - start)
    start = end
  }
  return { doubled, tieSizes }
}

function endOfTie(values: readonly number[], order: readonly number[], start: number): number {
  let end = start + 1
  while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++
  return end
}
