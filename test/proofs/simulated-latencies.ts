import type { Random } from '../../src/plan/random.ts'
import type { CountedValues } from '../../src/sample/histogram.ts'
import type { HistogramRound } from '../../src/statistics/compare-quantile.ts'
import { drawNormal, type Noise, simulateBlocks } from './simulated-runs.ts'

/** A run of quads whose blocks are histograms of latencies. */
export interface SimulatedQuads {
  readonly quads: number
  readonly requestsPerBlock: number
  /** Log of the factor on all of the contender's latencies. */
  readonly effect: number
  readonly noise: Noise
  /** Share of the blocks in which one request in twenty stalls. */
  readonly stalledBlocks: number
  readonly random: Random
}

// Values are kept to 0.2 %, as an HDR histogram of three digits would.
const STEPS_PER_LOG = 500

/** Quads in ABBA or BAAB order; bodies lognormal, one request in a hundred 3 to 13 times slower, stalls by block. */
export function simulateQuadHistograms(run: SimulatedQuads): HistogramRound[] {
  const slots = simulateBlocks(run.noise, run.quads * 4, run.random)
  return Array.from({ length: run.quads }, (_, quad) => {
    const [first, second, third, fourth] = slots.slice(quad * 4, quad * 4 + 4) as [number, number, number, number]
    const isBaselineOutside = run.random() < 0.5
    const sides = [
      [first, fourth],
      [second, third],
    ] as const
    const [baseline, contender] = isBaselineOutside ? sides : [sides[1], sides[0]]
    return {
      generation: 0,
      baseline: baseline.flatMap((log) => simulateBlock(run, log)),
      contender: contender.flatMap((log) => simulateBlock(run, log + run.effect)),
    }
  })
}

function simulateBlock({ requestsPerBlock, stalledBlocks, random }: SimulatedQuads, log: number): CountedValues {
  const counts = new Map<number, number>()
  const stalled = random() < stalledBlocks ? 0.05 : 0
  for (let i = 0; i < requestsPerBlock; i++) {
    const isSlow = random() < 0.01 + stalled
    const value = log + 0.3 * drawNormal(random) + (isSlow ? Math.log(3 + 10 * random()) : 0)
    const step = Math.round(value * STEPS_PER_LOG)
    counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  return [...counts].map(([step, count]) => [Math.exp(step / STEPS_PER_LOG), count] as const)
}
