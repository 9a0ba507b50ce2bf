import { median } from '../statistics/quantile.ts'
import type { RecordedComparison } from './baseline-model.ts'
import type { ArmPair } from './pair-records.ts'

/** A machine that does the same work this much slower or faster, as the speed control shows, is another machine for CPU time. */
const sameSpeed = 1.05

function medianControlMs({ blocks }: RecordedComparison): number {
  return median(blocks.map(({ speedControlMs: [before, after] }) => (before + after) / 2))
}

/**
 * Why CPU time of these two must not be a gate; undefined when it may. Quads share one process, and a process has a speed of
 * its own: their spread says nothing of another process, however many they are.
 */
export function whyNoCpuGate(pair: Pick<ArmPair, 'earlier' | 'later'>, isSameFingerprint: boolean): string | undefined {
  const [earlier, later] = [pair.earlier.comparison, pair.later.comparison]
  if (earlier.blocks.length === 0 || later.blocks.length === 0) return 'one of the runs measured nothing'
  if (later.workload.model === 'open') return 'an open loop has no CPU time per request'
  if (!isSameFingerprint) return 'the machines or versions differ'
  const speed = medianControlMs(later) / medianControlMs(earlier)
  if (Math.max(speed, 1 / speed) > sameSpeed) {
    return `the machine was not equally fast: a fixed piece of work took ${speed.toFixed(2)} times as long as in the earlier run`
  }
  const alone = [earlier, later].filter(({ unit }) => unit === 'quad').length
  if (alone === 0) return undefined
  const which = alone === 2 ? 'each run' : 'one of the runs'
  return `${which} had one process, and a process has a speed of its own: --isolation process tells`
}
