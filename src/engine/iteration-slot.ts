import { classifyFailure } from '../sample/outcome.ts'
import type { RunIteration, User } from '../scenario/iteration.ts'
import type { Clock } from './clock.ts'
import { openIteration } from './open-iteration.ts'
import type { Outcomes } from './outcomes.ts'
import type { PhaseTracer } from './phase-tracer.ts'
import { settleResult } from './settle-result.ts'

/** A place for one iteration at a time, with a signal of its own. */
export interface IterationSlot {
  /** Runs the iteration of this index to its end and records its outcome. Never rejects. In an open loop it was due at `dueMs`. */
  run(outcomes: Outcomes, index: number, dueMs?: number): Promise<void>
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
  /** @default iterations counted from 0, without data */
  readonly source?: IterationSource
}

/** What iterations are told of their place in the run. */
export interface IterationSource {
  /** The index of the next iteration, counted on. */
  nextIndex(): number
  dataOf(index: number): unknown
  userOf(index: number): User
}

/** Counts from 0 and has no data. */
export function makePlainSource(): IterationSource {
  let next = 0
  return { nextIndex: () => next++, dataOf: () => undefined, userOf: (index) => ({ index, data: undefined }) }
}

/** The slot of one user. One signal per slot, renewed only after an abort: a timer and a signal per request would cost more than the request. */
export function makeIterationSlot(
  {
    run,
    clock,
    iterationTimeoutMs,
    deadlineMs = Number.POSITIVE_INFINITY,
    source = makePlainSource(),
    tracer,
  }: IterationOptions,
  userIndex: number,
): IterationSlot {
  const user = source.userOf(userIndex)
  let controller = new AbortController()
  let startedMs: number | undefined
  return {
    async run(outcomes, index, dueMs) {
      // Making the row is no part of the iteration.
      const row = readRow(source, index)
      const beginMs = clock.nowMs()
      startedMs = beginMs
      outcomes.begin(beginMs)
      const trace = tracer?.begin(beginMs)
      try {
        if ('error' in row) throw row.error
        const { iteration, end } = openIteration({ index, user, ...row }, { clock, steps: outcomes.steps })
        const { signal } = controller
        const start = () => run(signal, iteration)
        const pending = settleResult(await (trace === undefined ? start() : tracer?.within(trace, start)))
        if (pending !== undefined) await pending
        end()
        // One that did not heed its signal, or ended before anybody looked, and came back late took too long all the same.
        if (clock.nowMs() > deadlineMs) controller.abort()
        controller.signal.throwIfAborted()
        const endMs = clock.nowMs()
        outcomes.succeed({ beginMs, endMs })
        if (trace !== undefined) {
          if (outcomes.isUntimed) tracer?.fail(trace)
          else tracer?.succeed(trace, { dueMs: dueMs ?? beginMs, beginMs, endMs })
        }
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

/** A row that cannot be made is a failure of its iteration. */
function readRow(source: IterationSource, index: number): { readonly data: unknown } | { readonly error: unknown } {
  try {
    return { data: source.dataOf(index) }
  } catch (error) {
    return { error }
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
