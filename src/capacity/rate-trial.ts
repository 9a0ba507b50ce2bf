import type { Objective } from './objective.ts'
import { brokenTerms, mergeTallies, type Tally } from './tally.ts'

/** What one block of an open loop says of a rate. */
export interface OpenBlock {
  readonly ratePerSecond: number
  /** Successes per second until the last answer was in, one unqueued answer's time left out. */
  readonly achievedPerSecond: number
  readonly tallies: readonly Tally[]
  /** The generator sent late: what went wrong may be its own doing. */
  readonly isSentLate: boolean
}

/** `late`: the objective was missed while the generator was late, so that the rate is beyond the client, if nothing else. */
export type TrialOutcome = 'held' | 'failed' | 'late'

/** A rate is kept up when no more than this share of it is left behind: the rest is a backlog that grows as long as it lasts. */
const keptUp = 0.97

/** A lead of two, as in a sequential test of a coin (Wald 1945): with a tenth of blocks misleading, 1.2 % of trials are. */
const lead = 2
const mostBlocks = 7

/** What the blocks of one setting at one rate come to; undefined while another block is wanted. */
export function judgeTrial(objective: Objective, blocks: readonly OpenBlock[]): TrialOutcome | undefined {
  const good = blocks.filter((block) => isGood(objective, block)).length
  const bad = blocks.length - good
  if (Math.abs(good - bad) < lead && blocks.length < mostBlocks) return undefined
  if (good > bad && brokenTerms(objective, mergeTallies(blocks.map(({ tallies }) => tallies))).length === 0)
    return 'held'
  if (good > bad && blocks.length < mostBlocks) return undefined
  const late = blocks.filter((block) => !isGood(objective, block) && block.isSentLate).length
  return late * 2 > bad ? 'late' : 'failed'
}

function isGood(objective: Objective, { ratePerSecond, achievedPerSecond, tallies }: OpenBlock): boolean {
  return achievedPerSecond >= keptUp * ratePerSecond && brokenTerms(objective, tallies).length === 0
}
