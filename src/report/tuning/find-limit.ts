import { busiestClient } from '../../capacity/tune-search.ts'
import { formatShare } from '../format.ts'
import type { Tuning, TuningRow } from './model.ts'

/** Answers that take this much longer at the largest size than at the smallest wait for somebody. */
const queueing = 1.5
/** Throughput that grows by this share of what sizes do is not held up by the server. */
const growing = 0.8

/** What keeps the throughput where it is, from the closed loop's curve; unknown when there is none. */
export function findLimit(rows: readonly TuningRow[], sizeName: string): Tuning['limit'] {
  const line = rows.filter(({ succeeded }) => succeeded > 0)
  const best = line.toSorted((a, b) => b.throughputPerSecond - a.throughputPerSecond)[0]
  const [first, last] = [line[0], line.at(-1)]
  if (best === undefined || first === undefined || last === undefined || line.length < 2) {
    return { what: 'unknown', because: 'the sizes were not compared in a closed loop' }
  }
  if (best.eventLoopUtilization > busiestClient) {
    return {
      what: 'client',
      because: `its event loop was ${formatShare(best.eventLoopUtilization)} busy at ${best.id}`,
    }
  }
  if ((best.serverEventLoopUtilization ?? 0) > busiestClient) {
    const busy = formatShare(best.serverEventLoopUtilization ?? 0)
    return { what: 'server', because: `its event loop was ${busy} busy at ${best.id}` }
  }
  const grown = last.throughputPerSecond / first.throughputPerSecond
  if (grown >= growing * (last.size / first.size) && last.p50Us < queueing * first.p50Us) {
    const because = `throughput grows with ${sizeName} to the largest that was tried, and answers take no longer: each waits for the distance or the server's own time, and more would carry more`
    return { what: 'pool', because }
  }
  if (last.p50Us >= queueing * first.p50Us) {
    const { size } = rows.find(({ isRecommended }) => isRecommended) ?? best
    const because = `beyond ${size} ${sizeName} answers take longer and no more come, while the client's event loop is ${formatShare(best.eventLoopUtilization)} busy`
    return { what: 'server', because }
  }
  return { what: 'unknown', because: 'neither the client nor longer answers explain where throughput stops' }
}
