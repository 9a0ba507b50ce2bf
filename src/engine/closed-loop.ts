import { type IterationOptions, type IterationSlot, makeIterationSlot, watchForTimeouts } from './iteration-slot.ts'
import { makeOutcomes, type OutcomeTotals } from './outcomes.ts'

export interface ClosedLoopOptions extends IterationOptions {
  readonly concurrency: number
  /** No iteration starts after this much time. */
  readonly durationMs: number
}

/** What a loop of either kind saw. */
export interface LoopResult extends OutcomeTotals {
  /** From the first start to the last end. */
  readonly elapsedMs: number
  /** The time that the iterations had: what throughput is divided by. */
  readonly workMs: number
}

/**
 * Runs `concurrency` workers, each starting its next iteration when its last one has ended, until the time is over (at
 * least one each); what has been started is awaited and counted. A failed iteration is an outcome, never a throw.
 *
 * The workers' mean busy time is `workMs`: dividing by it, not by the block's length, keeps the last, cut-off
 * iterations of a short block from biasing the throughput.
 */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<LoopResult> {
  const { clock, durationMs, concurrency } = options
  const outcomes = makeOutcomes()
  const slots = Array.from({ length: concurrency }, () => makeIterationSlot(options))
  const stopWatching = watchForTimeouts(slots, options)
  const startMs = clock.nowMs()
  let busyMs = 0
  const work = async (slot: IterationSlot) => {
    const workerStartMs = clock.nowMs()
    // At least one each: a process that was not scheduled for a while must not report an empty block.
    do await slot.run(outcomes)
    while (clock.nowMs() - startMs < durationMs)
    busyMs += clock.nowMs() - workerStartMs
  }
  try {
    await Promise.all(slots.map(work))
  } finally {
    stopWatching()
  }
  return { ...outcomes.read(), elapsedMs: clock.nowMs() - startMs, workMs: busyMs / concurrency }
}
