import { saturatedLoop } from '../judge/find-saturated.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import { latencyOf, throughputPerSecond } from '../sample/block-core.ts'
import { Histogram } from '../sample/histogram.ts'
import type { Course } from '../sample/open-loop.ts'
import { sumOf } from '../statistics/sum-of.ts'
import type { ProbeKind, ProbeResult } from './search/limit-probe.ts'
import type { Objective } from './search/objective.ts'
import type { OpenBlock } from './search/rate-trial.ts'
import type { Setting } from './search/setting.ts'
import type { SettingRound } from './search/size-search.ts'
import { mergeTallies, type Tally, tallyObjective } from './search/tally.ts'

/**
 * Later than this at p99, or than a hundredth of what lies between two arrivals, a generator is late (measuring.md). It is to
 * blame for what went wrong when that is more than a tenth of the response time: requests that wait a second for the server
 * do not do so because they were sent a few ms late. So it is when it had no time left to take up answers that had come.
 */
const leastLateUs = 1_000
const shareToBlame = 0.1

/** What the blocks of one setting say of it in a round of a closed loop. */
export function observeRound(objective: Objective, setting: Setting, blocks: readonly MeasuredBlock[]): SettingRound {
  const meanOf = (read: (block: MeasuredBlock) => number) => sumOf(blocks, read) / blocks.length
  return {
    setting,
    perSecond: blocks.map(throughputPerSecond),
    succeeded: sumOf(blocks, ({ succeeded }) => succeeded),
    tallies: mergeTallies(blocks.map((block) => tally(objective, block))),
    clientBusy: meanOf((block) => busyShareOf(block, 1)),
    seconds: sumOf(blocks, ({ elapsedMs }) => elapsedMs) / 1_000,
  }
}

/** What a block of the chosen setting, or of something beside it, says of its limit. */
export function observeProbe(kind: ProbeKind, settingId: string, block: MeasuredBlock): ProbeResult {
  const { p50Us, succeeded, failed, cpuIdleShare: machineIdle } = block
  const clientBusy = busyShareOf(block, kind === 'process' ? 2 : 1)
  const perSecond = throughputPerSecond(block)
  return { kind, settingId, perSecond, p50Us, succeeded, failed, clientBusy, machineIdle }
}

/** Of the busiest client process: its event loop, or the core that it has; spinning until an arrival is due is neither. */
function busyShareOf(block: MeasuredBlock, processes: number): number {
  const { eventLoopUtilization, cpuUserUs, cpuSystemUs, elapsedMs } = block
  const cpuShare = elapsedMs === 0 ? 0 : (cpuUserUs + cpuSystemUs) / 1_000 / elapsedMs / processes
  return Math.min(1, Math.max(eventLoopUtilization, cpuShare))
}

/** What a block of an open loop says of its rate, once its queues are as long as they get. */
export function observeOpen(
  objective: Objective,
  { ratePerSecond, leadInMs }: { readonly ratePerSecond: number; readonly leadInMs: number },
  block: MeasuredBlock,
): OpenBlock {
  const { openLoop } = block
  if (openLoop?.course === undefined) throw new Error('a rate can only be judged by a block that told its course')
  const course = afterLeadIn(openLoop.course, leadInMs)
  const ends = { succeeded: sumOf(course.succeeded), failed: sumOf(course.failed) }
  return {
    ratePerSecond,
    course,
    // What failed while it led in may have failed for what was sent before.
    tallies: tally(objective, { ...block, ...ends }),
    isClientLate: block.eventLoopUtilization > saturatedLoop || isSentLate(ratePerSecond, openLoop),
  }
}

function afterLeadIn({ stepMs, places, arrived, succeeded, failed, usedMs }: Course, leadInMs: number): Course {
  const from = Math.ceil(leadInMs / stepMs)
  return {
    ...{ stepMs, places, arrived: arrived.slice(from), succeeded: succeeded.slice(from), failed: failed.slice(from) },
    usedMs: usedMs.slice(from),
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
