/**
 * The level at which Holm's step-down procedure judges each of several p-values: α/m for the smallest, α/(m−1) for the
 * next once the smallest is rejected, and so on; from the first that is not rejected, all share its level. A hypothesis is
 * rejected when its p is at most its level, and the chance of any false rejection is at most `alpha`.
 * Source: Holm 1979, Scandinavian Journal of Statistics 6:65–70.
 *
 * Our intervals follow: each contrast's is made at confidence 1 − its level, so that "the interval leaves out zero" and
 * "Holm rejects" are the same statement. That bounds false `slower` and `faster` over the family; it is not
 * simultaneous coverage of all intervals, for which every contrast takes α/m (`bonferroniLevel`).
 */
export function holmLevels(pValues: readonly number[], alpha: number): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] as number) - (pValues[b] as number))
  const levels = new Array<number>(pValues.length)
  let hypothesesLeft = pValues.length
  for (const index of order) {
    const level = alpha / hypothesesLeft
    levels[index] = level
    if ((pValues[index] as number) <= level) hypothesesLeft = Math.max(1, hypothesesLeft - 1)
  }
  return levels
}

/** Holm's adjusted p-values: each is to be compared with the alpha of the whole family. */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] as number) - (pValues[b] as number))
  const adjusted = new Array<number>(pValues.length)
  let running = 0
  for (const [rank, index] of order.entries()) {
    running = Math.max(running, Math.min(1, (pValues.length - rank) * (pValues[index] as number)))
    adjusted[index] = running
  }
  return adjusted
}

/** The level for each of `contrasts` whose intervals shall all hold together with confidence 1 − alpha. */
export function bonferroniLevel(contrasts: number, alpha: number): number {
  return alpha / Math.max(1, contrasts)
}
