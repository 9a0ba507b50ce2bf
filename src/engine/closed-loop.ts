import type { FailureSummary } from '../sample/block.ts'
import { Histogram } from '../sample/histogram.ts'
import { classifyFailure, type Failure } from '../sample/outcome.ts'
import type { RunIteration } from '../scenario/define.ts'
import type { Clock } from './clock.ts'
import { settleResult } from './settle-result.ts'

export interface ClosedLoopOptions {
  readonly run: RunIteration
  readonly concurrency: number
  /** No iteration starts after this much time. */
  readonly durationMs: number
  readonly iterationTimeoutMs: number
  readonly clock: Clock
}

/** What a closed loop saw. Durations are service times: a closed loop has no intended start. */
export interface ClosedLoopResult {
  readonly elapsedMs: number
  readonly busyMs: number
  readonly succeeded: number
  readonly failed: number
  readonly failures: readonly FailureSummary[]
  readonly service: Histogram
  readonly failedService: Histogram
}

/**
 * Runs `concurrency` workers, each starting its next iteration when its last one has ended, until the time is over (at
 * least one each);
 * what has been started is awaited and counted. A failed iteration is an outcome, never a throw.
 */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const { clock, durationMs, concurrency } = options
  const outcomes = makeOutcomes()
  const startMs = clock.nowMs()
  let busyMs = 0
  const mayStart = () => clock.nowMs() - startMs < durationMs
  const workers = Array.from({ length: concurrency }, () => makeWorker(options))
  const stopWatching = watchForTimeouts(workers, options)
  const work = async (worker: Worker) => {
    const workerStartMs = clock.nowMs()
    // At least one each: a process that was not scheduled for a while must not report an empty block.
    do await worker.iterate(outcomes)
    while (mayStart())
    busyMs += clock.nowMs() - workerStartMs
  }
  try {
    await Promise.all(workers.map(work))
  } finally {
    stopWatching()
  }
  return { ...outcomes.result(), elapsedMs: clock.nowMs() - startMs, busyMs }
}

interface Worker {
  iterate(outcomes: Outcomes): Promise<void>
  abortIfOlderThan(limitMs: number): void
}

/** One signal per worker, renewed only after an abort: a timer and a signal per request would cost more than the request. */
function makeWorker({ run, clock, iterationTimeoutMs }: ClosedLoopOptions): Worker {
  let controller = new AbortController()
  let startedMs: number | undefined
  return {
    async iterate(outcomes) {
      const beginMs = clock.nowMs()
      startedMs = beginMs
      try {
        const pending = settleResult(await run(controller.signal))
        if (pending !== undefined) await pending
        // One that did not heed its signal and came back late has taken too long all the same.
        controller.signal.throwIfAborted()
        outcomes.succeed(clock.nowMs() - beginMs)
      } catch (error) {
        const durationMs = clock.nowMs() - beginMs
        const timedOut = controller.signal.aborted
        const message = `an iteration took longer than ${iterationTimeoutMs} ms and was aborted`
        outcomes.fail(durationMs, timedOut ? { code: 'timeout', message } : classifyFailure(error))
      }
      startedMs = undefined
      if (controller.signal.aborted) controller = new AbortController()
    },
    abortIfOlderThan(limitMs) {
      if (startedMs !== undefined && clock.nowMs() - startedMs > limitMs) controller.abort()
    },
  }
}

function watchForTimeouts(workers: readonly Worker[], { clock, iterationTimeoutMs }: ClosedLoopOptions) {
  const intervalMs = Math.max(1, Math.min(100, iterationTimeoutMs / 4))
  return clock.every(intervalMs, () => {
    for (const worker of workers) worker.abortIfOlderThan(iterationTimeoutMs)
  })
}

interface Outcomes {
  succeed(durationMs: number): void
  fail(durationMs: number, failure: Failure): void
  result(): Omit<ClosedLoopResult, 'elapsedMs' | 'busyMs'>
}

function makeOutcomes(): Outcomes {
  const service = new Histogram()
  const failedService = new Histogram()
  const failures = new Map<string, FailureSummary>()
  return {
    succeed: (durationMs) => service.record(durationMs * 1_000),
    fail(durationMs, { code, message }) {
      failedService.record(durationMs * 1_000)
      const known = failures.get(code)
      failures.set(code, known ? { ...known, count: known.count + 1 } : { code, count: 1, message })
    },
    result: () => ({
      succeeded: service.count,
      failed: failedService.count,
      failures: [...failures.values()],
      service,
      failedService,
    }),
  }
}
