import type { ComparisonPlan } from '../plan/plan.ts'
import { stagesOf } from '../plan/rate-profile.ts'
import { meanThinkMs } from '../plan/think-time.ts'
import type { WarmUpResult } from './warm-up.ts'

/**
 * How long an arm's blocks shall be: the shortest that the plan allows (noise is slow, so switching often is best), but
 * at least five of a worker's cycles (median latency and mean pause) and about a hundred requests (an iteration may send several). A block of a fixed
 * number of iterations takes as long as they do: this is then an estimate. Stages are run whole. Units: ms.
 */
export function chooseBlockLength(
  warm: Omit<WarmUpResult, 'report'>,
  { blockMs, workload }: Pick<ComparisonPlan, 'blockMs' | 'workload'>,
): number {
  const { iterationsPerSecond, requestsPerSecond } = warm
  // The plan has laid down the whole profile.
  if (stagesOf(workload) !== undefined) return blockMs
  const msFor = (count: number, perSecond: number) => (perSecond > 0 ? (count * 1_000) / perSecond : 0)
  const closed = workload.model === 'closed' ? workload : undefined
  if (closed?.iterations !== undefined) return Math.ceil(msFor(closed.iterations, iterationsPerSecond))
  const fiveCyclesMs = 5 * (warm.p50Us / 1_000 + meanThinkMs(closed?.thinkTimeMs))
  // The rate of an open loop is given: what a warm-up saw of it would make the length a matter of chance.
  const perSecond = workload.model === 'open' ? workload.arrivalRate : Math.max(requestsPerSecond, iterationsPerSecond)
  return Math.ceil(Math.max(blockMs, fiveCyclesMs, msFor(100, perSecond)))
}

/**
 * How long a closed loop's workers start, and run as long again, before they are timed, ms: one latency. Until each has been
 * answered the queues are shorter than they are ever again: five cycles of a full queue would come out a tenth too fast.
 * None where nothing queues, where workers start spread out over their pauses, or where a block's own beginning is measured.
 */
export function chooseLeadIn(
  { p50Us }: Pick<WarmUpResult, 'p50Us'>,
  { workload, variantPer }: Pick<ComparisonPlan, 'workload' | 'variantPer'>,
): number {
  if (workload.model !== 'closed' || variantPer === 'block') return 0
  const { concurrency, iterations, thinkTimeMs } = workload
  return concurrency === 1 || iterations !== undefined || thinkTimeMs !== undefined ? 0 : Math.ceil(p50Us / 1_000)
}
