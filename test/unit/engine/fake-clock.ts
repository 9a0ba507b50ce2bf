import type { Clock } from '../../../src/probe/clock.ts'

/** A clock that stands still until everything waits for it, then jumps to the next thing that is due. */
export interface FakeClock extends Clock {
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Time passes while the process can do nothing: a blocked event loop. */
  block(ms: number): void
  /** Lets time pass until `work` is done, and returns what it came to. */
  drive<Value>(work: Promise<Value>): Promise<Value>
}

interface Due {
  readonly atMs: number
  readonly wake: () => void
}

export function makeFakeClock(): FakeClock {
  let nowMs = 0
  let queue: Due[] = []
  const at = (atMs: number, wake: () => void) => {
    const due = { atMs, wake }
    queue.push(due)
    return () => {
      queue = queue.filter((other) => other !== due)
    }
  }
  return {
    nowMs: () => nowMs,
    block(ms) {
      nowMs += ms
    },
    every(intervalMs, callback) {
      let cancel = () => {}
      const tick = () => {
        cancel = at(nowMs + intervalMs, () => {
          callback()
          tick()
        })
      }
      tick()
      return () => cancel()
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const cancel = at(nowMs + ms, resolve)
        signal?.addEventListener('abort', () => {
          cancel()
          reject(signal.reason)
        })
      })
    },
    // A turn of the event loop takes a hundredth of a millisecond of this clock.
    yield() {
      return new Promise<void>((resolve) => at(nowMs + 0.01, resolve))
    },
    spunMs: () => 0,
    async spinUntil(atMs) {
      while (nowMs < atMs) await this.yield()
    },
    async drive(work) {
      let isDone = false
      const finished = work.finally(() => {
        isDone = true
      })
      finished.catch(() => {})
      for (;;) {
        // setImmediate runs when no promise callback is left to run: now everything waits for the clock.
        await new Promise((resolve) => setImmediate(resolve))
        if (isDone) return finished
        const next = queue.toSorted((a, b) => a.atMs - b.atMs)[0]
        if (next === undefined) throw new Error('everything waits, and nothing is due')
        queue = queue.filter((due) => due !== next)
        nowMs = Math.max(nowMs, next.atMs)
        next.wake()
      }
    },
  }
}
