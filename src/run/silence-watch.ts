import { sayPrinted } from '../arm/say-printed.ts'
import { BenchError } from '../bench-error.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import { agree, counted } from '../words/counted.ts'

/** Nothing under load has ended by itself for a while: going on would measure time-outs. */
export class TargetSilent extends BenchError {
  override readonly name = 'TargetSilent'

  constructor(message: string) {
    super('TARGET_SILENT', message)
  }
}

/** A target that stalls for a second, as garbage collectors and fixtures do, has not stopped. */
const longestStallMs = 2_000

/** Sees the blocks of all arms of a comparison, one after another; throws TargetSilent when none is answered any more. */
export type SilenceWatch = (arm: string, block: MeasuredBlock, printedBytes?: number) => void

/** `elapsedMs`: since the comparison began; what the message tells the time by. */
export function makeSilenceWatch(elapsedMs: () => number): SilenceWatch {
  let silentMs = 0
  let unended = 0
  let hasAnswered = false
  let blockedMs = 0
  let printedBytes = 0
  return (arm, block, printed = 0) => {
    const { lastAnswerMs, failed } = block
    hasAnswered ||= lastAnswerMs !== 0
    if (lastAnswerMs === undefined) {
      silentMs = 0
      unended = 0
      blockedMs = 0
      printedBytes = 0
      return
    }
    const isSilentThroughout = lastAnswerMs === 0 && block.succeeded === 0
    silentMs = (isSilentThroughout ? silentMs : 0) + block.elapsedMs - lastAnswerMs
    unended = (isSilentThroughout ? unended : 0) + failed
    printedBytes = (isSilentThroughout ? printedBytes : 0) + printed
    blockedMs = Math.max(isSilentThroughout ? blockedMs : 0, (block.eventLoopDelayMaxUs ?? 0) / 1_000)
    if (silentMs < longestStallMs) return
    const [at, lasted] = [elapsedMs() - silentMs, silentMs].map((ms) => (Math.max(0, ms) / 1_000).toFixed(1))
    // One that never did is told by the warm-up, with the error that its client gave.
    if (!hasAnswered) return
    throw new TargetSilent(
      `${whatStopped(arm, block, blockedMs)} ${at} s into the comparison: with ${arm} under load nothing ended by itself in the last ${lasted} s, and ${counted(unended, 'iteration')} ${agree(unended, 'was', 'were')} aborted or failed${sayPrinted(printedBytes)}`,
    )
  }
}

/** A process that can do nothing for so long does not see its answers either. */
const longestHarmlessMs = 1_000

/** Who it was: a request that was sent and not answered is the target's doing, one that was never sent is not. */
function whatStopped(arm: string, { unanswered = 0, unconnected = 0 }: MeasuredBlock, blockedMs: number): string {
  if (blockedMs >= longestHarmlessMs)
    return `${arm} stopped, its event loop blocked for ${(blockedMs / 1_000).toFixed(1)} s at a time,`
  if (unanswered > 0) return 'the target stopped answering'
  if (unconnected > 0) return 'the target stopped taking connections'
  return `${arm} stopped, though no request of its was waiting for the target,`
}
