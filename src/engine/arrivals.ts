import { makeProfile } from '../plan/rate-profile.ts'
import type { RateStage } from '../scenario/stages.ts'

/** How the arrivals of an open loop are spread: evenly, or at random as those of many independent users are. */
type ArrivalProcess = 'constant' | 'poisson'

interface SpreadOptions {
  readonly process: ArrivalProcess
  /** Uniform in [0, 1); used by `poisson` only. */
  readonly random: () => number
}

export interface ArrivalOptions extends SpreadOptions {
  readonly ratePerSecond: number
}

interface StagedArrivalOptions extends SpreadOptions {
  readonly stages: readonly RateStage[]
}

/**
 * When each arrival is due, in ms since the start: one absolute schedule, laid down by the rate alone. Whatever the target
 * does, no arrival waits for another, and being late for one does not move the next.
 */
export function* makeArrivals({ ratePerSecond, process, random }: ArrivalOptions): Generator<number, never, void> {
  const meanGapMs = 1_000 / ratePerSecond
  const expectations = makeExpectations({ process, random })
  for (;;) yield expectations.next().value * meanGapMs
}

/**
 * The arrivals of a rate that changes from stage to stage, to its end. Arrival i is due when i arrivals are expected to
 * have come: F(i) is the inverse of the rate's integral, exact for linear ramps. At random, the same inverse stretches a
 * Poisson process of rate 1 (time rescaling: Lewis and Shedler 1979, Naval Research Logistics 26:403–413).
 */
export function* makeStagedArrivals({ stages, process, random }: StagedArrivalOptions): Generator<number, void, void> {
  const { total, timeOf } = makeProfile(stages)
  for (const expected of makeExpectations({ process, random })) {
    if (expected >= total) return
    yield timeOf(expected)
  }
}

/** How many arrivals are expected up to each one: 0, 1, 2…, or the times of a Poisson process of rate 1. */
function* makeExpectations({ process, random }: SpreadOptions): Generator<number, never, void> {
  // Not summed up gap by gap: rounding would make a long schedule drift from its rate.
  if (process === 'constant') for (let index = 0; ; index++) yield index
  for (let sum = 0; ; ) {
    sum += -Math.log(1 - random())
    yield sum
  }
}
