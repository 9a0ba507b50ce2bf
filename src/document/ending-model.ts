import * as z from 'zod'
import type { ComparisonEnd, WarmUpReport } from '../judge/endings.ts'
import { durationMs } from '../sample/duration-ms.ts'
import type { LocalReading } from '../sample/local-reading.ts'

const count = z.int().min(0)
const onItsOwn = ['decided', 'last look taken', 'budget ended', 'bound reached', 'interrupted'] as const
const forAReason = ['too short', 'failed', 'stopped'] as const

/** How the measuring of a comparison ended, as documents say it. */
export const comparisonEndSchema = z.strictObject({
  state: z.enum([...onItsOwn, ...forAReason]),
  message: z.string().optional(),
})

/** The same as a run says it: what did not end on its own has its reason. */
export const toldEndSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.enum(onItsOwn) }),
  z.strictObject({ state: z.enum(forAReason), message: z.string() }),
]) satisfies z.ZodType<ComparisonEnd>

export const warmUpReportSchema = z.strictObject({
  arm: z.string(),
  generation: count,
  elapsedMs: durationMs,
  state: z.enum(['steady', 'unsteady', 'too few']).describe("'too few' pieces to tell"),
  changePercent: z.number().exactOptional().describe('of throughput, or of p50 in an open loop, over the last pieces'),
}) satisfies z.ZodType<WarmUpReport>

export const localReadingSchema = z.strictObject({
  arm: z.string(),
  p50Us: z.number(),
  lateMs: z.number(),
}) satisfies z.ZodType<LocalReading>
