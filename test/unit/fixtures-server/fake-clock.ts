import type { PacerClock } from '../../../fixtures-server/pacer.ts'

interface Wake {
  readonly atMs: number
  readonly kind: 'sleep' | 'spin'
  readonly callback: () => void
}

/** A clock that stands still until it is told to go on; it records how it was asked to wait. */
export class FakeClock implements PacerClock {
  nowMs = 0
  readonly waits: string[] = []
  readonly #wakes = new Set<Wake>()

  now = (): number => this.nowMs

  sleep(ms: number, callback: () => void): () => void {
    this.waits.push(`sleep ${ms}`)
    return this.#wakeAt({ atMs: this.nowMs + ms, kind: 'sleep', callback })
  }

  spin(callback: () => void): () => void {
    this.waits.push('spin')
    return this.#wakeAt({ atMs: this.nowMs, kind: 'spin', callback })
  }

  doze(callback: () => void): () => void {
    this.waits.push('doze')
    return this.#wakeAt({ atMs: this.nowMs, kind: 'spin', callback })
  }

  get isIdle(): boolean {
    return this.#wakes.size === 0
  }

  /** Goes on to the next wake-up; a spin or a doze lasts a quarter of a millisecond. */
  step(): void {
    const [next] = [...this.#wakes].sort((a, b) => a.atMs - b.atMs)
    if (!next) throw new Error('Nothing waits for this clock')
    this.#wakes.delete(next)
    this.nowMs = next.kind === 'spin' ? this.nowMs + 0.25 : next.atMs
    next.callback()
  }

  runAll(): void {
    while (!this.isIdle) this.step()
  }

  #wakeAt(wake: Wake): () => void {
    this.#wakes.add(wake)
    return () => this.#wakes.delete(wake)
  }
}
