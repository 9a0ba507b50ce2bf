import type { Clock } from '../../../src/probe/clock.ts'

/** A clock whose time passes only when everything waits for it: minutes of load take as long as their events. */
export interface VirtualClock extends Clock {
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Lets time pass until `work` is done, and returns what it came to. */
  drive<Value>(work: Promise<Value>): Promise<Value>
}

interface Due {
  readonly atMs: number
  readonly order: number
  wake: (() => void) | undefined
}

export function makeVirtualClock(): VirtualClock {
  let nowMs = 0
  let order = 0
  const heap: Due[] = []
  const at = (atMs: number, wake: () => void): Due => {
    const due = { atMs: Math.max(atMs, nowMs), order: order++, wake }
    push(heap, due)
    return due
  }
  const sleepUntil = (atMs: number) => new Promise<void>((resolve) => at(atMs, resolve))
  return {
    nowMs: () => nowMs,
    every(intervalMs, callback) {
      let due: Due
      const tick = () => {
        due = at(nowMs + intervalMs, () => {
          callback()
          tick()
        })
      }
      tick()
      return () => {
        due.wake = undefined
      }
    },
    sleep(ms, signal) {
      if (signal === undefined) return sleepUntil(nowMs + ms)
      return new Promise((resolve, reject) => {
        const due = at(nowMs + ms, () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        })
        const onAbort = () => {
          due.wake = undefined
          reject(signal.reason)
        }
        signal.addEventListener('abort', onAbort, { once: true })
      })
    },
    yield: () => sleepUntil(nowMs),
    spinUntil: sleepUntil,
    spunMs: () => 0,
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
        let next = pop(heap)
        while (next !== undefined && next.wake === undefined) next = pop(heap)
        if (next === undefined) throw new Error('everything waits, and nothing is due')
        nowMs = next.atMs
        next.wake?.()
      }
    },
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs
}

function push(heap: Due[], due: Due): void {
  let at = heap.length
  heap.push(due)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(due, heap[parent] as Due)) break
    heap[at] = heap[parent] as Due
    at = parent
  }
  heap[at] = due
}

function pop(heap: Due[]): Due | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Due, heap[child] as Due)) child++
    if (!isBefore(heap[child] as Due, last)) break
    heap[at] = heap[child] as Due
    at = child
  }
  heap[at] = last
  return first
}
