import type { Course } from '../../sample/open-loop.ts'
import { at } from '../../session/at.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { type Drift, type Estimate, readDrift } from './drift.ts'
import type { Objective, ObjectiveTerm } from './objective.ts'
import { allowedShare, brokenTerms, meetsObjective, mergeTallies, type Tally } from './tally.ts'

/** What one block of an open loop says of a rate. */
export interface OpenBlock {
  readonly ratePerSecond: number
  readonly course: Course
  readonly tallies: readonly Tally[]
  /** The generator sent late, or had no time left: what went wrong may be its own doing. */
  readonly isClientLate: boolean
}

/**
 * `held` is shown, not failed to be refuted, and so is `failed`; what is neither is `undecided`, and no edge of a bracket.
 * `late`: it failed while the generator was late, so that the rate is beyond the client, if nothing else.
 */
export type TrialOutcome = 'held' | 'failed' | 'late' | 'undecided'

/** What the blocks of one setting at one rate come to. */
export interface Trial {
  readonly outcome: TrialOutcome
  /** Why it failed; undefined when it did not. */
  readonly cause: 'drift' | 'objective' | undefined
  /** Conditions of the objective that are broken, clearly or not. */
  readonly broken: readonly ObjectiveTerm[]
  /** Every condition holds as it stands: what may be chance is enough to go on, and not to call a rate held. */
  readonly isMet: boolean
  /** Undefined when the blocks are too short to tell. */
  readonly drift: Drift | undefined
  readonly seconds: number
}

/** A rate whose backlog grows by less than this share of it is held: nobody would see it in an hour. */
export const mostDrift = 0.01
/** Of arrivals: with fewer, one request more or less is that share. */
const leastArrivals = 100

export function judgeTrial(objective: Objective, blocks: readonly OpenBlock[]): Trial {
  const drift = readDrift(blocks.map(({ course }) => course))
  const tallies = mergeTallies(blocks.map((block) => block.tallies))
  const broken = brokenTerms(objective, tallies)
  const isMet = meetsObjective(objective, tallies)
  const seconds = drift?.seconds ?? 0
  const cause = drift === undefined ? undefined : causeOf(objective, blocks, { drift, broken })
  const isLate = blocks.filter(({ isClientLate }) => isClientLate).length * 2 > blocks.length
  if (cause !== undefined) return { outcome: isLate ? 'late' : 'failed', cause, broken, isMet, drift, seconds }
  const isHeld = drift !== undefined && isMet && isSmall(drift, blocks)
  return { outcome: isHeld ? 'held' : 'undecided', cause, broken, isMet, drift, seconds }
}

/**
 * Decides what its own blocks leave open by what is known of what is carried, from all rates and the closed loop: what is
 * less than that does not pile up, and what is more does. Its own blocks must not speak against it.
 */
export function settleTrial(trial: Trial, ratePerSecond: number, carried: Estimate): Trial {
  const { outcome, broken, isMet, drift } = trial
  if (outcome !== 'undecided' || drift === undefined || broken.length > 0) return trial
  const half = (drift.high - drift.perSecond) / 2
  const isExcess = ratePerSecond >= carried.high && drift.perSecond > 0
  if (isExcess && drift.perSecond - half <= ratePerSecond - carried.low) {
    return { ...trial, outcome: 'failed', cause: 'drift' }
  }
  const isCarried = ratePerSecond <= carried.low && ratePerSecond * drift.seconds >= leastArrivals
  const isSmall = drift.perSecond - half < mostDrift * ratePerSecond
  return isCarried && isSmall && isMet ? { ...trial, outcome: 'held' } : trial
}

function causeOf(
  objective: Objective,
  blocks: readonly OpenBlock[],
  { drift, broken }: { readonly drift: Drift; readonly broken: readonly ObjectiveTerm[] },
): Trial['cause'] {
  if (drift.low > 0) return 'drift'
  return broken.some((term) => isClearlyBroken(objective, term, blocks)) ? 'objective' : undefined
}

function isSmall({ perSecond, atMost }: Drift, blocks: readonly OpenBlock[]): boolean {
  const arrivals = sumOf(blocks.flatMap(({ course }) => course.arrived))
  const rate = blocks[0]?.ratePerSecond ?? 0
  return arrivals >= leastArrivals && perSecond < mostDrift * rate && atMost < mostDrift * rate
}

/** Failures come in clusters: their number varies by twice what independent ones' would. */
const clustered = 2

/** Beyond what chance would make of a share that is allowed, all blocks together; or in each of several. */
function isClearlyBroken(objective: Objective, term: ObjectiveTerm, blocks: readonly OpenBlock[]): boolean {
  const index = objective.indexOf(term)
  const { broken, of } = at(mergeTallies(blocks.map(({ tallies }) => tallies)), index)
  const allowed = allowedShare(term) * of
  if (broken - 1.96 * clustered * Math.sqrt(broken) > Math.max(1, allowed)) return true
  return blocks.length > 1 && blocks.every(({ tallies }) => brokenTerms(objective, tallies).includes(term))
}
