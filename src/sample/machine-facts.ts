import * as z from 'zod'

const us = z.number().describe('µs')
const lateSchema = z.strictObject({ p50: us, p99: us })
export type LateUs = z.infer<typeof lateSchema>

/** What the clock and the timers of a process are worth, idle. */
export const clockFactsSchema = z.strictObject({
  resolutionNs: z.number().describe('smallest step of the clock of all times'),
  readNs: z.number().describe('what reading it takes'),
  sleepLateUs: z.strictObject({ after1Ms: lateSchema, after10Ms: lateSchema }).describe('how late timers end'),
  spinLateUs: lateSchema.describe('how late the pacer of the open loop ends a wait'),
  turnUs: lateSchema.describe('one turn of the event loop'),
})
export type ClockFacts = z.infer<typeof clockFactsSchema>

/** One percentile as the engine reports it, beside the log of what was done and the law that it was drawn from. */
export const selfErrorRowSchema = z.strictObject({ percent: z.number(), reportedUs: us, loggedUs: us, lawUs: us })
export type SelfErrorRow = z.infer<typeof selfErrorRowSchema>
