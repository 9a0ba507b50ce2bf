/** A rate that was tried, and whether the objective held at it. */
export interface RateTrial {
  readonly ratePerSecond: number
  readonly held: boolean
}

/** The highest rate that held and the lowest that failed: the capacity lies between. An end that was not met is undefined. */
export interface RateBracket {
  readonly held: number | undefined
  readonly failed: number | undefined
}

interface RateSearch {
  readonly firstRatePerSecond: number
  /** The search ends when failed ÷ held is at most this. @default 1.05 */
  readonly resolution?: number
  /** How far a step goes while no end is known. @default 2 */
  readonly factor?: number
  readonly lowestRatePerSecond?: number
  readonly highestRatePerSecond?: number
}

const rateSearchDefaults = Object.freeze({
  resolution: 1.05,
  factor: 2,
  lowestRatePerSecond: 1,
  highestRatePerSecond: 100_000,
})

/**
 * What the trials say. A rate that failed limits all above it: one that held above a failure was luck, for an objective that
 * holds at a rate has to hold at every lower one.
 */
export function bracketRates(trials: readonly RateTrial[]): RateBracket {
  const failures = trials.filter(({ held }) => !held).map(({ ratePerSecond }) => ratePerSecond)
  const failed = failures.length === 0 ? undefined : Math.min(...failures)
  const holding = trials.filter(
    ({ held, ratePerSecond }) => held && ratePerSecond < (failed ?? Number.POSITIVE_INFINITY),
  )
  return { held: holding.length === 0 ? undefined : Math.max(...holding.map((trial) => trial.ratePerSecond)), failed }
}

/**
 * The rate to try next: doubled while it holds, halved while it fails, then the geometric middle of the bracket; undefined
 * when the bracket is as narrow as asked for or the bounds are reached.
 */
export function nextRate(trials: readonly RateTrial[], search: RateSearch): number | undefined {
  const { firstRatePerSecond, resolution, factor, lowestRatePerSecond, highestRatePerSecond } = {
    ...rateSearchDefaults,
    ...search,
  }
  if (trials.length === 0) return clamp(firstRatePerSecond, lowestRatePerSecond, highestRatePerSecond)
  const { held, failed } = bracketRates(trials)
  if (held !== undefined && failed !== undefined) {
    return failed / held <= resolution ? undefined : Math.sqrt(held * failed)
  }
  if (held !== undefined) {
    return held >= highestRatePerSecond ? undefined : Math.min(held * factor, highestRatePerSecond)
  }
  if (failed === undefined || failed <= lowestRatePerSecond) return undefined
  return Math.max(failed / factor, lowestRatePerSecond)
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
