import * as z from 'zod'
import { sumOf } from '../statistics/sum-of.ts'
import { latencySchema, mergeEncoded, summarizeEncoded } from './histogram.ts'

const count = z.int().min(0)
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

/** What only an open loop has, of one block. */
export const openLoopSchema = z.strictObject({
  intended: count.describe('arrivals that were due'),
  dropped: count.describe('arrivals that found maxInFlight iterations under way and were not sent'),
  response: z
    .string()
    .describe('intended start to end of successful iterations, µs: HdrHistogram V2 compressed, base64'),
  dispatchDelay: z.string().describe('from when iterations were due to when the schedule came to them'),
  scheduleMs: z
    .number()
    .min(0)
    .optional()
    .describe(
      'over how long arrivals were due; sending them took `workMs`, which is longer where the generator fell behind',
    ),
  course: courseSchema.optional().describe('step by step; only when it was asked for'),
})
type MeasuredOpenLoop = z.infer<typeof openLoopSchema>

/** The same of all blocks of an arm. */
export const openLoopFigureSchema = z.strictObject({
  intended: count,
  dropped: count,
  dispatchDelay: latencySchema,
  sentPerSecond: z.number(),
  rateHeld: z.number().optional().describe('the rate sent by the rate at which arrivals were due'),
})

/** Of processes that shared a block: each had its own part of the arrivals. A course is of one process only. */
export function mergeOpenLoops(all: readonly (MeasuredOpenLoop | undefined)[]): MeasuredOpenLoop | undefined {
  const open = all.flatMap((loop) => loop ?? [])
  if (open.length === 0) return undefined
  const schedules = open.flatMap(({ scheduleMs }) => scheduleMs ?? [])
  return {
    intended: sumOf(open, ({ intended }) => intended),
    dropped: sumOf(open, ({ dropped }) => dropped),
    ...(schedules.length > 0 && { scheduleMs: Math.max(...schedules) }),
    response: mergeEncoded(open.map(({ response }) => response)),
    dispatchDelay: mergeEncoded(open.map(({ dispatchDelay }) => dispatchDelay)),
  }
}

interface OpenBlock {
  readonly value: MeasuredOpenLoop | undefined
  readonly block: { readonly workMs: number }
}

/** Of an arm's blocks; undefined when none was of an open loop. */
export function summarizeOpenLoops(all: readonly OpenBlock[]): z.infer<typeof openLoopFigureSchema> | undefined {
  const open = all.flatMap(({ value }) => value ?? [])
  if (open.length === 0) return undefined
  const intended = sumOf(open, (block) => block.intended)
  const dropped = sumOf(open, (block) => block.dropped)
  const workMs = sumOf(all, ({ block }) => block.workMs)
  const dispatchDelay = summarizeEncoded(open.map((block) => block.dispatchDelay))
  // A record of an earlier version does not tell: what it sent it sent in time, as far as is known.
  const scheduleMs = sumOf(all, ({ value, block }) => value?.scheduleMs ?? block.workMs)
  const rateHeld = intended === 0 || workMs === 0 ? 0 : ((intended - dropped) / intended) * (scheduleMs / workMs)
  const sentPerSecond = ((intended - dropped) * 1_000) / workMs
  return { intended, dropped, dispatchDelay, sentPerSecond, rateHeld }
}
