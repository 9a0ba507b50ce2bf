import { drawMs, type Law } from './law.ts'
import type { MersenneTwister } from './mersenne-twister.ts'

/** When a piece of work starts and ends. */
export interface WorkTimes {
  readonly startMs: number
  readonly endMs: number
}

/** A queue before `workers` servers, first come first served, whose service times follow a known law (G/G/c). */
export class WorkQueue {
  readonly #law: Law
  readonly #random: MersenneTwister
  readonly #freeAtMs: number[]

  constructor({ law, workers, random }: { law: Law; workers: number; random: MersenneTwister }) {
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
    const endMs = startMs + drawMs(this.#law, this.#random)
    free[first] = endMs
    return { startMs, endMs }
  }
}
