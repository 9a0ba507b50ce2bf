import { shortenList } from '../sample/shorten.ts'
import type { ArmSummary } from '../sample/summarize-arm.ts'
import { type EngineName, engineOf } from '../scenario/engine-name.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { Validity } from '../statistics/verdict.ts'
import { agree, counted, grouped } from '../words/counted.ts'
import { formatCount, formatShare, formatSignedPercent, formatWholeSeconds } from '../words/format.ts'
import { doubtExclusion, doubtMachine } from './doubt-machine.ts'
import { doubtSchedule } from './doubt-schedule.ts'
import { saturatedLoop } from './find-saturated.ts'
import type { ComparisonRun } from './judge-run.ts'

/** Whether a comparison may be read as a result, and why not, or only with care. */
interface JudgedValidity {
  readonly validity: Validity
  readonly reasons: string[]
}

/** Fewer than ten values beyond it make a p99 a guess. */
const leastForP99 = 1_000
const hasTails: ReadonlySet<EngineName> = new Set(['client', 'raw'])
/** A sweep has many arms, and each may have several. */
const mostReasons = 100

/** Whether a comparison may be read as a result, and if not, or only with care, why. */
export function judgeValidity({
  plan,
  end,
  judgement,
  blocks,
  kept,
  summaries,
  warmUps,
}: ComparisonRun): JudgedValidity {
  const broken = [
    ...judgement.problems,
    ...('message' in end ? [end.message] : []),
    ...(blocks.length === 0 && end.state !== 'interrupted' && !('message' in end) ? ['nothing was measured'] : []),
  ]
  if (broken.length > 0) return { validity: 'invalid', reasons: [...shortenList(broken, mostReasons)] }
  const invalid = judgement.contrasts.filter(({ primary }) => primary.verdict === 'invalid')
  if (invalid.length > 0 && end.state !== 'interrupted') {
    const reasons = invalid.map(({ arm, primary }) => `${arm}: ${primary.reason}`)
    return { validity: 'invalid', reasons: [...shortenList(reasons, mostReasons)] }
  }
  const generator = summaries.flatMap((summary) => doubtGenerator(summary, plan.workload))
  // autocannon's percentiles are compared by nobody, and a function's are those of batches, not of calls.
  const tails = hasTails.has(engineOf(plan.workload)) ? doubtTails(summaries) : []
  const little = summaries.flatMap((summary) => doubtLittle(summary, kept))
  const doubts = [
    ...generator,
    ...doubtMachine(summaries),
    ...doubtExclusion(plan, summaries),
    ...little,
    ...tails,
    ...doubtWarmUps(warmUps, plan),
    ...judgement.doubts,
  ]
  return { validity: doubts.length > 0 ? 'suspect' : 'valid', reasons: [...shortenList(doubts, mostReasons)] }
}

/** An open loop that keeps less of its rate measured another load than was asked for. */
const leastRateHeld = 0.99

function doubtGenerator(summary: ArmSummary, workload: ResolvedWorkload): string[] {
  const { arm, openLoop, eventLoopUtilization, server } = summary
  if ((workload.model === 'raw' || workload.model === 'autocannon') && eventLoopUtilization > saturatedLoop) {
    const busy = `${arm}'s event loop was ${formatShare(eventLoopUtilization)} busy`
    const isServerToo = server !== undefined && server.eventLoopUtilization > saturatedLoop
    const what = isServerToo ? "as was the server's, and either may set the pace" : 'so the server may hold more'
    return [`the generator was saturated: ${busy}, ${what}; --processes adds generators`]
  }
  if (openLoop === undefined || workload.model !== 'open') return []
  const { dropped, intended, rateHeld = 1 } = openLoop
  const late = doubtSchedule(summary, workload)
  return [
    ...(late.length === 0 && eventLoopUtilization > saturatedLoop
      ? [
          `the generator was saturated: ${arm}'s event loop had work ${formatShare(eventLoopUtilization)} of the time, more than ${formatShare(saturatedLoop)}; --processes adds generators`,
        ]
      : late),
    ...(late.length === 0 && dropped === 0 && rateHeld < leastRateHeld
      ? [`${arm} was sent at ${formatShare(rateHeld)} of its rate; ${formatShare(leastRateHeld)} would do`]
      : []),
    ...(dropped > 0
      ? [
          `${formatShare(dropped / intended)} of ${arm}'s arrivals were dropped: ${grouped(workload.maxInFlight)} ${agree(workload.maxInFlight, 'was', 'were')} under way`,
        ]
      : []),
  ]
}

/** Little's law: what was under way on average is throughput times mean latency. More than this off, one of them is wrong. */
const mostLittleError = 0.02

function doubtLittle({ arm, service, failedService }: ArmSummary, blocks: ComparisonRun['blocks']): string[] {
  const areasMs = blocks.filter((block) => block.arm === arm).map(({ inFlightMs }) => inFlightMs)
  if (areasMs.length === 0 || areasMs.includes(undefined)) return []
  const areaMs = areasMs.reduce<number>((sum, ms = 0) => sum + ms, 0)
  const busyMs = (service.meanUs * service.count + failedService.meanUs * failedService.count) / 1_000
  const error = areaMs === 0 ? 0 : Math.abs(areaMs - busyMs) / areaMs
  if (error <= mostLittleError) return []
  return [
    `${arm}'s latencies do not add up to what was under way: ${formatShare(error)} apart (Little's law allows 2 %)`,
  ]
}

/** Said once of all arms that it is so of: a sweep has many. */
function doubtTails(summaries: readonly ArmSummary[]): string[] {
  const short = summaries.filter(({ latency: { count } }) => count > 0 && count < leastForP99)
  const stages = summaries.filter((summary) => !short.includes(summary)).flatMap(doubtStageTail)
  const counts = short.map(({ latency }) => latency.count)
  if (counts.length === 0) return stages
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  const range = least === most ? counted(least, 'iteration') : `${grouped(least)} to ${counted(most, 'iteration')}`
  return [doubtTail(short.map(({ arm }) => arm).join(', '), range), ...stages]
}

function doubtStageTail({ arm, stages = [] }: ArmSummary): string[] {
  const fewest = Math.min(...stages.map(({ response }) => response.count).filter((count) => count > 0))
  return fewest < leastForP99 ? [doubtTail(`a stage of ${arm}`, counted(fewest, 'iteration'))] : []
}

function doubtTail(what: string, iterations: string): string {
  return `p99 of ${what} rests on ${iterations}; ${formatCount(leastForP99)} would do`
}

/** An arm that was still changing when the time for its warm-up was over was measured before it was warm. */
function doubtWarmUps(warmUps: ComparisonRun['warmUps'], { warmUp, workload }: ComparisonRun['plan']): string[] {
  const what = workload.model === 'open' ? 'median latency' : 'throughput'
  return [...Map.groupBy(warmUps, ({ arm }) => arm)].flatMap(([id, own]) => {
    const unsteady = own.filter(({ state }) => state === 'unsteady')
    const [first] = unsteady
    if (first === undefined) return []
    const times = own.length === 1 ? '' : ` in ${unsteady.length} of ${own.length} generations`
    const change = `its ${what} still changed by ${formatSignedPercent(first.changePercent ?? 0)} %`
    const hint = `--warm-up ${formatWholeSeconds(2 * warmUp.minMs)} gives it longer`
    return [`${id} was not steady at the end of its warm-up${times}: ${change}; ${hint}`]
  })
}
