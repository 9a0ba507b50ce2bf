import { ArmFailure } from '../arm/supervisor.ts'
import type { WarmUpRule } from '../plan/make-plan.ts'
import { type FailureSummary, type MeasuredBlock, throughputPerSecond } from '../sample/block.ts'
import type { ArmUnderTest } from './arm-under-test.ts'

/** What is known of an arm once it is warm: enough to choose the length of its blocks. */
export interface WarmUpResult {
  /** Median latency (µs) and rate of the last part of the warm-up. */
  readonly p50Us: number
  readonly iterationsPerSecond: number
  /** Redirects, resends and several requests of one iteration count each. */
  readonly requestsPerSecond: number
}

/** The budget ended before every arm was warm. */
export class OutOfBudget extends Error {
  override readonly name = 'OutOfBudget'
}

const pieceMs = 250

/** An arm that has not succeeded once by then is not going to: say so instead of warming up nothing. */
const hopelessAfterMs = 1_000

/** Loads an arm until it is warm; nothing of it is reported. Rejects with ArmFailure when not one iteration succeeds. */
export async function warmUp(arm: ArmUnderTest, rule: WarmUpRule): Promise<WarmUpResult> {
  const startMs = performance.now()
  let succeeded = 0
  let failed = 0
  let failure: FailureSummary | undefined
  for (;;) {
    const piece = await arm.runBlock(Math.min(pieceMs, rule.maxMs), 'warm-up')
    const elapsedMs = performance.now() - startMs
    succeeded += piece.succeeded
    failed += piece.failed
    failure ??= piece.failures[0]
    if (succeeded === 0 && elapsedMs >= Math.min(hopelessAfterMs, rule.maxMs)) {
      const first = failure === undefined ? 'nothing came back' : `the first: ${failure.code}: ${failure.message}`
      throw new ArmFailure(`none of ${failed} iterations of '${arm.id}' succeeded in its warm-up; ${first}`)
    }
    if (elapsedMs >= rule.maxMs || (elapsedMs >= rule.minMs && succeeded >= rule.minRequests)) {
      return summarize(piece)
    }
  }
}

function summarize(piece: MeasuredBlock): WarmUpResult {
  const iterationsPerSecond = throughputPerSecond(piece)
  const requestsPerIteration = piece.wire.requests / Math.max(1, piece.succeeded + piece.failed)
  return { p50Us: piece.p50Us, iterationsPerSecond, requestsPerSecond: iterationsPerSecond * requestsPerIteration }
}

/** After this long without work an arm is no longer as warm as it was: pools close idle connections. */
const coldAfterMs = 1_000

/**
 * Sends one round of iterations, unmeasured, to an arm that has rested while others ran: how long it rests is the
 * harness's doing, and a connection lost to that is not the arm's. (A scenario about idle gaps waits inside its iterations.)
 */
export async function wake(arm: ArmUnderTest): Promise<void> {
  const idleMs = arm.idleMs()
  if (idleMs !== undefined && idleMs > coldAfterMs) await arm.runBlock(1, 'warm-up')
}
