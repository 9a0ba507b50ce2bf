import { type IterationOptions, type IterationSlot, makeIterationSlot, watchForTimeouts } from './iteration-slot.ts'
import { makeOutcomes, type OutcomeTotals } from './outcomes.ts'
import type { Vitals } from './vitals.ts'

export interface ClosedLoopOptions extends Omit<IterationOptions, 'deadlineMs'> {
  readonly concurrency: number
  /** No iteration starts after this much time; with `iterations` it bounds them, and none is started or goes on later. */
  readonly durationMs: number
  /** Exactly this many, all workers together. @default as many as there is time for */
  readonly iterations?: number
  /** Draws the pause after an iteration, ms. @default no pause */
  readonly thinkTime?: () => number
  /** Uniform in [0, 1): where in its first pause each worker is when the block begins. @default at its end */
  readonly random?: () => number
}

/** What a loop of any kind saw. */
export interface LoopResult extends OutcomeTotals {
  /** When it began, by the engine's clock. */
  readonly startMs: number
  /** From the first start to the last end. */
  readonly elapsedMs: number
  /** The time that the iterations had: what throughput is divided by. */
  readonly workMs: number
  /** Places for iterations, when `workMs` is their mean; left out when it is the whole time. */
  readonly workers?: number
  /** Requests sent, when the wire probe cannot see them. */
  readonly requests?: number
  /** Of the loaded time alone, when the loop did other things beside. */
  readonly vitals?: Vitals
}

/**
 * Runs `concurrency` workers, each starting its next iteration when its last one has ended and its pause is over. What
 * has been started is awaited and counted. A failed iteration is an outcome, never a throw.
 */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<LoopResult> {
  const { clock, durationMs, concurrency, iterations } = options
  const outcomes = makeOutcomes()
  const startMs = clock.nowMs()
  const deadline = iterations === undefined ? {} : { deadlineMs: startMs + durationMs }
  const slots = Array.from({ length: concurrency }, () => makeIterationSlot({ ...options, ...deadline }))
  const stopWatching = watchForTimeouts(slots, options)
  const runSlot = (slot: IterationSlot) => slot.run(outcomes)
  try {
    if (iterations === undefined) {
      const cyclesMs = await Promise.all(slots.map((slot) => workForTime(() => runSlot(slot), options)))
      const workMs = cyclesMs.reduce((sum, ms) => sum + ms, 0) / concurrency
      return { ...outcomes.read(), startMs, elapsedMs: clock.nowMs() - startMs, workMs, workers: concurrency }
    }
    const left = await workOff(
      iterations,
      slots.map((slot) => () => runSlot(slot)),
      options,
    )
    const message = `${left} of ${iterations} iterations were not started within ${durationMs} ms`
    if (left > 0) outcomes.failUnstarted(left, { code: 'timeout', message })
    const elapsedMs = clock.nowMs() - startMs
    return { ...outcomes.read(), startMs, elapsedMs, workMs: elapsedMs }
  } finally {
    stopWatching()
  }
}

/**
 * One worker, until the time is over: at least one iteration, for a process that was not scheduled for a while must not
 * report an empty block. Resolves to the length of its whole cycles of iteration and pause. Dividing by it, not by the
 * block's length, keeps the last, cut-off cycle of a short block from biasing the throughput: the expected number of
 * cycles is the expected time by the mean cycle (Wald's identity). So the last pause counts, though nobody waits for it.
 *
 * With think time a worker begins somewhere in a pause, as in the middle of a long run: workers that all began at once
 * would queue for each other as they never do later.
 */
async function workForTime(
  runNext: () => Promise<void>,
  { clock, durationMs, thinkTime, random = () => 0 }: ClosedLoopOptions,
): Promise<number> {
  if (thinkTime !== undefined) await clock.sleep(random() * Math.min(thinkTime(), durationMs))
  const startMs = clock.nowMs()
  for (;;) {
    await runNext()
    const pauseMs = thinkTime?.() ?? 0
    const spentMs = clock.nowMs() - startMs
    if (spentMs + pauseMs >= durationMs) return spentMs + pauseMs
    if (pauseMs > 0) await clock.sleep(pauseMs)
  }
}

/** All workers together run this many iterations; resolves to how many were not started before the time was over. */
async function workOff(
  iterations: number,
  workers: readonly (() => Promise<void>)[],
  { clock, durationMs, thinkTime }: ClosedLoopOptions,
): Promise<number> {
  const endMs = clock.nowMs() + durationMs
  let left = iterations
  const work = async (runNext: () => Promise<void>) => {
    while (left > 0 && clock.nowMs() < endMs) {
      left--
      await runNext()
      const pauseMs = left > 0 ? Math.min(thinkTime?.() ?? 0, endMs - clock.nowMs()) : 0
      if (pauseMs > 0) await clock.sleep(pauseMs)
    }
  }
  await Promise.all(workers.map(work))
  return left
}
