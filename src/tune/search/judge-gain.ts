import { at } from '../../session/at.ts'
import { halfWidth, type Levels, spreadOf } from './fit-levels.ts'

/** More throughput than another, as a share, with the limits of its 99 % interval. */
export interface Gain {
  readonly gain: number
  readonly low: number
  readonly high: number
}

/** Whether something carries more: beyond doubt, beyond doubt not, or neither. */
type GainState = 'more' | 'no more' | 'unclear'

/** A gain that does not matter. */
const epsilon = 0.03
/**
 * Of a gain's limits. Rounds are added until a gain is clear, which is one look after another: at 95 % one in ten of those that
 * vary by chance alone would be more than ε.
 */
export const gainConfidence = 0.99
/** The least spread of a value that is believed. */
const leastSpread = 0.004

/** What one setting carries more than another, given all that were fitted; undefined where too little is known. */
export function gainBetween(
  fit: Levels,
  counts: readonly number[],
  [from, to]: readonly [number, number],
  confidence = gainConfidence,
): Gain | undefined {
  const spread = spreadOf(fit, leastSpread)
  const [fromCount, toCount] = [counts[from] ?? 0, counts[to] ?? 0]
  if (spread === undefined || fromCount === 0 || toCount === 0) return undefined
  const half = halfWidth([fromCount, toCount], { spread, confidence })
  const shift = at(fit.levels, to) - at(fit.levels, from)
  return { gain: Math.expm1(shift), low: Math.expm1(shift - half), high: Math.expm1(shift + half) }
}

export function stateOf(gain: Gain | undefined): GainState {
  if (gain === undefined) return 'unclear'
  if (gain.high < epsilon) return 'no more'
  return gain.low >= epsilon ? 'more' : 'unclear'
}

/** Whether what the rounds say is left open, and a probe says more. */
export function isToldByProbe(ofRounds: Gain | undefined, probed: Gain | undefined): boolean {
  return probed !== undefined && stateOf(ofRounds) === 'unclear'
}
