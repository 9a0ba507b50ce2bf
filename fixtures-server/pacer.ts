/** Time, as the pacer sees it: the real clock in the link worker, a fake one in tests. */
export interface PacerClock {
  now(): number
  /** Calls back after roughly `ms`; returns a cancel. */
  sleep(ms: number, callback: () => void): () => void
  /** Calls back as soon as what has arrived meanwhile has been dealt with. */
  spin(callback: () => void): () => void
  /** The same, but leaves the core to others for a moment, far shorter than any sleep. */
  doze(callback: () => void): () => void
}

interface Event {
  readonly dueMs: number
  readonly order: number
  readonly action: () => void
}

// A timer wakes up to a millisecond early or late, so the last stretch is spun through.
const spinMs = 1.5

/**
 * Runs actions at their due times: sleeps coarsely until shortly before the next one, then spins, so that an action
 * is late by microseconds. With nothing scheduled it costs nothing.
 */
export class Pacer {
  readonly #clock: PacerClock
  // A binary heap: the earliest event first, and of two at one time the one that was scheduled first.
  readonly #heap: Event[] = []
  #order = 0
  #cancel: (() => void) | undefined
  #wakeMs = Number.POSITIVE_INFINITY
  #awakeUntilMs = Number.NEGATIVE_INFINITY

  constructor(clock: PacerClock) {
    this.#clock = clock
  }

  schedule(dueMs: number, action: () => void): void {
    this.#push({ dueMs, order: this.#order++, action })
    if (dueMs < this.#wakeMs) this.#arm()
  }

  /**
   * Dozes until then even with nothing due: what is expected to arrive is then seen as it does, or nearly. A thread that sleeps
   * in the kernel takes a tenth of a millisecond and more to wake up. It does not spin: the kernel likes to wake who is to
   * answer on the core of the thread that wrote to it, where it would wait for the spinning to end.
   */
  stayAwake(untilMs: number): void {
    if (untilMs <= this.#awakeUntilMs) return
    this.#awakeUntilMs = untilMs
    // Within #run the clock is armed at its end.
    if (this.#wakeMs !== Number.NEGATIVE_INFINITY) this.#arm()
  }

  #run = (): void => {
    this.#cancel = undefined
    // An action that schedules another must not arm the clock for each: that is done once, at the end.
    this.#wakeMs = Number.NEGATIVE_INFINITY
    for (let next = this.#heap[0]; next && next.dueMs <= this.#clock.now(); next = this.#heap[0]) {
      this.#pop()
      next.action()
    }
    this.#arm()
  }

  #arm(): void {
    this.#cancel?.()
    this.#cancel = undefined
    const next = this.#heap[0]
    const now = this.#clock.now()
    this.#wakeMs = next?.dueMs ?? Number.POSITIVE_INFINITY
    const sleepMs = Math.floor(this.#wakeMs - now - spinMs)
    if (sleepMs < 1) this.#cancel = this.#clock.spin(this.#run)
    else if (now < this.#awakeUntilMs) this.#cancel = this.#clock.doze(this.#run)
    else if (sleepMs !== Number.POSITIVE_INFINITY) this.#cancel = this.#clock.sleep(sleepMs, this.#run)
  }

  #push(event: Event): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt] as Event
      if (isBefore(parent, event)) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Event
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let childAt = 2 * at + 1
      if (childAt >= heap.length) break
      if (childAt + 1 < heap.length && isBefore(heap[childAt + 1] as Event, heap[childAt] as Event)) childAt++
      const child = heap[childAt] as Event
      if (isBefore(last, child)) break
      heap[at] = child
      at = childAt
    }
    heap[at] = last
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.dueMs === b.dueMs ? a.order < b.order : a.dueMs < b.dueMs
}
