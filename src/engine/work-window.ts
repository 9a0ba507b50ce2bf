import type { Outcomes } from './outcomes.ts'

/** Adds up how much of the iterations that succeeded was done within a span of time. */
export interface WorkWindow {
  /** The same outcomes, whose successes count here too. */
  watch(outcomes: Outcomes): Outcomes
  /** Iterations per ms of the window. */
  perMs(): number
}

/**
 * Each iteration counts with the share of its time that lies in the window: the mean of 1/length over time is the rate of
 * ends, whatever the lengths depend on (the inversion formula of stationary point processes: Baccelli and Brémaud 2003,
 * §1.2.4). Dividing whole cycles by their time wants cycles that are independent, and a queue's are not: a client that was
 * held up finds the queue empty afterwards, and its next cycles short. Counting ends alone would depend on where the
 * window cuts answers that come in step.
 */
export function makeWorkWindow({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): WorkWindow {
  let done = 0
  return {
    watch: (outcomes) => ({
      ...outcomes,
      succeed(times) {
        const { beginMs, endMs } = times
        const within = Math.min(endMs, toMs) - Math.max(beginMs, fromMs)
        if (within > 0) done += within / (endMs - beginMs)
        outcomes.succeed(times)
      },
    }),
    perMs: () => done / Math.max(toMs - fromMs, Number.MIN_VALUE),
  }
}
