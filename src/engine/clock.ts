/** Time as the engine sees it, so that its tests can state latencies instead of waiting for them. */
export interface Clock {
  /** Monotonic time in milliseconds with µs resolution; only differences mean anything. */
  nowMs(): number
  /** Calls `callback` every `intervalMs` until the returned function is called. */
  every(intervalMs: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  every: (intervalMs, callback) => {
    const timer = setInterval(callback, intervalMs)
    timer.unref()
    return () => clearInterval(timer)
  },
}
