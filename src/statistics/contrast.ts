import { mean } from './quantile.ts'

/** Something measured once per block, by arm: the two blocks of each arm in one mirrored round, in the order they ran. */
export interface BlockValues {
  readonly baseline: readonly number[]
  readonly contender: readonly number[]
}

/** One mirrored round (a quad, for two arms) as one contrast sees it. */
export interface Round extends BlockValues {
  /** Which set of arm processes ran it, from 0. */
  readonly generation: number
  /** The speed control's time around each of these blocks, where it was taken. */
  readonly speedControl?: BlockValues | undefined
}

/**
 * d = ½(ln B₁ + ln B₂ − ln A₁ − ln A₂): how the contender's blocks compare with the baseline's on the log scale.
 * A mirrored round cancels a linear drift; in a null comparison the coin for the round's order makes d's sign a fair coin.
 */
export function logContrast(values: BlockValues): number {
  return mean(values.contender.map(Math.log)) - mean(values.baseline.map(Math.log))
}

/** Whether ratios can be made of these values: every arm has some, and all are finite and above zero. */
export function isComparable({ baseline, contender }: BlockValues): boolean {
  const blocks = [...baseline, ...contender]
  return baseline.length > 0 && contender.length > 0 && blocks.every((value) => Number.isFinite(value) && value > 0)
}
