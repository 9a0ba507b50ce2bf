import { pseudoMedian } from '../statistics/hodges-lehmann.ts'
import { mean } from '../statistics/quantile.ts'
import { signedRankInterval } from '../statistics/signed-rank.ts'
import { studentQuantile } from '../statistics/student-t.ts'

/** One setting that was measured. */
export interface Candidate {
  readonly id: string
  /** What it costs to have: of those that are good enough, the cheapest is recommended. Connections, usually. */
  readonly cost: number
  /** Logarithm of throughput by round; undefined in rounds that it was not part of. Only shared rounds are compared. */
  readonly logThroughputs: readonly (number | undefined)[]
  /** Whether it meets the objective; one that does not can neither be recommended nor be the best. */
  readonly isAllowed: boolean
}

/** How a setting compares with the best of the allowed ones. A loss of 0.03 is 3 % less throughput. */
export interface Standing {
  readonly id: string
  readonly cost: number
  readonly loss: number
  /** Limits of the loss at the level asked for; undefined with too few rounds. */
  readonly limits: { readonly low: number; readonly high: number } | undefined
  /** `enough`: loses less than ε even at the upper limit. `short`: more, even at the lower. */
  readonly state: 'enough' | 'short' | 'unclear' | 'not allowed'
}

export interface EnoughOptions {
  /** The loss that does not matter. @default 0.03 */
  readonly epsilon?: number
  /** Chance that a setting called `enough` loses more than ε, all looks together. @default 0.05 */
  readonly alpha?: number
}

export const enoughDefaults = Object.freeze({ epsilon: 0.03, alpha: 0.05 })

/** Shared rounds after which a pair is looked at; each look has an equal part of α. Between looks the last one stands. */
const looks = [8, 12, 18, 27, 40, 64]

/**
 * Which settings lose less than ε against every other, hence against the best, whichever that is: so no winner has to be
 * picked from the same data first. Each pair gets a one-sided signed-rank limit at level α; that all of them hold together
 * needs no share of α (intersection-union test: Berger 1982, Technometrics 24:295–300; multiple comparisons with the best:
 * Hsu 1996, ch. 4). That several settings are tried does: α is divided by their number, and by the looks.
 */
export function findEnough(candidates: readonly Candidate[], options: EnoughOptions = {}): Standing[] {
  const { epsilon, alpha } = { ...enoughDefaults, ...options }
  const allowed = candidates.filter(({ isAllowed }) => isAllowed)
  const clearly = new Map(allowed.map((candidate) => [candidate, findClearLoss(candidate, allowed, epsilon)]))
  const alive = allowed.filter((candidate) => clearly.get(candidate) === undefined)
  const level = alpha / Math.max(1, alive.length) / looks.length
  return candidates.map((candidate): Standing => {
    const { id, cost, isAllowed } = candidate
    const short = clearly.get(candidate)
    if (short !== undefined) return { id, cost, ...short, state: 'short' }
    const losses = alive
      .filter((rival) => rival !== candidate)
      .map((rival) => loseTo(sharedDifferences(candidate, rival), level))
    const loss = Math.max(0, ...losses.map(({ estimate }) => estimate))
    const limits = mergeLimits(losses)
    return { id, cost, loss, limits, state: isAllowed ? judgeLimits(limits, epsilon) : 'not allowed' }
  })
}

/** The cheapest of the settings that are enough. */
export function recommend(standings: readonly Standing[]): Standing | undefined {
  return standings.filter(({ state }) => state === 'enough').sort((a, b) => a.cost - b.cost)[0]
}

interface Loss {
  readonly estimate: number
  readonly limits: Standing['limits']
}

/**
 * Rounds after which a setting may be given up, how sure that has to be, and the least spread that is believed of few
 * rounds. Few rounds have no signed-rank limit, so this one is Student's: it decides what is measured further, and at this
 * level wrongly so hardly ever.
 */
const giveUp = { rounds: 3, confidence: 0.998, leastSpread: 0.01 }

/** The largest loss that is beyond doubt and more than ε, against any rival; undefined when there is none. */
function findClearLoss(
  candidate: Candidate,
  rivals: readonly Candidate[],
  epsilon: number,
): { readonly loss: number; readonly limits: NonNullable<Standing['limits']> } | undefined {
  const losses = rivals.flatMap((rival) => {
    const differences = sharedDifferences(candidate, rival)
    if (differences.length < giveUp.rounds) return []
    const shift = mean(differences)
    const half = studentLimit(differences.length) * (spreadOf(differences, shift) / Math.sqrt(differences.length))
    return [{ loss: toLoss(shift), limits: { low: toLoss(shift + half), high: toLoss(shift - half) } }]
  })
  return losses.filter(({ limits }) => limits.low >= epsilon).sort((a, b) => b.loss - a.loss)[0]
}

const studentLimits = new Map<number, number>()

function studentLimit(rounds: number): number {
  const known = studentLimits.get(rounds) ?? studentQuantile(giveUp.confidence, rounds - 1)
  studentLimits.set(rounds, known)
  return known
}

function spreadOf(values: readonly number[], centre: number): number {
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
  return Math.max(Math.sqrt(variance), giveUp.leastSpread)
}

function sharedDifferences(candidate: Candidate, rival: Candidate): number[] {
  return candidate.logThroughputs.flatMap((value, round) => {
    const other = rival.logThroughputs[round]
    return value === undefined || other === undefined ? [] : [value - other]
  })
}

function loseTo(differences: readonly number[], level: number): Loss {
  const seen = differences.slice(0, looks.findLast((look) => look <= differences.length) ?? 0)
  const interval = seen.length === 0 ? undefined : signedRankInterval(seen, 1 - 2 * level)
  return {
    estimate: differences.length === 0 ? 0 : toLoss(pseudoMedian(differences)),
    limits: interval && { low: toLoss(interval.high), high: toLoss(interval.low) },
  }
}

function toLoss(shift: number): number {
  return -Math.expm1(shift)
}

function mergeLimits(losses: readonly Loss[]): Standing['limits'] {
  const limits = losses.map((loss) => loss.limits)
  if (!limits.every((limit) => limit !== undefined)) return undefined
  return { low: Math.max(0, ...limits.map(({ low }) => low)), high: Math.max(0, ...limits.map(({ high }) => high)) }
}

function judgeLimits(limits: Standing['limits'], epsilon: number): Standing['state'] {
  if (limits === undefined) return 'unclear'
  if (limits.high < epsilon) return 'enough'
  return limits.low >= epsilon ? 'short' : 'unclear'
}
