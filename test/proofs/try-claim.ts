import { makeRandom } from '../../src/plan/random.ts'
import type { Claim } from './claim.ts'

/** How often a claim's trial came true, and whether that is within what is allowed but for chance. */
export interface Outcome {
  readonly claim: Claim
  readonly trials: number
  readonly share: number
  readonly isKept: boolean
}

// Three standard errors: of a hundred true claims that sit right on their limit, about one in a thousand looks broken.
const STANDARD_ERRORS = 3

/** Runs a claim's trials; the same seed gives the same outcome. */
export function tryClaim(claim: Claim, options: { readonly trials: number; readonly seed: number }): Outcome {
  const random = makeRandom(options.seed)
  const trials = Math.max(1, Math.round(options.trials / (claim.costly ?? 1)))
  let hits = 0
  for (let i = 0; i < trials; i++) if (claim.trial(random)) hits++
  const share = hits / trials
  const [low, high] = claim.allowed
  const slack = (limit: number) => STANDARD_ERRORS * Math.sqrt((limit * (1 - limit)) / trials)
  return { claim, trials, share, isKept: share >= low - slack(low) && share <= high + slack(high) }
}
