import { z } from 'zod'
import type { MersenneTwister } from './mersenne-twister.ts'

/** The known laws of service times; each has the mean that is asked for. */
export const lawNames = Object.freeze(['fixed', 'exponential', 'lognormal', 'bimodal'] as const)
export type LawName = (typeof lawNames)[number]

/** A law of times. */
export interface Law {
  readonly law: LawName
  readonly meanMs: number
}

/** The schema of a law. */
export const lawSchema = z.strictObject({ law: z.enum(lawNames), meanMs: z.number().min(0).max(60_000) })

/** Spread of the lognormal law: the standard deviation of the logarithm. */
export const lognormalSigma = 1
/** The bimodal law: one in ten takes ten times as long as the other nine. */
export const bimodalSlow = Object.freeze({ share: 0.1, factor: 10 })

/** Draws one time in milliseconds. */
export function drawMs({ law, meanMs }: Law, random: Pick<MersenneTwister, 'next'>): number {
  switch (law) {
    case 'fixed':
      return meanMs
    case 'exponential':
      return -meanMs * Math.log1p(-random.next())
    case 'lognormal':
      return meanMs * Math.exp(lognormalSigma * normal(random) - lognormalSigma ** 2 / 2)
    case 'bimodal': {
      const fastMs = meanMs / (1 - bimodalSlow.share + bimodalSlow.share * bimodalSlow.factor)
      return random.next() < bimodalSlow.share ? fastMs * bimodalSlow.factor : fastMs
    }
    default:
      return law satisfies never
  }
}

// Box and Muller 1958; one of the pair is enough here.
function normal(random: Pick<MersenneTwister, 'next'>): number {
  return Math.sqrt(-2 * Math.log1p(-random.next())) * Math.cos(2 * Math.PI * random.next())
}
