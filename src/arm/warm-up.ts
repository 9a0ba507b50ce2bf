import type { WarmUpRule } from '../plan/make-plan.ts'
import { throughputPerSecond } from '../sample/block.ts'
import { Histogram } from '../sample/histogram.ts'
import type { WarmUpResult } from './messages.ts'
import type { OpenArms } from './open-arms.ts'

const pieceMs = 250

/** An arm that has not succeeded once by then is not going to: say so instead of warming up nothing. */
const hopelessAfterMs = 1_000

/** Loads an arm until it is warm. What it measures is not reported; it only sets the length of the blocks to come. */
export async function runWarmUp(
  arms: OpenArms,
  { arm, rule }: { readonly arm: string; readonly rule: WarmUpRule },
): Promise<WarmUpResult> {
  let elapsedMs = 0
  let succeeded = 0
  let failed = 0
  let failure: string | undefined
  for (;;) {
    const piece = await arms.runBlock({ arm, durationMs: Math.min(pieceMs, rule.maxMs), phase: 'warm-up' })
    elapsedMs += piece.elapsedMs
    succeeded += piece.succeeded
    failed += piece.failed
    failure ??= piece.failures[0] && `${piece.failures[0].code}: ${piece.failures[0].message}`
    const warm = elapsedMs >= rule.minMs && succeeded >= rule.minRequests
    const hopeless = succeeded === 0 && failed > 0 && elapsedMs >= Math.min(hopelessAfterMs, rule.maxMs)
    if (warm || hopeless || elapsedMs >= rule.maxMs) {
      const p50Us = Histogram.decode(piece.service).percentileUs(50)
      return { elapsedMs, succeeded, failed, failure, p50Us, iterationsPerSecond: throughputPerSecond(piece) }
    }
  }
}
