import { expect, test } from 'vitest'
import { drawMs, type LawName } from '../../../fixtures-server/law.ts'
import { MersenneTwister } from '../../../fixtures-server/mersenne-twister.ts'

const draws = 200_000

/** The quantiles of each law with mean 1, in closed form. */
const quantiles: Record<LawName, (p: number) => number> = {
  fixed: () => 1,
  exponential: (p) => -Math.log(1 - p),
  // Normal quantiles 0, 1.2816 and 2.3263 for the three probabilities asked for below.
  lognormal: (p) => Math.exp(({ 0.5: 0, 0.9: 1.281_551_6, 0.99: 2.326_347_9 }[p] as number) - 0.5),
  bimodal: (p) => (p < 0.9 ? 1 / 1.9 : 10 / 1.9),
}

test.each(['fixed', 'exponential', 'lognormal', 'bimodal'] as const)('%s has its mean and its percentiles', (law) => {
  const random = new MersenneTwister(11)
  const times = Array.from({ length: draws }, () => drawMs({ law, meanMs: 1 }, random)).sort((a, b) => a - b)
  expect(Math.abs(times.reduce((sum, time) => sum + time, 0) / draws - 1)).toBeLessThan(0.015)
  for (const p of law === 'bimodal' ? [0.5, 0.99] : [0.5, 0.9, 0.99]) {
    expect(Math.abs((times[Math.floor(p * draws)] as number) / quantiles[law](p) - 1)).toBeLessThan(0.03)
  }
})
