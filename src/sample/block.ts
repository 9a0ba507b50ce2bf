import * as z from 'zod'
import { durationMs } from './duration-ms.ts'
import { histogramUnits } from './histogram.ts'
import { failureCodes } from './outcome.ts'
import { blockPhasesSchema } from './phases.ts'

const count = z.int().min(0)

/** Counts taken from the wire by the client's own process, whatever client library made the traffic. */
export const wireCountsSchema = z.strictObject({
  connectionsOpened: count.describe('TCP connections established'),
  handshakesFull: count.describe('TLS handshakes without a resumed session'),
  handshakesResumed: count.describe('TLS handshakes that resumed an earlier session'),
  requests: count.describe('HTTP requests sent; redirects and resends count each'),
  bytesSent: count.describe('bytes written to sockets; inside TLS, before encryption'),
  bytesReceived: count.describe('bytes read from sockets; inside TLS, after decryption'),
})
export type WireCounts = z.infer<typeof wireCountsSchema>

export const wireCountNames = Object.keys(wireCountsSchema.shape) as (keyof WireCounts)[]

/**
 * What of it a server can be compared on, block by block, when bytes are not the requests' alone: proxies add some and
 * rewrite heads, and HTTP/2 sends frames of its own whenever it likes.
 */
export const countsButBytes: readonly (keyof WireCounts)[] = wireCountNames.filter(
  (name) => name !== 'bytesSent' && name !== 'bytesReceived',
)

/**
 * The connections that a block's requests went over and that no earlier measured block had used. A pool's connections are
 * opened in the warm-up: summed over blocks, this is what the measured requests needed, whenever it was paid.
 */
export const carrierCountsSchema = z.strictObject({
  connections: count,
  handshakesFull: count,
  handshakesFullTls12: count
    .optional()
    .describe('of the full ones those in TLS 1.2 or older, which take two round trips; absent when there were none'),
  handshakesResumed: count,
})
export type CarrierCounts = z.infer<typeof carrierCountsSchema>

export const failureSummarySchema = z.strictObject({
  code: z.enum(failureCodes),
  status: z.int().optional().describe('for `status`: which one'),
  count: count.min(1),
  message: z.string().describe('words of the first such error in the block'),
  url: z.string().optional().describe('what the first such error was about, without userinfo and query'),
})
export type FailureSummary = z.infer<typeof failureSummarySchema>

/** One count on which the client and the fixture server's ledger differ. */
const disagreementSchema = z.strictObject({
  count: wireCountsSchema.keyof(),
  client: count,
  server: count,
})
export type Disagreement = z.infer<typeof disagreementSchema>

const perStep = z.array(z.number().min(0))

const courseSchema = z.strictObject({
  stepMs: z.number().positive(),
  places: count.describe('iterations that the client can have on their way at a time'),
  arrived: perStep.describe('due in each step, sent or not'),
  succeeded: perStep.describe('ended well in each step, whenever they were due'),
  failed: perStep,
  usedMs: perStep.describe('time of places that had an iteration under way'),
})
/** What came and what ended while an open loop went on. */
export type Course = z.infer<typeof courseSchema>

const openLoopSchema = z.strictObject({
  intended: count.describe('arrivals that were due'),
  dropped: count.describe('arrivals that found maxInFlight iterations under way and were not sent'),
  response: z
    .string()
    .describe('intended start to end of successful iterations, µs: HdrHistogram V2 compressed, base64'),
  dispatchDelay: z.string().describe('intended to actual start of all iterations'),
  scheduleMs: z
    .number()
    .min(0)
    .optional()
    .describe(
      'over how long arrivals were due; sending them took `workMs`, which is longer where the generator fell behind',
    ),
  course: courseSchema.optional().describe('step by step; only when it was asked for'),
})

const stepSchema = z.strictObject({
  name: z.string(),
  succeeded: count,
  failed: count,
  service: z.string().describe('start to end of those that succeeded, µs: HdrHistogram V2 compressed, base64'),
})
export type BlockStep = z.infer<typeof stepSchema>

const machineVitalsFields = {
  cpuStealShare: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("share of all CPUs' time that the hypervisor gave to others; absent where the system does not tell"),
  cpuIdleShare: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("share of all CPUs' time that nobody used; absent where the system does not tell"),
  timeWaitSockets: count.optional().describe('sockets in TIME_WAIT at the end of the block, on the whole machine'),
  localPorts: count.optional().describe('local ports that the system gives to connections'),
}

const stageSchema = z.strictObject({
  workMs: durationMs.describe('how long it lasted, or sending took where that was longer'),
  intended: count.describe('arrivals that were due in it'),
  dropped: count,
  succeeded: count.describe('of those that were due in it, whenever they ended'),
  failed: count,
  response: z.string().describe('as in openLoop, of the arrivals that were due in it'),
  service: z.string(),
  dispatchDelay: z.string(),
})
/** What became of the arrivals that were due in one stage of an open loop. */
export type MeasuredStage = z.infer<typeof stageSchema>

/** What an arm's process measures in one block. Plain data: it crosses processes and goes into files as it is. */
const measuredBlockSchema = z.strictObject({
  startedAt: z.iso.datetime(),
  elapsedMs: durationMs.describe('from the first start to the last end'),
  workMs: durationMs.describe('the time that iterations had: what throughput is divided by'),
  succeeded: count.describe('iterations'),
  failed: count.describe('iterations'),
  untimed: count
    .optional()
    .describe('of those that succeeded, how many ran while queues were filling or emptying: counted, and not timed'),
  failures: z.array(failureSummarySchema),
  service: z.string().describe('start to end of successful iterations, µs: HdrHistogram V2 compressed, base64'),
  failedService: z.string().describe('the same of failed iterations'),
  steps: z.array(stepSchema).optional().describe('named parts of iterations; absent when there were none'),
  openLoop: openLoopSchema.optional().describe('what only an open loop has'),
  stages: z
    .array(stageSchema)
    .optional()
    .describe("in the order of the workload's stages; absent when the rate stays, and in warm-up"),
  histogramUnit: z
    .enum(histogramUnits)
    .optional()
    .describe('unit of the values in the histograms when it is not µs; every other field says its own'),
  inFlightMs: z
    .number()
    .min(0)
    .optional()
    .describe('iterations under way, integrated over time; absent for engines that do not count them'),
  lastAnswerMs: z
    .number()
    .min(0)
    .optional()
    .describe(
      'ms into the block at which an iteration last ended by itself, 0 for none; absent when none had to be aborted',
    ),
  phases: blockPhasesSchema.optional().describe('where the time went; only when phases were asked for'),
  p50Us: z.number().min(0).describe('percentiles of latency; 0 when no iteration succeeded'),
  p90Us: z.number().min(0),
  p99Us: z.number().min(0),
  wire: wireCountsSchema,
  loadRequests: count
    .optional()
    .describe('requests of the iterations, when making and closing variants and users sent others'),
  newCarriers: carrierCountsSchema,
  elsewhere: z
    .array(z.string())
    .optional()
    .describe('where connections that carried something led, other than to the target: some of them; absent for none'),
  unconnected: count.optional().describe('sockets that ended before they were connected, as far as the client knew'),
  unanswered: count.describe('requests that ended without their answer: given up by the client, or lost'),
  cpuUserUs: z.number().min(0).describe('CPU time of the arm process, µs'),
  cpuSystemUs: z.number().min(0),
  eventLoopUtilization: z
    .number()
    .min(0)
    .max(1)
    .describe('share of the time that the event loop had work; spinning until an arrival is due is none'),
  eventLoopDelayP99Us: z.number().min(0).optional().describe('how late timers were, µs; known to the ms'),
  eventLoopDelayMaxUs: z.number().min(0).optional(),
  ...machineVitalsFields,
  gcMs: durationMs.describe('time in garbage collection pauses'),
  speedControlMs: z.tuple([z.number(), z.number()]).describe('a fixed piece of work, timed before and after the block'),
})
export type MeasuredBlock = z.infer<typeof measuredBlockSchema>

/** A measured block, and its place in the comparison. */
export const blockSchema = measuredBlockSchema.extend({
  arm: z.string(),
  generation: count,
  round: count,
  position: count.describe('place within the round: with k arms 0 to 2k − 1'),
  disagreements: z
    .array(disagreementSchema)
    .optional()
    .describe('where the ledger differs; empty when all agree, absent when the target has no ledger'),
  server: z
    .strictObject({
      cpuUserUs: z.number().min(0),
      cpuSystemUs: z.number().min(0),
      eventLoopUtilization: z.number().min(0).max(1).describe('of the busiest serving thread'),
    })
    .optional()
    .describe("the fixture server's own; its CPU time includes its links' and the reading of the ledger"),
})
export type Block = z.infer<typeof blockSchema>

/** Iterations per second: in a closed loop what the workers complete while they work, in an open loop what was held. */
export function throughputPerSecond(block: Pick<MeasuredBlock, 'succeeded' | 'untimed' | 'workMs'>): number {
  return block.workMs === 0 ? 0 : (timedOf(block) * 1_000) / block.workMs
}

/** Iterations that succeeded and were timed. */
export function timedOf({ succeeded, untimed = 0 }: Pick<MeasuredBlock, 'succeeded' | 'untimed'>): number {
  return succeeded - untimed
}

/** Requests that iterations sent: what the time and the CPU of the load are for. */
export function loadRequestsOf({ loadRequests, wire }: Pick<MeasuredBlock, 'loadRequests' | 'wire'>): number {
  return loadRequests ?? wire.requests
}

/** The histogram that "latency" means: response time in an open loop, service time in a closed one, which has no other. */
export function latencyOf(block: Pick<MeasuredBlock, 'service' | 'openLoop'>): string {
  return block.openLoop?.response ?? block.service
}
