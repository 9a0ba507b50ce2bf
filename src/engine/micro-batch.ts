import type { Clock } from '../probe/clock.ts'
import type { MicroCall } from '../scenario/engines.ts'

/** Calls one after another, timed as one. */
export interface MicroBatch {
  /** All calls together. */
  readonly ms: number
  readonly calls: number
  readonly errors: readonly unknown[]
}

/** Runs a batch of so many calls; the calls of all batches are numbered through. */
export type RunBatch = (calls: number) => MicroBatch | Promise<MicroBatch>

/**
 * What calls returned. An array that is written at changing places keeps their work alive: were results dropped, or each
 * overwritten in one place, the compiler could leave out whatever made them.
 */
const kept: unknown[] = new Array(64).fill(undefined)
const lastPlace = kept.length - 1

/** For a function that returns its result. A call that throws is kept as an error, and the next one made. */
export function makeSyncBatch(call: MicroCall, clock: Clock): RunBatch {
  let next = 0
  return (calls) => {
    const errors: unknown[] = []
    const end = next + calls
    const beginMs = clock.nowMs()
    while (next < end) {
      try {
        for (; next < end; next++) kept[next & lastPlace] = call(next)
      } catch (error) {
        errors.push(error)
        next++
      }
    }
    return { ms: clock.nowMs() - beginMs, calls, errors }
  }
}

/** For a function that returns a promise: each is awaited before the next call. */
export function makeAsyncBatch(call: MicroCall, clock: Clock): RunBatch {
  let next = 0
  return async (calls) => {
    const errors: unknown[] = []
    const end = next + calls
    const beginMs = clock.nowMs()
    while (next < end) {
      try {
        for (; next < end; next++) kept[next & lastPlace] = await call(next)
      } catch (error) {
        errors.push(error)
        next++
      }
    }
    return { ms: clock.nowMs() - beginMs, calls, errors }
  }
}
