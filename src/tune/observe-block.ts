import type { Objective } from '../capacity/objective.ts'
import type { OpenBlock } from '../capacity/rate-trial.ts'
import type { Setting } from '../capacity/setting.ts'
import type { SettingRound } from '../capacity/size-search.ts'
import { mergeTallies, type Tally, tallyObjective } from '../capacity/tally.ts'
import { latencyOf, type MeasuredBlock, throughputPerSecond } from '../sample/block.ts'
import { Histogram } from '../sample/histogram.ts'

/**
 * Later than this at p99, or than a hundredth of what lies between two arrivals, a generator is late (measuring.md). It is to
 * blame for what went wrong when that is more than a tenth of the response time: requests that wait a second for the server
 * do not do so because they were sent a few ms late.
 */
const leastLateUs = 1_000
const shareToBlame = 0.1

/** What the blocks of one setting say of it in a round of a closed loop. */
export function observeRound(objective: Objective, setting: Setting, blocks: readonly MeasuredBlock[]): SettingRound {
  const meanOf = (read: (block: MeasuredBlock) => number) =>
    blocks.reduce((sum, block) => sum + read(block), 0) / blocks.length
  return {
    setting,
    // A block without a success has no logarithm; its round is then as bad as any can be.
    perSecond: Math.exp(meanOf((block) => Math.log(Math.max(throughputPerSecond(block), 1e-3)))),
    tallies: mergeTallies(blocks.map((block) => tally(objective, block))),
    eventLoopUtilization: meanOf((block) => block.eventLoopUtilization),
  }
}

/** What a block of an open loop says of its rate. */
export function observeOpen(objective: Objective, ratePerSecond: number, block: MeasuredBlock): OpenBlock {
  const { openLoop, elapsedMs, workMs, succeeded } = block
  if (openLoop === undefined) throw new Error('a block of a closed loop cannot be held against a rate')
  const unqueuedMs = Histogram.decode(openLoop.response).percentileUs(0) / 1_000
  // What is still under way at the end was due before: with a backlog the answers take longer than the arrivals did.
  const carriedMs = Math.max(workMs, elapsedMs - unqueuedMs)
  // As many as were due count as the rate: of a short block they may be one more or less.
  const share = openLoop.intended === 0 ? 0 : succeeded / openLoop.intended
  return {
    ratePerSecond,
    achievedPerSecond: (ratePerSecond * share * workMs) / carriedMs,
    tallies: tally(objective, block),
    isSentLate: isSentLate(ratePerSecond, openLoop),
  }
}

function isSentLate(
  ratePerSecond: number,
  { dispatchDelay, response }: NonNullable<MeasuredBlock['openLoop']>,
): boolean {
  const lateUs = Histogram.decode(dispatchDelay).percentileUs(99)
  const responseUs = Histogram.decode(response).percentileUs(99)
  return lateUs > Math.max(leastLateUs, 10_000 / ratePerSecond, shareToBlame * responseUs)
}

function tally(objective: Objective, block: MeasuredBlock): Tally[] {
  return tallyObjective(objective, {
    latencies: Histogram.decode(latencyOf(block)).countedValues(),
    succeeded: block.succeeded,
    failed: block.failed,
    dropped: block.openLoop?.dropped ?? 0,
  })
}
