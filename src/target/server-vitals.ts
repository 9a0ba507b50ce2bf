import type { ServerActivity } from '../../fixtures-server/activity.ts'
import type { Block } from '../sample/block.ts'

/**
 * How busy the server was in a block: what it used between the readings of its ledger before and after. Beside the block
 * those only hold the readings and the server's rest, so its work is divided by the block's own time.
 */
export function serverVitalsOf(
  { elapsedMs }: Pick<Block, 'elapsedMs'>,
  { before, after }: { readonly before: ServerActivity; readonly after: ServerActivity },
): NonNullable<Block['server']> {
  const activeMs = after.serving.map((thread, index) => thread.activeMs - (before.serving[index]?.activeMs ?? 0))
  const busiestMs = Math.max(0, ...activeMs)
  return {
    cpuUserUs: after.cpuUserUs - before.cpuUserUs,
    cpuSystemUs: after.cpuSystemUs - before.cpuSystemUs,
    eventLoopUtilization: elapsedMs === 0 ? 0 : Math.min(busiestMs / elapsedMs, 1),
  }
}
