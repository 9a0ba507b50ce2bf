import { at } from '../../session/at.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import type { Estimate } from './drift.ts'

/** No estimate is believed to be better than that, as a share. */
const leastHalf = 0.001

/** Taken together where they agree; else what was carried at a rate is right, for that is what is asked about. */
export function combineEstimates(carried: Estimate, guess: Estimate | undefined): Estimate {
  if (guess === undefined || guess.low > carried.high || guess.high < carried.low) return carried
  return poolEstimates([carried, guess])
}

/** Estimates of one thing that come from different ways to measure it, weighted by how well each tells. */
function poolEstimates(estimates: readonly Estimate[]): Estimate {
  const weights = estimates.map(({ perSecond, high }) => Math.max(high - perSecond, leastHalf * perSecond) ** -2)
  const sum = sumOf(weights)
  const perSecond = estimates.reduce((total, each, index) => total + each.perSecond * at(weights, index), 0) / sum
  const half = Math.sqrt(1 / sum)
  return { perSecond, low: perSecond - half, high: perSecond + half }
}
