import * as z from 'zod'
import type { UsageError } from '../bench-error.ts'
import { defined } from '../session/defined.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { expected, readDuration, readNumber } from './read-values.ts'

/**
 * A stretch of an open loop. `arrivalRate` alone is held; `rampTo` goes there evenly, from `arrivalRate` or from where the
 * stage before it ended. Rates are iterations per second, 0 (a pause) to 100,000; a stage takes 1 ms to 1 h.
 *
 * @example
 * [{ durationMs: 5_000, arrivalRate: 0, rampTo: 200 }, { durationMs: 20_000, arrivalRate: 200 }, { durationMs: 5_000, rampTo: 0 }]
 */
export type Stage =
  | { readonly durationMs: number; readonly arrivalRate: number; readonly rampTo?: never }
  | { readonly durationMs: number; readonly rampTo: number; readonly arrivalRate?: number | undefined }

/** A stretch of an open loop whose rate goes evenly from one value to another. */
export interface RateStage {
  readonly durationMs: number
  /** Iterations per second at its start and end: equal ones hold, others ramp. */
  readonly fromRate: number
  readonly toRate: number
}

const stageLimits = Object.freeze({
  /** Each has histograms of its own, in every block. */
  mostStages: 32,
  /** The whole profile, which every block runs. */
  longestMs: 3_600_000,
  highestRate: 100_000,
})

const { mostStages, longestMs, highestRate } = stageLimits
const rate = z.number().min(0).max(highestRate)
const stageSchema = z
  .strictObject({
    durationMs: z.number().min(1).max(longestMs),
    arrivalRate: rate.optional(),
    rampTo: rate.optional(),
  })
  .refine(({ arrivalRate, rampTo }) => arrivalRate !== undefined || rampTo !== undefined, {
    error: 'expected a rate: arrivalRate to hold it, rampTo to go there',
  })

/** Shared with the options of a run, which may replace the scenario's. */
export const stagesSchema = z
  .array(stageSchema)
  .min(1, 'expected at least one stage')
  .max(mostStages, `expected at most ${mostStages} stages`)
  .superRefine((stages, { addIssue }) => {
    for (const message of findStageProblems(stages as Stage[])) addIssue({ code: 'custom', ...message })
  })

/** What one stage cannot see: where the first ramp starts, how long all take, whether anything arrives. */
function findStageProblems(stages: readonly Stage[]): { path: (string | number)[]; message: string }[] {
  const [first] = stages
  if (first !== undefined && first.arrivalRate === undefined) {
    const message = `a ramp to ${first.rampTo} needs a rate to start from, and no stage is before it; give arrivalRate too (--stage 10s:0..${first.rampTo})`
    return [{ path: [0, 'arrivalRate'], message }]
  }
  const resolved = resolveStages(stages)
  const totalMs = totalDurationMs(resolved)
  if (totalMs > longestMs) {
    return [{ path: [], message: `expected at most ${longestMs / 60_000} min in all, got ${totalMs / 60_000} min` }]
  }
  const arrivals = (meanRate(resolved) * totalMs) / 1_000
  if (arrivals >= 1) return []
  return [{ path: [], message: `nothing arrives: expected rates that make at least one arrival, got ${arrivals}` }]
}

/** Every stage with the rate that it starts from. */
export function resolveStages(stages: readonly Stage[]): RateStage[] {
  let endRate = 0
  return stages.map(({ durationMs, arrivalRate, rampTo }) => {
    const fromRate = arrivalRate ?? endRate
    endRate = rampTo ?? fromRate
    return { durationMs, fromRate, toRate: endRate }
  })
}

export function totalDurationMs(stages: readonly RateStage[]): number {
  return sumOf(stages, ({ durationMs }) => durationMs)
}

/** Iterations per second over the whole profile. */
export function meanRate(stages: readonly RateStage[]): number {
  const totalMs = totalDurationMs(stages)
  const arrivals = sumOf(stages, ({ durationMs, fromRate, toRate }) => ((fromRate + toRate) / 2) * durationMs)
  return totalMs === 0 ? 0 : arrivals / totalMs
}

/** `10s:200` (held), `10s:0..200` (a ramp) or `10s:->200` (a ramp from where the stage before it ended). */
export function readStage(text: string): Stage {
  const [, time = '', load = ''] = /^([^:]*):(.*)$/.exec(text) ?? []
  const [from, to, ...rest] = load.startsWith('->') ? [undefined, load.slice(2)] : load.split('..')
  if (load === '' || rest.length > 0) throw expectedStage(text)
  const durationMs = readDuration(time)
  const readRate = (rate: string) => readNumber(rate, 0, stageLimits.highestRate)
  if (to === undefined) return { durationMs, arrivalRate: readRate(from ?? '') }
  return {
    durationMs,
    rampTo: readRate(to),
    ...defined({ arrivalRate: from === undefined ? undefined : readRate(from) }),
  }
}

function expectedStage(text: string): UsageError {
  return expected(
    'a stage such as 10s:200 (held), 10s:0..200 (a ramp) or 10s:->200 (a ramp from the stage before)',
    text,
  )
}
