/** 1, 2, 4 … and the largest itself: sizes whose neighbours differ by a factor, as capacities do. */
export function makeGeometricGrid(smallest: number, largest: number): number[] {
  const sizes: number[] = []
  for (let size = smallest; size < largest; size *= 2) sizes.push(size)
  return [...sizes, largest]
}

/** Sizes closer than this are not worth telling apart: a pool one eighth larger than needed costs nothing. */
export const finestRatio = 1.125

/**
 * The size to try next between one that is too small and one that is enough: their geometric mean; undefined when there is
 * none between them, or when they are closer than `finest`.
 */
export function refineGrid(tooSmall: number, enough: number, finest: number = finestRatio): number | undefined {
  if (enough / tooSmall <= finest) return undefined
  const middle = Math.round(Math.sqrt(tooSmall * enough))
  return middle > tooSmall && middle < enough ? middle : undefined
}
