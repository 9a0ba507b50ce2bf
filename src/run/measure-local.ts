import type { ComparisonPlan } from '../plan/plan.ts'
import type { LocalReading } from '../sample/local-reading.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import { sumOf } from '../statistics/sum-of.ts'
import type { OpenLink } from '../target/open-target.ts'
import type { ArmUnderTest } from './arm-under-test.ts'

/** Every worker that many times, and no fewer iterations in all. */
const cycles = 5
const leastIterations = 25

/** Rounds after which it is known well enough: what an iteration takes locally is a few per cent of what it takes at a distance. */
export const localRounds = 8

/** About what measuring it once takes, ms; 0 where the plan has no use for it. */
export function estimateLocalMs({
  roundTripMs = {},
  workload,
}: Pick<ComparisonPlan, 'roundTripMs' | 'workload'>): number {
  return sumOf(Object.values(roundTripMs), (waitMs) => localBlockMs(waitMs, workload))
}

function localBlockMs(waitMs: number, workload: ResolvedWorkload): number {
  return workload.model === 'closed' ? waitMs * Math.max(cycles, Math.ceil(leastIterations / workload.concurrency)) : 0
}

/**
 * Measures what an iteration takes without distance *at the pace that it has at a distance*: over the same link and the same
 * connections, the distance taken away and put between iterations as a pause. A loop without pauses would tell less: its
 * client and server never sleep, so nothing has to wake up, and every cache is warm.
 */
export async function measureLocal(
  { roundTripMs = {}, workload, target }: Pick<ComparisonPlan, 'roundTripMs' | 'workload' | 'target'>,
  arms: readonly ArmUnderTest[],
  link: OpenLink,
): Promise<LocalReading[]> {
  if (workload.model !== 'closed') return []
  // For a time, whatever its blocks are: as many iterations as those have would take any time at this pace.
  const { iterations: _, maxDurationMs: __, ...timed } = workload
  // Of the blocks at a distance; what is read afterwards is of those without.
  const { medianMs: lateMs } = await link.readLateness()
  const readings: LocalReading[] = []
  await link.setRttMs(0)
  try {
    for (const arm of arms) {
      const waitMs = roundTripMs[arm.id]
      if (waitMs === undefined) continue
      const { p50Us, succeeded } = await arm.runBlock(localBlockMs(waitMs, workload), 'warm-up', {
        workload: { ...timed, thinkTimeMs: waitMs },
      })
      if (succeeded > 0) readings.push({ arm: arm.id, p50Us, lateMs })
    }
  } finally {
    await link.setRttMs(target.rttMs)
    await link.readLateness()
  }
  return readings
}
