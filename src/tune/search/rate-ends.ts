import type { RateBracket } from '../../judge/rate-bracket.ts'
import { combineEstimates } from './combine-estimates.ts'
import { type CountedEstimate, type Estimate, poolCounts } from './drift.ts'
import type { Trial } from './rate-trial.ts'

/** A rate that was tried, and what came of it. */
export interface JudgedRate extends Pick<Trial, 'outcome' | 'cause'> {
  readonly ratePerSecond: number
  /** What was carried while everything was under way; undefined when it hardly was. */
  readonly capacity?: CountedEstimate | undefined
}

/**
 * What the trials say. A rate that failed limits all above it: one that held above a failure was luck, for an objective that
 * holds at a rate has to hold at every lower one. A rate that failed also tells directly what is carried, and so does the
 * closed loop. An end that does not agree with that was luck too, and the bracket is widened to the next: no rate above the
 * lower limit of what is carried counts as held, and none below the upper limit counts as too much.
 */
export function bracketCapacity(trials: readonly JudgedRate[], guess?: Estimate): RateBracket {
  const carried = carriedBy(trials, guess) ?? anything
  const lowest = leastOf(ratesOf(trials, isFailed)) ?? Number.POSITIVE_INFINITY
  // What misses the objective may do so long before it is too much to be carried.
  const isMet = ({ cause, ratePerSecond }: JudgedRate) =>
    cause === 'objective' || ratePerSecond * rounding >= carried.high
  const failed = leastOf(ratesOf(trials, (trial) => isFailed(trial) && isMet(trial)))
  const held = ratesOf(trials, ({ outcome, ratePerSecond }) => {
    return outcome === 'held' && ratePerSecond < lowest && ratePerSecond <= carried.low * rounding
  })
  return { held: held.length === 0 ? undefined : Math.max(...held), failed }
}

/** Nothing failed because it was too much, so nothing is known of what is carried. */
const anything: Pick<Estimate, 'low' | 'high'> = { low: Number.POSITIVE_INFINITY, high: 0 }
/** A rate that was chosen to be at a limit is within it. */
export const rounding = 1.001

/**
 * What was carried at rates that were too much, or were meant to be; undefined when nothing tells. Which of them count is
 * not asked of what came of them: those that failed would be the ones in which little was carried by chance.
 */
export function readEstimate(trials: readonly JudgedRate[], guess?: Estimate): Estimate | undefined {
  const isAbove = ({ outcome, cause, ratePerSecond }: JudgedRate) =>
    (outcome === 'failed' && cause === 'drift') || (guess !== undefined && ratePerSecond > guess.perSecond)
  const known = trials.flatMap((trial) =>
    trial.capacity !== undefined && trial.outcome !== 'late' && isAbove(trial) ? [trial.capacity] : [],
  )
  return known.length === 0 ? undefined : poolCounts(known)
}

/** What is carried, by all that is known of it; undefined while no rate that was tried tells. */
export function carriedBy(trials: readonly JudgedRate[], guess?: Estimate): Estimate | undefined {
  const carried = readEstimate(trials, guess)
  return carried && combineEstimates(carried, guess)
}

/** Where the generator was late, the rate is the end of what can be tried, whoever it was. */
function isFailed({ outcome }: JudgedRate): boolean {
  return outcome === 'failed' || outcome === 'late'
}

export function ratesOf(trials: readonly JudgedRate[], accept: (trial: JudgedRate) => boolean): number[] {
  return trials.filter(accept).map(({ ratePerSecond }) => ratePerSecond)
}

export function leastOf(rates: readonly number[]): number | undefined {
  return rates.length === 0 ? undefined : Math.min(...rates)
}

/** A bracket of more than ten per cent is no answer. */
export const mostMargin = 0.047

/** Rates that are so near to one that was tried would tell the same. */
export const same = 1.004

/** True when a bracket is as narrow as two margins make it; by default, as it may be for an answer. */
export function isNarrow({ held, failed }: RateBracket, margin: number = mostMargin): boolean {
  return held !== undefined && failed !== undefined && failed / held <= ((1 + margin) / (1 - margin)) * same
}
