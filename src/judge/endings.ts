import * as z from 'zod'
import { durationMs } from '../sample/duration-ms.ts'
import { steadinessStates } from '../statistics/steadiness.ts'

// `bound reached`: as many rounds or generations as the user asked for.
const onItsOwn = ['decided', 'last look taken', 'budget ended', 'bound reached', 'interrupted'] as const
// `stopped`: for the sake of a server.
const forAReason = ['too short', 'failed', 'stopped'] as const

/** How the measuring of a comparison ended, as a run says it: what did not end on its own has its reason. */
export const toldEndSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.enum(onItsOwn) }),
  z.strictObject({ state: z.enum(forAReason), message: z.string() }),
])
export type ComparisonEnd = Readonly<z.infer<typeof toldEndSchema>>

/** The same as documents say it. */
export const comparisonEndSchema = z.strictObject({
  state: z.enum([...onItsOwn, ...forAReason]),
  message: z.string().optional(),
})

/** How an arm's warm-up ended, in one generation. */
export const warmUpSchema = z.strictObject({
  arm: z.string(),
  generation: z.int().min(0),
  elapsedMs: durationMs,
  state: z.enum(steadinessStates).describe("'too few' pieces to tell"),
  changePercent: z.number().exactOptional().describe('of throughput, or of p50 in an open loop, over the last pieces'),
})
export type WarmUpReport = z.infer<typeof warmUpSchema>
