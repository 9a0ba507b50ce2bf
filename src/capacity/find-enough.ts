import { pseudoMedian } from '../statistics/hodges-lehmann.ts'
import { signedRankInterval } from '../statistics/signed-rank.ts'

/** One setting that was measured. */
export interface Candidate {
  readonly id: string
  /** What it costs to have: of those that are good enough, the cheapest is recommended. Connections, usually. */
  readonly cost: number
  /** Logarithm of throughput per round; all candidates were measured in every round, in the same order. */
  readonly logThroughputs: readonly number[]
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
  /** Chance that a setting called `enough` loses more than ε. @default 0.05 */
  readonly alpha?: number
}

export const enoughDefaults = Object.freeze({ epsilon: 0.03, alpha: 0.05 })

/**
 * Which settings lose less than ε against every other, hence against the best, whichever that is: so no winner has to be
 * picked from the same data first. Each pair gets a one-sided signed-rank limit at level α; that all of them hold together
 * needs no share of α (intersection-union test: Berger 1982, Technometrics 24:295–300; multiple comparisons with the best:
 * Hsu 1996, ch. 4). That several settings are tried does: α is divided by their number.
 */
export function findEnough(candidates: readonly Candidate[], options: EnoughOptions = {}): Standing[] {
  const { epsilon, alpha } = { ...enoughDefaults, ...options }
  const allowed = candidates.filter(({ isAllowed }) => isAllowed)
  const level = alpha / Math.max(1, allowed.length)
  return candidates.map((candidate): Standing => {
    const { id, cost, isAllowed } = candidate
    const rivals = allowed.filter((rival) => rival !== candidate)
    const losses = rivals.map((rival) => loseTo(candidate, rival, level))
    const loss = Math.max(0, ...losses.map(({ estimate }) => estimate))
    const limits = mergeLimits(losses)
    if (!isAllowed) return { id, cost, loss, limits, state: 'not allowed' }
    return { id, cost, loss, limits, state: judgeLimits(limits, epsilon) }
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

function loseTo(candidate: Candidate, rival: Candidate, level: number): Loss {
  const differences = candidate.logThroughputs.map((value, round) => value - (rival.logThroughputs[round] as number))
  const interval = signedRankInterval(differences, 1 - 2 * level)
  const toLoss = (shift: number) => -Math.expm1(shift)
  return {
    estimate: differences.length === 0 ? 0 : toLoss(pseudoMedian(differences)),
    limits: interval && { low: toLoss(interval.high), high: toLoss(interval.low) },
  }
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
