import { Bag } from '../session/bag.ts'
import type { IterationTrace } from './iteration-trace.ts'

/** Iterations with no request under way: one of them is who a request is for that does not say so itself. */
export class WaitingIterations {
  readonly #waiting = new Bag<IterationTrace>()
  #begun = 0

  add(trace: IterationTrace): void {
    trace.waitingSince = this.#begun++
    this.#waiting.add(trace)
  }

  delete(trace: IterationTrace): void {
    this.#waiting.delete(trace)
  }

  /** Whoever has waited longest: looked for, as clients mostly say whose a request is. */
  longest(): IterationTrace | undefined {
    let longest: IterationTrace | undefined
    for (const trace of this.#waiting) {
      if (longest === undefined || trace.waitingSince < longest.waitingSince) longest = trace
    }
    return longest
  }
}
