import { classifyFailure } from '../sample/outcome.ts'
import type { RunIteration } from '../scenario/define.ts'
import type { Clock } from './clock.ts'
import type { Outcomes } from './outcomes.ts'
import type { PhaseTracer } from './phase-tracer.ts'
import { settleResult } from './settle-result.ts'

/** A place for one iteration at a time, with a signal of its own. */
export interface IterationSlot {
  /** Runs one iteration to its end and records its outcome. Never rejects. In an open loop it was due at `dueMs`. */
  run(outcomes: Outcomes, dueMs?: number): Promise<void>
  /** Aborts the iteration under way if it has been for longer than it may. */
  checkTimeout(): void
}

export interface IterationOptions {
  readonly run: RunIteration
  readonly iterationTimeoutMs: number
  readonly clock: Clock
  /** When all that is still under way is aborted, ms of the clock. @default never */
  readonly deadlineMs?: number
  /** Absent: nobody wants to know where the time goes. */
  readonly tracer?: PhaseTracer | undefined
}

/** One signal per slot, renewed only after an abort: a timer and a signal per request would cost more than the request. */
export function makeIterationSlot({
  run,
  clock,
  iterationTimeoutMs,
  deadlineMs = Number.POSITIVE_INFINITY,
  tracer,
}: IterationOptions): IterationSlot {
  let controller = new AbortController()
  let startedMs: number | undefined
  return {
    async run(outcomes, dueMs) {
      const beginMs = clock.nowMs()
      startedMs = beginMs
      outcomes.begin(beginMs)
      const trace = tracer?.begin(beginMs)
      try {
        const { signal } = controller
        const result = trace === undefined ? run(signal) : tracer?.within(trace, () => run(signal))
        const pending = settleResult(await result)
        if (pending !== undefined) await pending
        // One that did not heed its signal, or ended before anybody looked, and came back late took too long all the same.
        if (clock.nowMs() > deadlineMs) controller.abort()
        controller.signal.throwIfAborted()
        const endMs = clock.nowMs()
        outcomes.succeed({ beginMs, endMs })
        if (trace !== undefined) tracer?.succeed(trace, { dueMs: dueMs ?? beginMs, beginMs, endMs })
      } catch (error) {
        const times = { beginMs, endMs: clock.nowMs() }
        if (trace !== undefined) tracer?.fail(trace)
        const limit = times.endMs >= deadlineMs ? 'its block had time for' : `${iterationTimeoutMs} ms`
        const message = `an iteration took longer than ${limit} and was aborted`
        outcomes.fail(times, controller.signal.aborted ? { code: 'timeout', message } : classifyFailure(error))
      }
      startedMs = undefined
      if (controller.signal.aborted) controller = new AbortController()
    },
    checkTimeout() {
      const nowMs = clock.nowMs()
      if (startedMs !== undefined && (nowMs - startedMs > iterationTimeoutMs || nowMs >= deadlineMs)) controller.abort()
    },
  }
}

/** Looks after the slots that exist, those made later included, until the returned function is called. */
export function watchForTimeouts(
  slots: readonly IterationSlot[],
  { clock, iterationTimeoutMs }: Pick<IterationOptions, 'clock' | 'iterationTimeoutMs'>,
): () => void {
  return clock.every(Math.max(1, Math.min(100, iterationTimeoutMs / 4)), () => {
    for (const slot of slots) slot.checkTimeout()
  })
}
