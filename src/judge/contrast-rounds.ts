import type { ComparisonPlan } from '../plan/make-plan.ts'
import type { Block } from '../sample/block.ts'
import { type CountedValues, Histogram } from '../sample/histogram.ts'
import type { HistogramRound } from '../statistics/compare-quantile.ts'
import type { Round } from '../statistics/contrast.ts'

/** The blocks of one arm against those of the baseline in one complete round. */
interface BlockRound {
  readonly generation: number
  readonly baseline: readonly Block[]
  readonly contender: readonly Block[]
}

/** The complete rounds of a comparison, as the contrast of one arm with the baseline sees them. */
function pairBlocks(blocks: readonly Block[], { arms, baselineArm }: ComparisonPlan, contender: string): BlockRound[] {
  const rounds = Map.groupBy(blocks, ({ generation, round }) => `${generation} ${round}`)
  const complete = [...rounds.values()].filter((round) => round.length === 2 * arms.length)
  return complete.map((round) => ({
    generation: (round[0] as Block).generation,
    baseline: round.filter(({ arm }) => arm === baselineArm),
    contender: round.filter(({ arm }) => arm === contender),
  }))
}

/** Rounds with one value per block, and how fast the machine was around it. */
export function makeContrastRounds(
  blocks: readonly Block[],
  plan: ComparisonPlan,
  contender: string,
  valueIn: (block: Block) => number,
): Round[] {
  const speed = ({ speedControlMs: [before, after] }: Block) => (before + after) / 2
  return pairBlocks(blocks, plan, contender).map(({ generation, baseline, contender }) => ({
    generation,
    baseline: baseline.map(valueIn),
    contender: contender.map(valueIn),
    speedControl: { baseline: baseline.map(speed), contender: contender.map(speed) },
  }))
}

/** Rounds with the histograms of service time of each arm. */
export function makeHistogramRounds(
  blocks: readonly Block[],
  plan: ComparisonPlan,
  contender: string,
): HistogramRound[] {
  return pairBlocks(blocks, plan, contender).map(({ generation, baseline, contender }) => ({
    generation,
    baseline: countValues(baseline),
    contender: countValues(contender),
  }))
}

function countValues(blocks: readonly Block[]): CountedValues {
  return Histogram.merge(blocks.map(({ service }) => service)).countedValues()
}
