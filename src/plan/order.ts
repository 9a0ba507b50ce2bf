import { type Random, shuffle } from './random.ts'

/**
 * The order of one round: a random permutation of the arms, then its mirror image. Every arm gets two blocks whose mean
 * position is the same, so a linear drift of the machine cancels; with two arms it is the quad ABBA or BAAB by a coin.
 * The coin is what makes the signed-rank test of the rounds' differences valid.
 */
export function makeRound<Arm extends string>(arms: readonly Arm[], random: Random): Arm[] {
  const forward = shuffle(arms, random)
  return [...forward, ...forward.toReversed()]
}
