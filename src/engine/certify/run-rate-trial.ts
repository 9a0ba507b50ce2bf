import type { Clock } from '../../probe/clock.ts'
import type { RunIteration } from '../../scenario/iteration.ts'
import { makeArrivals } from '../arrivals.ts'
import { runOpenLoop } from '../open-loop.ts'

export interface RateTask {
  readonly kind: 'rate'
  readonly ratePerSecond: number
  readonly durationMs: number
  readonly maxInFlight: number
  readonly iterationTimeoutMs: number
}

/** What came of sending at one rate for a while. */
export interface RateResult {
  readonly intended: number
  readonly dropped: number
  readonly failed: number
  readonly delayP50Us: number
  readonly delayP99Us: number
}

/** Sends at a constant rate and says how late. */
export async function runRateTrial(task: RateTask, run: RunIteration, clock: Clock): Promise<RateResult> {
  const { ratePerSecond, durationMs, maxInFlight, iterationTimeoutMs } = task
  const arrivals = makeArrivals({ ratePerSecond, process: 'constant', random: () => 0.5 })
  const { intended, dropped, failed, dispatchDelay } = await runOpenLoop({
    ...{ run, clock, arrivals, durationMs, maxInFlight, iterationTimeoutMs },
  })
  return {
    ...{ intended, dropped, failed },
    delayP50Us: dispatchDelay.percentileUs(50),
    delayP99Us: dispatchDelay.percentileUs(99),
  }
}
