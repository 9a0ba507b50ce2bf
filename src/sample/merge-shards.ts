import { sumOf } from '../statistics/sum-of.ts'
import { latencyOf, loadRequestsOf, type MeasuredBlock } from './block.ts'
import { groupSteps } from './group-steps.ts'
import { Histogram } from './histogram.ts'
import { mergeFailures } from './merge.ts'
import { mergeStages } from './stages.ts'
import { mergeBlockPhases } from './summarize-phases.ts'

/** What one of several processes measured in a block. */
interface MeasuredShard {
  readonly block: MeasuredBlock
  /** When its load began, ms, by a clock that all shards share. */
  readonly startedAtMs: number
  /** Places for iterations, when its `workMs` is their mean; undefined when it is the whole time. */
  readonly workers: number | undefined
}

/**
 * One block from those of the processes that shared its load, as if one process had carried it: counts and CPU time are summed,
 * histograms merged exactly, `workMs` is the mean over all places for iterations (the whole time, where it is that), and `elapsedMs` spans from the first start
 * to the last end. The event loop is the busiest one's; what is said of the machine is said of all of it.
 */
export function mergeShardBlocks(shards: readonly MeasuredShard[]): MeasuredBlock {
  const blocks = shards.map(({ block }) => block)
  const [first] = blocks as [MeasuredBlock]
  const unit = first.histogramUnit
  const sum = (value: (block: MeasuredBlock) => number) => sumOf(blocks, value)
  const merge = (value: (block: MeasuredBlock) => string) => Histogram.merge(blocks.map(value), unit)
  const latency = merge(latencyOf)
  const openLoop = mergeOpenLoops(blocks)
  const stages = mergeStages(blocks.flatMap((block) => (block.stages === undefined ? [] : [block.stages])))
  const phases = blocks.flatMap((block) => block.phases ?? [])
  return {
    startedAt: blocks.map(({ startedAt }) => startedAt).toSorted()[0] as string,
    elapsedMs: spanOf(shards),
    workMs: meanWorkMs(shards),
    succeeded: sum(({ succeeded }) => succeeded),
    failed: sum(({ failed }) => failed),
    ...(blocks.some(({ untimed }) => untimed !== undefined) && { untimed: sum(({ untimed = 0 }) => untimed) }),
    failures: mergeFailures(blocks),
    ...(unit && { histogramUnit: unit }),
    service: merge(({ service }) => service).encode(),
    failedService: merge(({ failedService }) => failedService).encode(),
    ...mergeSteps(blocks),
    ...(openLoop && { openLoop }),
    ...(stages && { stages }),
    ...(first.inFlightMs !== undefined && { inFlightMs: sum(({ inFlightMs = 0 }) => inFlightMs) }),
    ...lastAnswerOf(blocks),
    ...(phases.length > 0 && { phases: mergeBlockPhases(phases) }),
    p50Us: latency.percentileUs(50),
    p90Us: latency.percentileUs(90),
    p99Us: latency.percentileUs(99),
    wire: sumCounts(blocks.map(({ wire }) => wire)),
    ...(blocks.some(({ loadRequests }) => loadRequests !== undefined) && { loadRequests: sum(loadRequestsOf) }),
    newCarriers: sumCounts(blocks.map(({ newCarriers }) => newCarriers)),
    ...mergeElsewhere(blocks),
    unanswered: sum(({ unanswered }) => unanswered),
    unconnected: sum(({ unconnected = 0 }) => unconnected),
    cpuUserUs: sum(({ cpuUserUs }) => cpuUserUs),
    cpuSystemUs: sum(({ cpuSystemUs }) => cpuSystemUs),
    eventLoopUtilization: Math.max(...blocks.map(({ eventLoopUtilization }) => eventLoopUtilization)),
    ...mostOf(blocks, optionalVitals),
    gcMs: sum(({ gcMs }) => gcMs),
    speedControlMs: [
      sum(({ speedControlMs }) => speedControlMs[0]) / blocks.length,
      sum(({ speedControlMs }) => speedControlMs[1]) / blocks.length,
    ],
  }
}

/** A process in which none had to be aborted was answered to the end. */
function lastAnswerOf(blocks: readonly MeasuredBlock[]): Pick<MeasuredBlock, 'lastAnswerMs'> {
  const times = blocks.flatMap(({ lastAnswerMs }) => lastAnswerMs ?? [])
  return times.length < blocks.length ? {} : { lastAnswerMs: Math.max(...times) }
}

function mergeSteps(blocks: readonly MeasuredBlock[]): Pick<MeasuredBlock, 'steps'> {
  const steps = groupSteps(blocks).map(({ services, ...step }) => ({
    ...step,
    service: Histogram.merge(services).encode(),
  }))
  return steps.length === 0 ? {} : { steps }
}

const optionalVitals = [
  'eventLoopDelayP99Us',
  'eventLoopDelayMaxUs',
  'cpuStealShare',
  'cpuIdleShare',
  'timeWaitSockets',
  'localPorts',
] as const satisfies readonly (keyof MeasuredBlock)[]

/** The highest of each, where any of the processes could tell it. */
function mostOf<Name extends (typeof optionalVitals)[number]>(
  blocks: readonly MeasuredBlock[],
  names: readonly Name[],
): Pick<MeasuredBlock, Name> {
  const found = names.flatMap((name) => {
    const values = blocks.flatMap((block) => block[name] ?? [])
    return values.length === 0 ? [] : [[name, Math.max(...values)]]
  })
  return Object.fromEntries(found) as Pick<MeasuredBlock, Name>
}

function spanOf(shards: readonly MeasuredShard[]): number {
  const startMs = Math.min(...shards.map(({ startedAtMs }) => startedAtMs))
  return Math.max(...shards.map(({ startedAtMs, block }) => startedAtMs + block.elapsedMs)) - startMs
}

function meanWorkMs(shards: readonly MeasuredShard[]): number {
  if (shards.some(({ workers }) => workers === undefined)) return spanOf(shards)
  const sum = (value: (shard: MeasuredShard, workers: number) => number) =>
    sumOf(shards, (shard) => value(shard, shard.workers ?? 0))
  return sum(({ block }, workers) => block.workMs * workers) / sum((_, workers) => workers)
}

function mergeOpenLoops(blocks: readonly MeasuredBlock[]): MeasuredBlock['openLoop'] {
  const open = blocks.flatMap(({ openLoop }) => openLoop ?? [])
  if (open.length === 0) return undefined
  return {
    intended: sumOf(open, ({ intended }) => intended),
    dropped: sumOf(open, ({ dropped }) => dropped),
    ...(open[0]?.scheduleMs !== undefined && { scheduleMs: Math.max(...open.map(({ scheduleMs = 0 }) => scheduleMs)) }),
    response: Histogram.merge(open.map(({ response }) => response)).encode(),
    dispatchDelay: Histogram.merge(open.map(({ dispatchDelay }) => dispatchDelay)).encode(),
  }
}

function mergeElsewhere(blocks: readonly MeasuredBlock[]): Pick<MeasuredBlock, 'elsewhere'> {
  const places = new Set(blocks.flatMap(({ elsewhere = [] }) => elsewhere))
  return places.size === 0 ? {} : { elsewhere: [...places] }
}

/** Of each count that any of them has. */
function sumCounts<Counts extends Readonly<Record<string, number | undefined>>>(all: readonly Counts[]): Counts {
  const names = new Set(all.flatMap((counts) => Object.keys(counts)))
  const sums = [...names].map((name) => [name, sumOf(all, (counts) => counts[name] ?? 0)])
  return Object.fromEntries(sums) as Counts
}
