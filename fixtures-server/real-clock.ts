import type { PacerClock } from './pacer.ts'

/** The clock of this process, in milliseconds since it started. */
export const realClock: PacerClock = {
  now: () => performance.now(),
  sleep: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  spin: (callback) => {
    const immediate = setImmediate(callback)
    return () => clearImmediate(immediate)
  },
}
