import { sumOf } from './sum-of.ts'

/** Whether the arms had equal chances: what the whole comparison rests on. */
interface OrderBalance {
  /** Rounds that are not an order followed by its reverse. */
  readonly unmirrored: number
  /** How often each arm began a round. */
  readonly begun: ReadonlyMap<string, number>
  /** That a fair choice gives any arm so many or so few beginnings. */
  readonly pValue: number
}

/** Checks the orders in which rounds ran, by arm: each a permutation and its mirror image, begun by every arm alike often. */
export function checkOrderBalance(rounds: readonly (readonly string[])[]): OrderBalance {
  const arms = [...new Set(rounds.flat())]
  const begun = new Map(arms.map((arm) => [arm, rounds.filter(([first]) => first === arm).length]))
  const pValues = [...begun.values()].map((times) => binomialPValue(times, rounds.length, 1 / arms.length))
  return {
    unmirrored: rounds.filter((round) => !isMirrored(round, arms.length)).length,
    begun,
    // With two arms both tests are the same one; with more, Bonferroni.
    pValue: Math.min(1, Math.min(...pValues, 1) * (arms.length > 2 ? arms.length : 1)),
  }
}

function isMirrored(round: readonly string[], arms: number): boolean {
  const isPalindrome = round.every((arm, place) => arm === round[round.length - 1 - place])
  return round.length === 2 * arms && new Set(round).size === arms && isPalindrome
}

/** Exact two-sided binomial p-value: the chance of all counts that are no likelier than this one. */
function binomialPValue(times: number, trials: number, chance: number): number {
  const chances = binomialDistribution(trials, chance)
  const observed = (chances[times] as number) * (1 + 1e-9)
  return Math.min(1, sumOf(chances.filter((each) => each <= observed)))
}

function binomialDistribution(trials: number, chance: number): Float64Array {
  const chances = new Float64Array(trials + 1)
  chances[0] = 1
  for (let trial = 1; trial <= trials; trial++) {
    for (let times = trial; times >= 0; times--) {
      const oneFewer = times === 0 ? 0 : (chances[times - 1] as number)
      chances[times] = (chances[times] as number) * (1 - chance) + oneFewer * chance
    }
  }
  return chances
}
