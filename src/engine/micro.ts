import { Bench } from 'tinybench'
import type { Clock } from '../probe/clock.ts'
import { Histogram } from '../sample/histogram.ts'
import { classifyFailure } from '../sample/outcome.ts'
import type { MicroCall } from '../scenario/engines.ts'
import type { LoopResult } from './closed-loop.ts'
import { type MicroBatch, makeAsyncBatch, makeSyncBatch, type RunBatch } from './micro-batch.ts'
import { makeOutcomes } from './outcomes.ts'
import type { LoopWindow } from './run-block.ts'

/** A batch of calls shall last about this long: reading the clock twice is then a thousandth of it. */
const batchMs = 0.05
const mostCalls = 1_000_000

/**
 * Makes the loop of a function under test: tinybench runs it, in batches of calls that are long enough to be timed, for the
 * time of each block. How many calls a batch has is settled while the arm warms up, and stays then.
 */
export function makeMicroLoop(
  call: MicroCall,
  clock: Clock,
): (window: Pick<LoopWindow, 'durationMs' | 'phase' | 'waitForStart'>) => Promise<LoopResult> {
  let isAsync: boolean | undefined
  let runBatch: RunBatch | undefined
  let calls = 1
  return async ({ durationMs, phase, waitForStart }) => {
    isAsync ??= await returnsPromise(call)
    runBatch ??= (isAsync ? makeAsyncBatch : makeSyncBatch)(call, clock)
    if (calls === 1) calls = await findBatchSize(runBatch)
    const startMs = await waitForStart()
    const totals = await runBench(runBatch, { calls, durationMs, isAsync })
    if (phase === 'warm-up') calls = sizeFor(totals.workMs / (totals.succeeded + totals.failed))
    return { ...totals, startMs, elapsedMs: clock.nowMs() - startMs, workers: 1 }
  }
}

async function runBench(
  runBatch: RunBatch,
  { calls, durationMs, isAsync }: { readonly calls: number; readonly durationMs: number; readonly isAsync: boolean },
) {
  const recorder = makeRecorder()
  const bench = new Bench({ time: durationMs, iterations: 1, warmup: false, throws: true })
  if (isAsync) {
    bench.add('arm', async () => recorder.record(await runBatch(calls)), { async: true })
    await bench.run()
  } else {
    bench.add('arm', () => recorder.record(runBatch(calls) as MicroBatch), { async: false })
    bench.runSync()
  }
  return recorder.read()
}

/** Latency is the mean of a batch; one with failures in it counts among the failed ones. */
function makeRecorder() {
  const outcomes = makeOutcomes()
  const service = new Histogram('ps')
  const failedService = new Histogram('ps')
  let succeeded = 0
  let workMs = 0
  return {
    /** Takes a batch up, and tells tinybench what a call took and what the batch cost. */
    record({ ms, calls, errors }: MicroBatch) {
      const histogram = errors.length === 0 ? service : failedService
      histogram.record((ms * 1_000) / calls)
      for (const error of errors) outcomes.fail({ beginMs: 0, endMs: 0 }, classifyFailure(error))
      succeeded += calls - errors.length
      workMs += ms
      return { overriddenDuration: ms / calls, overriddenIterationCost: ms }
    },
    read(): Omit<LoopResult, 'startMs' | 'elapsedMs' | 'workers'> {
      const { failed, failures } = outcomes.read()
      return { succeeded, failed, failures, workMs, service, failedService, steps: [] }
    },
  }
}

async function returnsPromise(call: MicroCall): Promise<boolean> {
  // What it is that throws or rejects will be seen, and counted, in the warm-up.
  try {
    const first = call(0) as PromiseLike<unknown> | undefined
    if (typeof first?.then !== 'function') return false
    await Promise.resolve(first).catch(() => {})
    return true
  } catch {
    return false
  }
}

/** Doubles a batch until it takes long enough to say how long a call takes. */
async function findBatchSize(runBatch: RunBatch): Promise<number> {
  for (let calls = 1; ; calls *= 2) {
    const { ms } = await runBatch(calls)
    if (ms >= batchMs || calls >= mostCalls) return sizeFor(ms / calls)
  }
}

function sizeFor(msPerCall: number): number {
  return Math.min(Math.max(Math.round(batchMs / msPerCall), 1), mostCalls)
}
