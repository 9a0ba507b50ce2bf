import { BenchError } from '../bench-error.ts'
import type { Clock } from '../probe/clock.ts'
import type { PhaseTracer } from '../probe/open-phase-tracer.ts'
import { type IsFailure, makeIsFailure } from '../probe/status-book.ts'
import type { StatusWatch } from '../probe/watch-statuses.ts'
import { classifyFailure } from '../sample/outcome.ts'
import type { RunIteration, User } from '../scenario/iteration.ts'
import { agree, counted } from '../words/counted.ts'
import { openIteration } from './open-iteration.ts'
import type { Outcomes } from './outcomes.ts'
import { settleResult } from './settle-result.ts'

/** A place for one iteration at a time, with a signal of its own. */
export interface IterationSlot {
  /** Runs the iteration of this index to its end and records its outcome. Never rejects. In an open loop it was due at `dueMs`. */
  run(outcomes: Outcomes, index: number, dueMs?: number): Promise<void>
  /** Aborts the iteration under way if it has been for longer than it may. */
  checkTimeout(): void
  isUnderWay(): boolean
}

/** May be laid down after those who keep to it were made. */
export interface Deadline {
  /** By the clock, ms. */
  readonly atMs: number
}

const noDeadline: Deadline = { atMs: Number.POSITIVE_INFINITY }

export interface IterationOptions {
  readonly run: RunIteration
  readonly iterationTimeoutMs: number
  readonly clock: Clock
  /** When all that is still under way is aborted. @default never */
  readonly deadline?: Deadline
  /** Told of every end that was not an abort's. */
  readonly answers?: AnswerBook
  /** Absent: nobody wants to know where the time goes. */
  readonly tracer?: PhaseTracer | undefined
  /** Absent: only what an iteration returns tells how it was answered. */
  readonly statuses?: StatusWatch | undefined
  /** @default every status from 400 on */
  readonly isFailure?: IsFailure | undefined
  /** @default iterations counted from 0, without data */
  readonly source?: IterationSource
}

/** When an iteration last ended by itself, and whether some did not. */
interface AnswerBook {
  lastMs: number
  aborted: number
}

/** ms into a block, for its record; nothing to say where every iteration ended by itself. */
export function readAnswers({ lastMs, aborted }: AnswerBook, startMs: number): { readonly lastAnswerMs?: number } {
  return aborted === 0 ? {} : { lastAnswerMs: Math.max(0, lastMs - startMs) }
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
    deadline = noDeadline,
    source = makePlainSource(),
    answers,
    tracer,
    statuses,
    isFailure = makeIsFailure(),
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
      const answered = statuses?.begin(isFailure)
      try {
        if ('error' in row) throw row.error
        const { iteration, end } = openIteration({ index, user, ...row }, { clock, steps: outcomes.steps, isFailure })
        const { signal } = controller
        const start = () => run(signal, iteration)
        const begin = answered === undefined ? start : () => statuses?.within(answered, start)
        const pending = settleResult(await (trace === undefined ? begin() : tracer?.within(trace, begin)), isFailure)
        if (pending !== undefined) await pending
        end()
        const failure = answered && statuses?.end(answered)
        if (failure !== undefined) throw failure
        // One that did not heed its signal, or ended before anybody looked, and came back late took too long all the same.
        if (clock.nowMs() > deadline.atMs) controller.abort()
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
        if (answered?.isOver === false) statuses?.end(answered)
        // Both may be over by the time that anybody looks: its own limit is what it is known by.
        const isOwn = times.endMs - beginMs > iterationTimeoutMs || times.endMs < deadline.atMs
        const limit = isOwn ? `${iterationTimeoutMs} ms` : 'its block had time for'
        const message = `an iteration took longer than ${limit} and was aborted`
        outcomes.fail(times, controller.signal.aborted ? { code: 'timeout', message } : classifyFailure(error))
      }
      startedMs = undefined
      if (!controller.signal.aborted) {
        if (answers !== undefined) answers.lastMs = clock.nowMs()
        return
      }
      if (answers !== undefined) answers.aborted++
      controller = new AbortController()
    },
    checkTimeout() {
      const nowMs = clock.nowMs()
      if (startedMs !== undefined && (nowMs - startedMs > iterationTimeoutMs || nowMs >= deadline.atMs))
        controller.abort()
    },
    isUnderWay: () => startedMs !== undefined,
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

/** An iteration has this long to end once it is aborted. */
const longestAfterAbortMs = 1_000

/** What a loop gives to those who look after its slots. */
type SlotWatch = Pick<IterationOptions, 'clock' | 'iterationTimeoutMs' | 'deadline' | 'answers'>

/**
 * Looks after the slots that exist, those made later included, while `work` goes on, and resolves as it does. Rejects when
 * iterations do not end although they were aborted: a block would never end.
 */
export async function withinTimeouts<T>(
  slots: readonly IterationSlot[],
  { clock, iterationTimeoutMs, deadline = noDeadline, answers }: SlotWatch,
  work: () => Promise<T>,
): Promise<T> {
  const hung = Promise.withResolvers<never>()
  let lookedMs = clock.nowMs()
  let blockedMs = 0
  const stop = clock.every(Math.max(1, Math.min(100, iterationTimeoutMs / 4)), () => {
    blockedMs = Math.max(blockedMs, clock.nowMs() - lookedMs)
    lookedMs = clock.nowMs()
    for (const slot of slots) slot.checkTimeout()
    if (clock.nowMs() > deadline.atMs + longestAfterAbortMs) {
      const count = slots.filter((slot) => slot.isUnderWay()).length
      const silentMs = clock.nowMs() - (answers?.lastMs ?? clock.nowMs())
      if (count > 0) hung.reject(new IterationsHung(count, { silentMs, blockedMs }))
    }
  })
  try {
    return await Promise.race([work(), hung.promise])
  } finally {
    stop()
  }
}

/** Longer between two looks than this, a process could do nothing else either. */
const longestHarmlessMs = 1_000

/** A fault of the scenario's, not an outcome: what is still under way would be measured as part of the next block. */
class IterationsHung extends BenchError {
  override readonly name = 'IterationsHung'

  constructor(count: number, { silentMs, blockedMs }: { readonly silentMs: number; readonly blockedMs: number }) {
    const silence = `none ended by itself in the last ${inSeconds(silentMs)} s`
    const why =
      blockedMs >= longestHarmlessMs
        ? `The event loop was blocked for ${inSeconds(blockedMs)} s at a time: something in the variant computes or waits synchronously, or the machine stood still`
        : "Either the target no longer answers or they wait for something else: hand the iteration's signal to the client, so that its requests end with it"
    super(
      'ARM_FAILED',
      `${counted(count, 'iteration')} ${agree(count, 'was', 'were')} still under way a second after being aborted (hung); ${silence}. ${why}`,
    )
  }
}

function inSeconds(ms: number): string {
  return (ms / 1_000).toFixed(1)
}
