import { sumOf } from '../statistics/sum-of.ts'
import {
  type Block,
  type CarrierCounts,
  type FailureSummary,
  latencyOf,
  loadRequestsOf,
  throughputPerSecond,
  timedOf,
  type WireCounts,
  wireCountNames,
} from './block.ts'
import { makeFailureTally } from './failure-tally.ts'
import { groupSteps } from './group-steps.ts'
import { Histogram, type HistogramUnit, type LatencySummary, summarizeHistogram } from './histogram.ts'
import { type StageSummary, summarizeStages } from './stages.ts'
import { type PhaseSummary, summarizePhases } from './summarize-phases.ts'
import { summarizeVitals, type VitalsSummary } from './summarize-vitals.ts'

/** All blocks of one arm taken together. Latencies in µs of successful iterations; NaN never, 0 when there are none. */
export interface ArmSummary extends VitalsSummary {
  readonly arm: string
  readonly blocks: number
  readonly succeeded: number
  readonly failed: number
  readonly failures: readonly FailureSummary[]
  readonly throughputPerSecond: number
  /** Response time in an open loop, service time in a closed one. */
  readonly latency: LatencySummary
  readonly service: LatencySummary
  readonly failedService: LatencySummary
  readonly wire: WireCounts
  /** Connections that carried the measured requests, and their handshakes, wherever they were opened. */
  readonly carriers: CarrierCounts
  /** Requests of the iterations alone. */
  readonly loadRequests: number
  readonly cpuUsPerRequest: number
  readonly eventLoopUtilization: number
  /** Named parts of iterations, in the order in which they first came up. */
  readonly steps?: readonly StepSummary[]
  readonly openLoop?: OpenLoopSummary
  /** In the order of the workload's stages. */
  readonly stages?: readonly StageSummary[]
  /** Unit of the values in the encoded histograms when it is not µs. */
  readonly histogramUnit?: HistogramUnit
  /** Only when phases were asked for. */
  readonly phases?: PhaseSummary
}

interface StepSummary {
  readonly name: string
  readonly succeeded: number
  readonly failed: number
  /** Of those that succeeded. */
  readonly service: LatencySummary
}

interface OpenLoopSummary {
  readonly intended: number
  readonly dropped: number
  readonly dispatchDelay: LatencySummary
  /** Arrivals per second that were sent, of those intended. */
  readonly sentPerSecond: number
  /** By the rate at which arrivals were due. */
  readonly rateHeld: number
}

/** Merges an arm's blocks: histograms exactly, counters by sum, rates by their time-weighted mean. */
export function summarizeArm(arm: string, blocks: readonly Block[]): ArmSummary {
  const sum = (value: (block: Block) => number) => sumOf(blocks, value)
  const succeeded = sum((block) => block.succeeded)
  const requests = sum(loadRequestsOf)
  const elapsedMs = sum((block) => block.elapsedMs)
  const histogramUnit = blocks[0]?.histogramUnit
  const phases = summarizePhases(blocks)
  const stages = summarizeStages(blocks.flatMap((block) => (block.stages === undefined ? [] : [block.stages])))
  return {
    arm,
    blocks: blocks.length,
    succeeded,
    failed: sum((block) => block.failed),
    failures: mergeFailures(blocks),
    throughputPerSecond: throughputPerSecond({ succeeded: sum(timedOf), workMs: sum((block) => block.workMs) }),
    latency: summarizeLatency(blocks.map(latencyOf), histogramUnit),
    service: summarizeLatency(
      blocks.map((block) => block.service),
      histogramUnit,
    ),
    failedService: summarizeLatency(
      blocks.map((block) => block.failedService),
      histogramUnit,
    ),
    wire: mergeWire(blocks),
    carriers: {
      connections: sum((block) => block.newCarriers.connections),
      handshakesFull: sum((block) => block.newCarriers.handshakesFull),
      ...(blocks.some(({ newCarriers }) => newCarriers.handshakesFullTls12 !== undefined) && {
        handshakesFullTls12: sum((block) => block.newCarriers.handshakesFullTls12 ?? 0),
      }),
      handshakesResumed: sum((block) => block.newCarriers.handshakesResumed),
    },
    loadRequests: requests,
    cpuUsPerRequest: requests === 0 ? 0 : sum((block) => block.cpuUserUs + block.cpuSystemUs) / requests,
    eventLoopUtilization:
      elapsedMs === 0 ? 0 : sum((block) => block.eventLoopUtilization * block.elapsedMs) / elapsedMs,
    ...summarizeVitals(blocks, requests),
    ...summarizeSteps(blocks),
    ...summarizeOpenLoop(blocks),
    ...(stages && { stages }),
    ...(histogramUnit && { histogramUnit }),
    ...(phases !== undefined && { phases }),
  }
}

function summarizeSteps(blocks: readonly Block[]): Pick<ArmSummary, 'steps'> {
  const steps = groupSteps(blocks).map(({ services, ...step }) => ({ ...step, service: summarizeLatency(services) }))
  return steps.length === 0 ? {} : { steps }
}

function summarizeOpenLoop(blocks: readonly Block[]): Pick<ArmSummary, 'openLoop'> {
  const open = blocks.flatMap(({ openLoop }) => openLoop ?? [])
  if (open.length === 0) return {}
  const intended = sumOf(open, (block) => block.intended)
  const dropped = sumOf(open, (block) => block.dropped)
  const workMs = sumOf(blocks, (block) => block.workMs)
  const dispatchDelay = summarizeLatency(open.map((block) => block.dispatchDelay))
  // A record of an earlier version does not tell: what it sent it sent in time, as far as is known.
  const scheduleMs = sumOf(blocks, (block) => block.openLoop?.scheduleMs ?? block.workMs)
  const rateHeld = intended === 0 || workMs === 0 ? 0 : ((intended - dropped) / intended) * (scheduleMs / workMs)
  const sentPerSecond = ((intended - dropped) * 1_000) / workMs
  return { openLoop: { intended, dropped, dispatchDelay, sentPerSecond, rateHeld } }
}

function summarizeLatency(encoded: readonly string[], unit?: HistogramUnit): LatencySummary {
  return summarizeHistogram(Histogram.merge(encoded, unit))
}

function mergeWire(blocks: readonly Block[]): WireCounts {
  const sums = wireCountNames.map((name) => [name, sumOf(blocks, ({ wire }) => wire[name])])
  return Object.fromEntries(sums) as WireCounts
}

/** Failures by code and status, the most frequent first. */
export function mergeFailures(blocks: readonly Pick<Block, 'failures'>[]): FailureSummary[] {
  const merged = makeFailureTally()
  for (const { count, ...failure } of blocks.flatMap((block) => block.failures)) merged.add(failure, count)
  return merged.read()
}
