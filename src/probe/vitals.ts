import { type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks'
import type { MeasuredBlock } from '../sample/block.ts'
import { sumOf } from '../statistics/sum-of.ts'
import type { Clock } from './clock.ts'

/** How busy the process was over some time. */
export type Vitals = Pick<MeasuredBlock, 'cpuUserUs' | 'cpuSystemUs' | 'eventLoopUtilization' | 'gcMs'>

/** Vitals are being taken; whoever starts that ends it. */
interface VitalsWatch extends Disposable {
  /** What they were up to now. */
  read(): Vitals
}

/** Starts taking vitals, to be read at the end of the time that they should cover. */
export function startVitals(clock: Pick<Clock, 'spunMs'>): VitalsWatch {
  const startMs = performance.now()
  let gcMs = 0
  const add = (entries: readonly PerformanceEntry[]) => {
    gcMs += sumDurations(entries, startMs)
  }
  // Entries arrive some time after their collection: what is to come as the span ends is taken then, and lands in no other.
  const observer = new PerformanceObserver((list) => add(list.getEntries()))
  observer.observe({ entryTypes: ['gc'] })
  const spunMs = clock.spunMs()
  const cpu = process.cpuUsage()
  const loop = performance.eventLoopUtilization()
  return {
    read() {
      add(observer.takeRecords())
      const used = process.cpuUsage(cpu)
      const { active, idle } = performance.eventLoopUtilization(loop)
      const busyMs = active - (clock.spunMs() - spunMs)
      return {
        cpuUserUs: used.user,
        cpuSystemUs: used.system,
        eventLoopUtilization: active + idle === 0 ? 0 : Math.min(Math.max(busyMs / (active + idle), 0), 1),
        gcMs,
      }
    },
    [Symbol.dispose]: () => observer.disconnect(),
  }
}

function sumDurations(entries: readonly PerformanceEntry[], sinceMs: number): number {
  return sumOf(
    entries.filter(({ startTime }) => startTime >= sinceMs),
    ({ duration }) => duration,
  )
}
