/** How the arrivals of an open loop are spread: evenly, or at random as those of many independent users are. */
export type ArrivalProcess = 'constant' | 'poisson'

export interface ArrivalOptions {
  readonly ratePerSecond: number
  readonly process: ArrivalProcess
  /** Uniform in [0, 1); used by `poisson` only. */
  readonly random: () => number
}

/**
 * When each arrival is due, in ms since the start: one absolute schedule, laid down by the rate alone. Whatever the target
 * does, no arrival waits for another, and being late for one does not move the next.
 */
export function* makeArrivals({ ratePerSecond, process, random }: ArrivalOptions): Generator<number, never, void> {
  const meanGapMs = 1_000 / ratePerSecond
  // Not summed up gap by gap: rounding would make a long schedule drift from its rate.
  if (process === 'constant') for (let index = 0; ; index++) yield index * meanGapMs
  for (let dueMs = 0; ; ) {
    dueMs += -Math.log(1 - random()) * meanGapMs
    yield dueMs
  }
}
