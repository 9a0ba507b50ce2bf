import { baselineOf } from '../plan/contrasts.ts'
import type { Block } from '../sample/block.ts'
import { latencyOf } from '../sample/block-core.ts'
import { type CountedValues, Histogram } from '../sample/histogram.ts'
import { at } from '../session/at.ts'
import type { HistogramRound } from '../statistics/compare-quantile.ts'
import type { Round } from '../statistics/contrast.ts'
import { mean } from '../statistics/quantile.ts'
import type { RoundDifference } from '../statistics/units.ts'
import type { JudgedComparison } from './judged-plan.ts'

/** The blocks of one arm against those of the baseline in one complete round. */
interface BlockRound {
  readonly generation: number
  readonly baseline: readonly Block[]
  readonly contender: readonly Block[]
}

/** The blocks of every round that has all of them. */
export function completeRounds(blocks: readonly Block[], { arms }: { readonly arms: readonly unknown[] }): Block[][] {
  const rounds = Map.groupBy(blocks, ({ generation, round }) => `${generation} ${round}`)
  return [...rounds.values()].filter((round) => round.length === 2 * arms.length)
}

/** In which order the arms ran in each complete round. */
export function orderOfRounds(blocks: readonly Block[], plan: JudgedComparison): string[][] {
  const byPosition = (a: Block, b: Block) => a.position - b.position
  return completeRounds(blocks, plan).map((round) => round.toSorted(byPosition).map(({ arm }) => arm))
}

/** The complete rounds of a comparison, as the contrast of one arm with the baseline sees them. */
function pairBlocks(blocks: readonly Block[], plan: JudgedComparison, contender: string): BlockRound[] {
  const baseline = baselineOf(plan, contender)
  return completeRounds(blocks, plan).map((round) => ({
    generation: generationOf(round),
    baseline: round.filter(({ arm }) => arm === baseline),
    contender: round.filter(({ arm }) => arm === contender),
  }))
}

function generationOf(round: readonly Block[]): number {
  return at(round, 0).generation
}

/** One arm alone: per complete round the mean of the logs of its blocks' values. */
export function makeArmRounds(
  blocks: readonly Block[],
  plan: JudgedComparison,
  arm: string,
  valueIn: (block: Block) => number,
): RoundDifference[] {
  return completeRounds(blocks, plan).map((round) => {
    const logs = round.filter((block) => block.arm === arm).map((block) => Math.log(valueIn(block)))
    return { generation: generationOf(round), difference: mean(logs) }
  })
}

/** Rounds with one value per block, and how fast the machine was around it. */
export function makeContrastRounds(
  blocks: readonly Block[],
  plan: JudgedComparison,
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
  plan: JudgedComparison,
  contender: string,
): HistogramRound[] {
  return pairBlocks(blocks, plan, contender).map(({ generation, baseline, contender }) => ({
    generation,
    baseline: countValues(baseline),
    contender: countValues(contender),
  }))
}

function countValues(blocks: readonly Block[]): CountedValues {
  return Histogram.merge(blocks.map(latencyOf), blocks[0]?.histogramUnit).countedValues()
}
