import { options } from '../scenario/options.ts'

/** What a plan has where nobody asks for anything else. */
export const planDefaults = Object.freeze({
  blockMs: options.blockMs.default,
  warmUpMs: options.warmUpMs.default,
  warmUpRequests: 20_000,
  /** The last look at quads is after this many (8, 16, 32, 64), and after `maxUnits` where a longer budget allows. */
  usualQuads: 64,
  maxUnits: options.maxRounds.most,
  /** Rounds in one generation of fresh processes, at most. */
  maxRoundsPerGeneration: 16,
  /** Generations for a verdict: with eight, the smallest p-value is .008. */
  generationsToJudge: 8,
  generationsToLook: 3,
  /** Of all looks and all contrasts of a comparison together. */
  alpha: 0.05,
})
