import { drawMs, type Law } from './law.ts'
import type { MersenneTwister } from './mersenne-twister.ts'

/** When a piece of work starts and ends. */
export interface WorkTimes {
  readonly startMs: number
  readonly endMs: number
}

/** How a queue works. */
export interface WorkOptions {
  readonly law: Law
  readonly workers: number
  readonly random: MersenneTwister
  /**
   * Every piece of work that is already there makes a new one take longer by this share, so that throughput falls again
   * when more arrive at once than there are workers.
   * @default 0
   */
  readonly crosstalk?: number
}

/** A queue before `workers` servers, first come first served, whose service times follow a known law (G/G/c). */
export class WorkQueue {
  readonly #law: Law
  readonly #random: MersenneTwister
  readonly #freeAtMs: number[]
  readonly #crosstalk: number
  /** When each piece of work ends that may still be there; kept only for crosstalk. */
  #endsMs: number[] = []

  constructor({ law, workers, random, crosstalk = 0 }: WorkOptions) {
    this.#crosstalk = crosstalk
    this.#law = law
    this.#random = random
    this.#freeAtMs = Array<number>(workers).fill(Number.NEGATIVE_INFINITY)
  }

  /** Takes in a piece of work that arrives now. */
  admit(nowMs: number): WorkTimes {
    const free = this.#freeAtMs
    let first = 0
    for (let i = 1; i < free.length; i++) if ((free[i] as number) < (free[first] as number)) first = i
    const startMs = Math.max(nowMs, free[first] as number)
    const endMs = startMs + drawMs(this.#law, this.#random) * this.#slowDown(nowMs)
    free[first] = endMs
    if (this.#crosstalk > 0) this.#endsMs.push(endMs)
    return { startMs, endMs }
  }

  #slowDown(nowMs: number): number {
    if (this.#crosstalk === 0) return 1
    this.#endsMs = this.#endsMs.filter((endMs) => endMs > nowMs)
    return 1 + this.#crosstalk * this.#endsMs.length
  }
}
