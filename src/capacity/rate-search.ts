import type { Objective } from './objective.ts'
import { bracketRates, nextRate, type RateBracket, type RateSearch } from './rate-bracket.ts'
import { judgeTrial, type OpenBlock, type TrialOutcome } from './rate-trial.ts'

/** All blocks of one rate. */
export interface RateBlocks {
  readonly ratePerSecond: number
  readonly blocks: readonly OpenBlock[]
}

/** The highest rate, and what ended the search for it. */
export interface HighestRate extends RateBracket {
  /** What was really carried at the highest rate that held: the capacity is at least this. */
  readonly achieved: number | undefined
  /** The lowest rate at which the generator itself was late: no rate from there on says anything of the target. */
  readonly lateFrom: number | undefined
}

/** The rate to measure a block at next, given all trials so far; undefined when the bracket is narrow enough. */
export function nextRateStep(
  objective: Objective,
  search: RateSearch,
  trials: readonly RateBlocks[],
): number | undefined {
  const open = trials.find(({ blocks }) => judgeTrial(objective, blocks) === undefined)
  if (open !== undefined) return open.ratePerSecond
  return nextRate(toTrials(objective, trials), search)
}

/** What the trials come to. */
export function readHighestRate(objective: Objective, trials: readonly RateBlocks[]): HighestRate {
  const { held, failed } = bracketRates(toTrials(objective, trials))
  const of = (outcome: TrialOutcome) => trials.filter(({ blocks }) => judgeTrial(objective, blocks) === outcome)
  const late = of('late').map(({ ratePerSecond }) => ratePerSecond)
  const lateFrom = late.length === 0 ? undefined : Math.min(...late)
  const blocks = of('held').find(({ ratePerSecond }) => ratePerSecond === held)?.blocks ?? []
  const achieved = blocks.map((block) => Math.min(block.achievedPerSecond, block.ratePerSecond)).sort((a, b) => a - b)
  return {
    held,
    // Where the generator was late nobody knows whether the target would have failed.
    failed: failed !== undefined && failed === lateFrom ? undefined : failed,
    achieved: achieved[Math.floor((achieved.length - 1) / 2)],
    lateFrom,
  }
}

function toTrials(objective: Objective, trials: readonly RateBlocks[]) {
  return trials.flatMap(({ ratePerSecond, blocks }) => {
    const outcome = judgeTrial(objective, blocks)
    return outcome === undefined ? [] : [{ ratePerSecond, held: outcome === 'held' }]
  })
}
