import { compareQuantile, type QuantileInput } from '../../src/statistics/compare-quantile.ts'
import { ALPHA, type Claim, differs, holds, LOG_EFFECT, RARE } from './claim.ts'
import { type SimulatedQuads, simulateQuadHistograms } from './simulated-latencies.ts'
import { roughNoise } from './simulated-runs.ts'

const compareP99 = (quads: Omit<SimulatedQuads, 'requestsPerBlock' | 'noise'>, changes: Partial<QuantileInput> = {}) =>
  compareQuantile({
    metric: { name: 'latency.p99', better: 'lower', marginPercent: 0 },
    fraction: 0.99,
    rounds: simulateQuadHistograms({ requestsPerBlock: 250, noise: { ...roughNoise, scale: 0.1 }, ...quads }),
    unit: 'quad',
    alpha: ALPHA,
    overallAlpha: ALPHA,
    random: quads.random,
    draws: 400,
    ...changes,
  })

/** Claims about high quantiles of merged histograms. */
export const tailClaims: readonly Claim[] = [8, 16, 32].flatMap((quads): Claim[] =>
  [0, 0.1].flatMap((stalledBlocks): Claim[] => [
    {
      group: 'p99 of merged histograms, 500 requests a quad and arm',
      name: `interval holds the true ratio, ${quads} quads, ${stalledBlocks * 100} % of blocks stalled`,
      allowed: [0.92, 0.985],
      costly: 8,
      trial: (random) => holds(compareP99({ quads, effect: LOG_EFFECT, stalledBlocks, random }), LOG_EFFECT),
    },
    {
      group: 'p99 of merged histograms, 500 requests a quad and arm',
      name: `equal arms told apart, ${quads} quads, ${stalledBlocks * 100} % of blocks stalled`,
      allowed: RARE,
      costly: 8,
      trial: (random) => differs(compareP99({ quads, effect: 0, stalledBlocks, random })),
    },
  ]),
)
