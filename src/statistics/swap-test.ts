/** A figure that compares two arms, for any choice of which of a unit's two sides is called the contender. */
interface SwapTestInput {
  readonly units: number
  /** The figure when the units marked true have their sides exchanged; zero means no difference. */
  readonly statistic: (swapped: readonly boolean[]) => number
  readonly draws: number
  readonly random: () => number
}

/**
 * Two-sided p-value of a randomization test: how often a figure as far from zero comes up when each unit's sides are named by
 * a fair coin, as the plan's seeded order does when the arms are alike. Exact for every figure and every distribution;
 * all 2ⁿ namings are counted when they are no more than `draws`, else `draws` random ones and the observed one.
 * Source: Edgington & Onghena 2007, Randomization Tests, 4th ed., ch. 3; the +1: Phipson & Smyth 2010.
 */
export function swapTest({ units, statistic, draws, random }: SwapTestInput): number {
  const observed = Math.abs(statistic(new Array<boolean>(units).fill(false)))
  const isAsFar = (swapped: boolean[]) => Math.abs(statistic(swapped)) >= observed * (1 - 1e-12)
  const places = Array.from({ length: units }, (_, place) => place)
  if (2 ** units <= draws) {
    const namings = Array.from({ length: 2 ** units }, (_, naming) =>
      places.map((place) => ((naming >> place) & 1) === 1),
    )
    return namings.filter(isAsFar).length / namings.length
  }
  const far = Array.from({ length: draws }, () => places.map(() => random() < 0.5)).filter(isAsFar).length
  return (far + 1) / (draws + 1)
}
