import { at } from '../session/at.ts'

/**
 * The level at which Holm's step-down procedure judges each of several p-values: α/m for the smallest, α/(m−1) for the
 * next once the smallest is rejected, and so on; from the first that is not rejected, all share its level. A hypothesis is
 * rejected when its p is at most its level, and the chance of any false rejection is at most `alpha`.
 * Source: Holm 1979, Scandinavian Journal of Statistics 6:65–70.
 *
 * Our intervals follow: each contrast's is made at confidence 1 − its level, so that "the interval leaves out zero" and
 * "Holm rejects" are the same statement. That bounds false `slower` and `faster` over the family; it is not
 * simultaneous coverage of all intervals, for which every contrast would take α/m.
 */
export function holmLevels(pValues: readonly number[], alpha: number): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => at(pValues, a) - at(pValues, b))
  const levels = new Array<number>(pValues.length)
  let hypothesesLeft = pValues.length
  for (const index of order) {
    const level = alpha / hypothesesLeft
    levels[index] = level
    if (at(pValues, index) <= level) hypothesesLeft = Math.max(1, hypothesesLeft - 1)
  }
  return levels
}
