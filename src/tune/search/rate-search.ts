import type { RateBracket } from '../../judge/rate-bracket.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import type { Estimate } from './drift.ts'
import { type CapacitySearch, nextCapacityStep } from './next-rate.ts'
import type { Objective } from './objective.ts'
import { bracketCapacity, carriedBy, type JudgedRate, readEstimate } from './rate-ends.ts'
import { judgeTrial, mostDrift, type OpenBlock, settleTrial, type Trial } from './rate-trial.ts'

/** All blocks of one rate. */
export interface RateBlocks {
  readonly ratePerSecond: number
  readonly blocks: readonly OpenBlock[]
}

/** A rate to measure next, and for how long it has been measured already: a trial that is undecided is lengthened. */
interface RateStep {
  readonly ratePerSecond: number
  readonly secondsSoFar: number
}

/** The highest rate, and what ended the search for it. */
export interface HighestRate extends RateBracket {
  /** What was really carried at the highest rate that held: the capacity is at least this. */
  readonly achieved: number | undefined
  /** What was carried at the rate that failed, while everything was under way. */
  readonly estimate: Estimate | undefined
  /** The lowest rate at which the generator itself was late: no rate from there on says anything of the target. */
  readonly lateFrom: number | undefined
  /** What each rate came to, by all that is known of what is carried. */
  readonly trials: ReadonlyMap<number, Pick<Trial, 'outcome' | 'cause'>>
}

interface TrialOptions {
  /** A trial that is undecided after so long stays so. */
  readonly mostSeconds: number
}

/** The rate to measure a block at next, given all trials so far; undefined when the bracket is narrow enough. */
export function nextRateStep(
  objective: Objective,
  { search, mostSeconds }: TrialOptions & { readonly search: CapacitySearch },
  trials: readonly RateBlocks[],
): RateStep | undefined {
  const judged = judgeRates(objective, search.guess, trials)
  const open = judged.find(({ ratePerSecond, trial }) => isWorthMore(trial, { ratePerSecond, mostSeconds }))
  if (open !== undefined) return { ratePerSecond: open.ratePerSecond, secondsSoFar: open.trial.seconds }
  const step = nextCapacityStep(judged, search)
  if (step === undefined) return undefined
  const known = judged.find(({ ratePerSecond }) => step.isLonger && ratePerSecond === step.ratePerSecond)
  return { ratePerSecond: step.ratePerSecond, secondsSoFar: Math.min(known?.trial.seconds ?? 0, longestPieceSeconds) }
}

/** What is carried is learnt piece by piece, so that an end can be set as soon as it may. */
const longestPieceSeconds = 8

/** What the trials come to. */
export function readHighestRate(
  objective: Objective,
  { guess }: Pick<CapacitySearch, 'guess'>,
  trials: readonly RateBlocks[],
): HighestRate {
  const judged = judgeRates(objective, guess, trials)
  const { held, failed } = bracketCapacity(judged, guess)
  const late = judged.filter(({ outcome }) => outcome === 'late').map(({ ratePerSecond }) => ratePerSecond)
  const lateFrom = late.length === 0 ? undefined : Math.min(...late)
  const blocks = trials.find(({ ratePerSecond }) => ratePerSecond === held)?.blocks ?? []
  return {
    held,
    // Where the generator was late nobody knows whether the target would have failed.
    failed: failed !== undefined && failed === lateFrom ? undefined : failed,
    achieved: held === undefined ? undefined : carriedPerSecond(blocks),
    estimate: plainly(readEstimate(judged, guess)),
    lateFrom,
    trials: new Map(judged.map(({ ratePerSecond, outcome, cause }) => [ratePerSecond, { outcome, cause }])),
  }
}

/** Without what it is made of. */
function plainly(estimate: Estimate | undefined): Estimate | undefined {
  return estimate && { perSecond: estimate.perSecond, low: estimate.low, high: estimate.high }
}

/** Successes per second, lead-ins left out. */
export function carriedPerSecond(blocks: readonly OpenBlock[]): number {
  const sum = (read: (block: OpenBlock) => number) => sumOf(blocks, read)
  const succeeded = sum(({ course }) => sumOf(course.succeeded))
  const seconds = sum(({ course }) => (course.stepMs * course.arrived.length) / 1_000)
  return seconds === 0 ? 0 : succeeded / seconds
}

/**
 * Whether an undecided trial is lengthened: limits come closer with the root of the time, so it can be foreseen about when
 * it would be decided. Twice the most that it may take is hopeless.
 */
export function isWorthMore(
  { outcome, drift, seconds, isMet }: Trial,
  { ratePerSecond, mostSeconds }: TrialOptions & { readonly ratePerSecond: number },
): boolean {
  if (outcome !== 'undecided' || seconds >= mostSeconds) return false
  if (drift === undefined || !isMet) return true
  const { perSecond, high, atMost } = drift
  const allowed = mostDrift * ratePerSecond
  const toFail = perSecond > 0 ? ((high - perSecond) / perSecond) ** 2 : Number.POSITIVE_INFINITY
  // Places that were idle may have shown already that it does not grow: then only arrivals are wanting.
  const short = Math.max(0, atMost - perSecond)
  const toHold = perSecond < allowed ? (short / (allowed - perSecond)) ** 2 : Number.POSITIVE_INFINITY
  return seconds * Math.min(toFail, toHold) <= 2 * mostSeconds
}

interface JudgedBlocks extends JudgedRate {
  readonly trial: Trial
}

/** Each rate by its own blocks, and where those leave it open by what is carried, which all of them tell of. */
function judgeRates(objective: Objective, guess: Estimate, trials: readonly RateBlocks[]): JudgedBlocks[] {
  const own = trials.map(({ ratePerSecond, blocks }) => readTrial(ratePerSecond, judgeTrial(objective, blocks)))
  const carried = carriedBy(own, guess)
  if (carried === undefined) return own
  return own.map(({ ratePerSecond, trial }) => readTrial(ratePerSecond, settleTrial(trial, ratePerSecond, carried)))
}

function readTrial(ratePerSecond: number, trial: Trial): JudgedBlocks {
  const { outcome, cause, drift } = trial
  return { ratePerSecond, outcome, cause, capacity: drift?.capacity, trial }
}
