import { at } from '../../session/at.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import type { Objective, ObjectiveTerm } from './objective.ts'

/** How often one condition of an objective was broken. A percentile below a limit is a share of values above it. */
export interface Tally {
  readonly broken: number
  readonly of: number
}

/** What a tally is made from. */
interface Seen {
  /** Latencies of the successful iterations that were timed, in µs with their counts. */
  readonly latencies: readonly (readonly [us: number, count: number])[]
  readonly succeeded: number
  readonly failed: number
  /** Arrivals that were not sent; 0 in a closed loop. */
  readonly dropped: number
}

/** One tally for each condition, in their order. */
export function tallyObjective(objective: Objective, seen: Seen): Tally[] {
  return objective.map((term) => tallyTerm(term, seen))
}

function tallyTerm({ metric, limit }: ObjectiveTerm, { latencies, succeeded, failed, dropped }: Seen): Tally {
  switch (metric.kind) {
    case 'latency': {
      const of = sumOf(latencies, ([, count]) => count)
      // Nothing that was timed succeeded: no percentile, and none of it within the limit.
      if (of === 0) return { broken: Math.max(1, failed), of: Math.max(1, failed) }
      return { broken: latencies.reduce((sum, [us, count]) => (us < limit ? sum : sum + count), 0), of }
    }
    case 'errors':
      return { broken: failed, of: succeeded + failed }
    case 'drops':
      return { broken: dropped, of: succeeded + failed + dropped }
    default:
      return metric satisfies never
  }
}

/** The share that may break a condition. */
export function allowedShare({ metric, limit }: ObjectiveTerm): number {
  return metric.kind === 'latency' ? 1 - metric.percentile / 100 : limit
}

/** Tallies of several blocks, condition by condition, taken together. */
export function mergeTallies(blocks: readonly (readonly Tally[])[]): Tally[] {
  const [first = [], ...rest] = blocks
  return first.map((tally, term) =>
    rest.reduce<Tally>((sum, block) => {
      const { broken, of } = at(block, term)
      return { broken: sum.broken + broken, of: sum.of + of }
    }, tally),
  )
}

/** Whether every condition holds as it stands: 1 failure of 943 is more than a tenth of a percent. */
export function meetsObjective(objective: Objective, tallies: readonly Tally[]): boolean {
  return objective.every((term, index) => {
    const { broken, of } = tallies[index] ?? { broken: 0, of: 0 }
    return broken <= allowedShare(term) * of
  })
}

/**
 * The conditions that are broken more often than chance explains. One value out of few is no percentile: a condition that allows
 * any at all allows one.
 */
export function brokenTerms(objective: Objective, tallies: readonly Tally[]): ObjectiveTerm[] {
  return objective.filter((term, index) => {
    const { broken, of } = tallies[index] ?? { broken: 0, of: 0 }
    const allowed = allowedShare(term)
    return broken > (allowed > 0 ? Math.max(1, allowed * of) : 0)
  })
}

/** Whether an objective is met over some rounds, and whether more rounds could tell otherwise. */
export interface ObjectiveStanding {
  readonly isMet: boolean
  readonly isClear: boolean
  readonly broken: readonly ObjectiveTerm[]
}

/** Fewer rounds than this say nothing clear. */
const leastRounds = 2
/** Broken so much more often than it may be, in every round: the next rounds will not tell otherwise. */
const clearly = { often: 3, atOnce: 10 }

/**
 * Met when all rounds taken together meet it. Clear when the rounds one by one agree with that more than coins would: their
 * majority exceeds two standard errors of a fair coin (2·√n ⁄ 2 on each side); sooner where nothing was broken at all, or
 * far too much in every round.
 */
export function judgeTallies(objective: Objective, rounds: readonly (readonly Tally[])[]): ObjectiveStanding {
  const merged = mergeTallies(rounds)
  const broken = brokenTerms(objective, merged)
  const breaking = rounds.filter((tallies) => brokenTerms(objective, tallies).length > 0).length
  const lead = broken.length > 0 ? 2 * breaking - rounds.length : rounds.length - 2 * breaking
  const isAgreed = rounds.length >= leastRounds && lead >= 2 * Math.sqrt(rounds.length)
  const isFlawless = rounds.length >= leastRounds && merged.every((tally) => tally.broken === 0)
  const times = broken.length > 0 && breaking === rounds.length ? missedTimes(objective, merged) : 0
  const isHopeless = times >= (rounds.length >= leastRounds ? clearly.often : clearly.atOnce)
  return { isMet: broken.length === 0, isClear: objective.length === 0 || isAgreed || isFlawless || isHopeless, broken }
}

/** How many times more often than it may be the worst condition is broken; below 1: none is. */
export function missedTimes(objective: Objective, tallies: readonly Tally[]): number {
  return Math.max(
    0,
    ...objective.map((term, index) => {
      const { broken, of } = tallies[index] ?? { broken: 0, of: 0 }
      return broken / Math.max(1, allowedShare(term) * of)
    }),
  )
}
