import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** How late a timer was that had nothing to do but to be on time, µs. */
type LoopDelay = Readonly<Record<'eventLoopDelayP99Us' | 'eventLoopDelayMaxUs', number>>

/**
 * Every 20 ms: a timer that wakes an idle process costs it CPU time, which the arm's own is counted with (on a busy 2-core
 * machine 5 ms per second with a timer every 10 ms, 26 ms with one every ms; a timer in JavaScript three times that).
 */
const resolutionMs = 20

/** The event loop is being watched; whoever starts that ends it. */
interface LoopWatch extends Disposable {
  /** To the ms, as timers are; the last that is seen of it. */
  read(): Promise<LoopDelay>
}

/** Starts watching the event loop, to be read at the end. */
export function startLoopDelay(): LoopWatch {
  const monitor = monitorEventLoopDelay({ resolution: resolutionMs })
  monitor.enable()
  return {
    async read() {
      // Whoever blocked the loop to the very end is seen only when timers have run once more: between two turns they do.
      await nextTurn()
      await nextTurn()
      monitor.disable()
      // It records the time between two calls of its timer.
      const delayUs = (betweenNs: number) =>
        monitor.count === 0 ? 0 : Math.max(0, betweenNs / 1_000 - resolutionMs * 1_000)
      return { eventLoopDelayP99Us: delayUs(monitor.percentile(99)), eventLoopDelayMaxUs: delayUs(monitor.max) }
    },
    [Symbol.dispose]: () => void monitor.disable(),
  }
}
