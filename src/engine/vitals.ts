import { PerformanceObserver, performance } from 'node:perf_hooks'

/** How busy the process was over some time. */
export interface Vitals {
  readonly cpuUserUs: number
  readonly cpuSystemUs: number
  /** Share of the time that the event loop was not idle, 0 to 1. */
  readonly eventLoopUtilization: number
  readonly gcMs: number
}

let gcMs = 0
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcMs += entry.duration
})

/** Starts taking vitals; call the returned function at the end of the time that they should cover. */
export function startVitals(): () => Vitals {
  observer.observe({ entryTypes: ['gc'] })
  const cpu = process.cpuUsage()
  const loop = performance.eventLoopUtilization()
  const gcBeforeMs = gcMs
  return () => {
    const used = process.cpuUsage(cpu)
    const { utilization } = performance.eventLoopUtilization(loop)
    return {
      cpuUserUs: used.user,
      cpuSystemUs: used.system,
      eventLoopUtilization: Math.min(Math.max(utilization, 0), 1),
      gcMs: Math.max(gcMs - gcBeforeMs, 0),
    }
  }
}
