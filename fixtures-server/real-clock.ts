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
  doze: (callback) => {
    // Timers have no fraction of a millisecond. With what the kernel adds to it, it takes 0.07 ms.
    Atomics.wait(nothing, 0, 0, 0.02)
    return realClock.spin(callback)
  },
}

const nothing = new Int32Array(new SharedArrayBuffer(4))
