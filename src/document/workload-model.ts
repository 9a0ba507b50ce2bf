import * as z from 'zod'
import { durationMs } from '../sample/duration-ms.ts'

const number = z.number()
const count = z.int().min(0)

/** How iterations were started, as the results document says it. */
export const workloadSchema = z.discriminatedUnion('model', [
  z.strictObject({
    model: z.literal('closed'),
    concurrency: count,
    thinkTimeMs: z
      .union([number, z.strictObject({ minMs: number, maxMs: number }), z.strictObject({ meanMs: number })])
      .exactOptional()
      .describe("each worker's pause after an iteration: fixed, uniform or exponential"),
    iterations: count.exactOptional().describe('of each block; absent when blocks have a length of time'),
    maxDurationMs: durationMs.exactOptional().describe('bounds a block of iterations'),
    iterationTimeoutMs: durationMs,
  }),
  z.strictObject({
    model: z.literal('open'),
    engine: z.literal('raw').exactOptional().describe('absent: iterations of a client'),
    arrivalRate: number.describe('with stages their mean'),
    stages: z
      .array(z.strictObject({ durationMs, fromRate: number, toRate: number }))
      .readonly()
      .exactOptional()
      .describe(
        'what every block ran, from start to end: rates in iterations per second, each going evenly to its end',
      ),
    arrivals: z.enum(['constant', 'poisson']),
    maxInFlight: count,
    iterationTimeoutMs: durationMs,
  }),
  z.strictObject({ model: z.literal('raw'), iterationTimeoutMs: durationMs }),
  z.strictObject({ model: z.literal('autocannon'), iterationTimeoutMs: durationMs }),
  z.strictObject({ model: z.literal('micro'), iterationTimeoutMs: durationMs }),
])
