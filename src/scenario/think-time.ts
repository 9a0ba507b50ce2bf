import * as z from 'zod'
import type { UsageError } from '../bench-error.ts'
import { expected, readDuration } from './read-values.ts'

const pauseMs = z.number().min(0).max(600_000)

export const pauseSchema = z.union([
  pauseMs,
  z
    .strictObject({ minMs: pauseMs, maxMs: pauseMs })
    .readonly()
    .refine(({ minMs, maxMs }) => minMs <= maxMs, { error: 'expected minMs to be at most maxMs' }),
  z.strictObject({ meanMs: pauseMs }).readonly(),
])

/**
 * A pause in milliseconds: always the same, uniform between two limits, or exponential with a mean. Drawn from the run's
 * seed.
 */
export type ThinkTime = z.output<typeof pauseSchema>

/** `500ms`, `200ms-1s` (uniform) or `exp:500ms` (exponential, by its mean). */
export function readThinkTime(text: string): ThinkTime {
  const [, exponential, first = '', last] = /^(exp:)?([^-]+)(?:-([^-]+))?$/.exec(text) ?? []
  if (first === '' || (exponential !== undefined && last !== undefined)) throw expectedThinkTime(text)
  if (exponential !== undefined) return { meanMs: readDuration(first) }
  if (last === undefined) return readDuration(first)
  const range = { minMs: readDuration(first), maxMs: readDuration(last) }
  if (range.minMs > range.maxMs) throw expectedThinkTime(text)
  return range
}

function expectedThinkTime(text: string): UsageError {
  return expected('a pause such as 500ms, a range from the shorter to the longer as 200ms-1s, or exp:500ms', text)
}
