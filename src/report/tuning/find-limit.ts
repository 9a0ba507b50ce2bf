import { busiestClient } from '../../capacity/tune-search.ts'
import type { Breakdown } from '../../sample/phases.ts'
import { formatMs, formatShare } from '../format.ts'
import type { Tuning, TuningRow } from './model.ts'

/** Answers that take this much longer at the largest size than at the smallest wait for somebody. */
const queueing = 1.5
/** Throughput that grows by this share of what sizes do is not held up by the server. */
const growing = 0.8
/** A phase that takes this share of a request is what the request is about. */
const most = 0.5

/** What a limit is found from. */
export interface LimitEvidence {
  /** The closed loop's curve; empty when there is none. */
  readonly rows: readonly TuningRow[]
  readonly sizeName: string
  /** Of the requests of the chosen setting around p50; undefined when none were followed. */
  readonly where?: Breakdown | undefined
  /** A round trip, as far as it is known: of an emulated link, or as long as connections took to open. */
  readonly roundTripUs?: number | undefined
}

/** What keeps the throughput where it is; unknown when neither the curve nor the requests tell. */
export function findLimit({ rows, sizeName, where, roundTripUs = 0 }: LimitEvidence): Tuning['limit'] {
  const line = rows.filter(({ succeeded }) => succeeded > 0)
  const best = line.toSorted((a, b) => b.throughputPerSecond - a.throughputPerSecond)[0]
  return (
    (best && findSaturated(best)) ??
    findPhase(where, roundTripUs) ??
    (best && line.length > 1 ? findOnCurve(rows, line, best, sizeName) : undefined) ?? {
      what: 'unknown',
      because:
        line.length > 1
          ? 'neither the client nor longer answers explain where throughput stops'
          : 'the sizes were not compared in a closed loop',
    }
  )
}

/** Whoever has no time left. */
function findSaturated(best: TuningRow): Tuning['limit'] | undefined {
  const { id, eventLoopUtilization, serverEventLoopUtilization = 0 } = best
  if (eventLoopUtilization > busiestClient) {
    return { what: 'client', because: `its event loop was ${formatShare(eventLoopUtilization)} busy at ${id}` }
  }
  if (serverEventLoopUtilization > busiestClient) {
    return { what: 'server', because: `its event loop was ${formatShare(serverEventLoopUtilization)} busy at ${id}` }
  }
  return undefined
}

/** Whoever most of a request is spent on, where that is neither the server's own time nor a queue at it. */
function findPhase(where: Breakdown | undefined, roundTripUs: number): Tuning['limit'] | undefined {
  if (where === undefined || where.latencyUs === 0) return undefined
  const { latencyUs, phasesUs } = where
  const shareOf = (us = 0) => us / latencyUs
  if (shareOf(phasesUs.wait) >= most) {
    const because = `requests wait ${formatShare(shareOf(phasesUs.wait))} of their time for a connection`
    return { what: 'pool', because }
  }
  if (shareOf(phasesUs.body) >= most) {
    const because = `${formatShare(shareOf(phasesUs.body))} of a request's time its body is on its way: bandwidth, or a server that sends it slowly`
    return { what: 'link', because }
  }
  if (shareOf(roundTripUs) >= most) {
    const because = `a round trip takes ${formatMs(roundTripUs)} of the ${formatMs(latencyUs)} ms of a request: only more of them at a time carry more`
    return { what: 'link', because }
  }
  return undefined
}

/** What throughput and latency do as the size grows. */
function findOnCurve(
  rows: readonly TuningRow[],
  line: readonly TuningRow[],
  best: TuningRow,
  sizeName: string,
): Tuning['limit'] | undefined {
  const [first, last] = [line[0], line.at(-1)] as [TuningRow, TuningRow]
  const grown = last.throughputPerSecond / first.throughputPerSecond
  if (grown >= growing * (last.size / first.size) && last.p50Us < queueing * first.p50Us) {
    const because = `throughput grows with ${sizeName} to the largest that was tried, and answers take no longer: each waits for the server's own time, and more would carry more`
    return { what: 'pool', because }
  }
  if (last.p50Us < queueing * first.p50Us) return undefined
  const { size } = rows.find(({ isRecommended }) => isRecommended) ?? best
  const because = `beyond ${size} ${sizeName} answers take longer and no more come, while the client's event loop is ${formatShare(best.eventLoopUtilization)} busy`
  return { what: 'server', because }
}
