import * as z from 'zod'
import { durationMs } from './duration-ms.ts'
import { histogramUnits } from './histogram.ts'
import { openLoopSchema } from './open-loop.ts'
import { wireCountsSchema } from './wire-counts.ts'

const count = z.int().min(0)

/** The fields of a block that other ones are weighed by, or read together with. */
export const coreFields = {
  elapsedMs: durationMs.describe('from the first start to the last end'),
  workMs: durationMs.describe('the time that iterations had: what throughput is divided by'),
  succeeded: count.describe('iterations'),
  untimed: count
    .optional()
    .describe('of those that succeeded, how many ran while queues were filling or emptying: counted, and not timed'),
  service: z.string().describe('start to end of successful iterations, µs: HdrHistogram V2 compressed, base64'),
  openLoop: openLoopSchema.optional().describe('what only an open loop has'),
  histogramUnit: z
    .enum(histogramUnits)
    .optional()
    .describe('unit of the values in the histograms when it is not µs; every other field says its own'),
  wire: wireCountsSchema,
  loadRequests: count
    .optional()
    .describe('requests of the iterations, when making and closing variants and users sent others'),
  cpuUserUs: z.number().min(0).describe('CPU time of the arm process, µs'),
  cpuSystemUs: z.number().min(0),
}
export type BlockCore = z.infer<z.ZodObject<typeof coreFields>>

/** Iterations per second: in a closed loop what the workers complete while they work, in an open loop what was held. */
export function throughputPerSecond(block: Pick<BlockCore, 'succeeded' | 'untimed' | 'workMs'>): number {
  return block.workMs === 0 ? 0 : (timedOf(block) * 1_000) / block.workMs
}

/** Iterations that succeeded and were timed. */
export function timedOf({ succeeded, untimed = 0 }: Pick<BlockCore, 'succeeded' | 'untimed'>): number {
  return succeeded - untimed
}

/** Requests that iterations sent: what the time and the CPU of the load are for. */
export function loadRequestsOf({ loadRequests, wire }: Pick<BlockCore, 'loadRequests' | 'wire'>): number {
  return loadRequests ?? wire.requests
}

/** The histogram that "latency" means: response time in an open loop, service time in a closed one, which has no other. */
export function latencyOf(block: Pick<BlockCore, 'service' | 'openLoop'>): string {
  return block.openLoop?.response ?? block.service
}
