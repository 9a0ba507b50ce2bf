import { stagesOf } from '../plan/rate-profile.ts'
import type { LatencySummary } from '../sample/histogram.ts'
import type { ArmSummary } from '../sample/summarize-arm.ts'
import type { ResolvedOpenWorkload } from '../scenario/resolve-scenario.ts'
import { formatMs } from '../words/format.ts'
import { renderStage } from '../words/stage-words.ts'
import { saturatedLoop } from './find-saturated.ts'

/** Sent later than this at p99, an open loop measures its generator. */
const leastLateUs = 1_000
/** Half of the requests may not be later than this either, or than a hundredth of what is measured, whichever is more. */
const leastMedianLateUs = 10
/** Fewer arrivals in a stage than this have no p99. */
const leastArrivals = 100

/**
 * Whether an open loop sent late, in all or, where that hides it, in one of its stages. That the generator was saturated is
 * said unless its event loop had time: a process that is woken late is late at any rate.
 */
export function doubtSchedule(
  { arm, openLoop, latency, eventLoopUtilization, stages = [] }: ArmSummary,
  workload: ResolvedOpenWorkload,
): string[] {
  if (openLoop === undefined) return []
  const inAll = findLate(openLoop.dispatchDelay, latency, workload.arrivalRate)
  const inStages = stages.flatMap(({ dispatchDelay, response }, index) => {
    const stage = stagesOf(workload)?.[index]
    if (stage === undefined || dispatchDelay.count < leastArrivals) return []
    const late = findLate(dispatchDelay, response, Math.max(stage.fromRate, stage.toRate))
    return late === undefined ? [] : [{ ...late, where: ` in ${renderStage(stage)}` }]
  })
  const [first] = inAll === undefined ? inStages : [{ ...inAll, where: '' }]
  if (first === undefined) return []
  const { where, percent, us, mostUs } = first
  const cause = eventLoopUtilization <= saturatedLoop ? '' : 'the generator was saturated: '
  return [
    `${cause}${arm} was sent late${where}, p${percent} dispatch delay ${formatMs(us)} ms, more than ${formatMs(mostUs)} ms`,
  ]
}

function findLate(dispatchDelay: LatencySummary, latency: LatencySummary, arrivalRate: number) {
  return [
    { percent: 99, us: dispatchDelay.p99Us, mostUs: Math.max(leastLateUs, 10_000 / arrivalRate) },
    { percent: 50, us: dispatchDelay.p50Us, mostUs: Math.max(leastMedianLateUs, latency.p50Us / 100) },
  ].find(({ us, mostUs }) => us > mostUs)
}
