import { type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks'

/** How busy the process was over some time. */
export interface Vitals {
  readonly cpuUserUs: number
  readonly cpuSystemUs: number
  /** Share of the time that the event loop was not idle, 0 to 1. */
  readonly eventLoopUtilization: number
  readonly gcMs: number
}

// Entries arrive some time after their collection: they are taken when a span ends, so that none lands in the next one.
const observer = new PerformanceObserver(() => {})
observer.observe({ entryTypes: ['gc'] })

/** Starts taking vitals; call the returned function at the end of the time that they should cover. */
export function startVitals(): () => Vitals {
  const startMs = performance.now()
  observer.takeRecords()
  const cpu = process.cpuUsage()
  const loop = performance.eventLoopUtilization()
  return () => {
    const used = process.cpuUsage(cpu)
    const { utilization } = performance.eventLoopUtilization(loop)
    return {
      cpuUserUs: used.user,
      cpuSystemUs: used.system,
      eventLoopUtilization: Math.min(Math.max(utilization, 0), 1),
      gcMs: sumDurations(observer.takeRecords(), startMs),
    }
  }
}

function sumDurations(entries: readonly PerformanceEntry[], sinceMs: number): number {
  return entries.filter(({ startTime }) => startTime >= sinceMs).reduce((sum, { duration }) => sum + duration, 0)
}
