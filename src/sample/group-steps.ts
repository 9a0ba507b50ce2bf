import { sumOf } from '../statistics/sum-of.ts'
import type { BlockStep, MeasuredBlock } from './block.ts'

/** All that several blocks counted under one name. */
interface StepGroup extends Pick<BlockStep, 'name' | 'succeeded' | 'failed'> {
  /** Encoded histograms of service time, one of each block. */
  readonly services: readonly string[]
}

/** The named steps of several blocks, by name in order of appearance; empty when there are none. */
export function groupSteps(blocks: readonly Pick<MeasuredBlock, 'steps'>[]): StepGroup[] {
  const all = blocks.flatMap(({ steps = [] }) => steps)
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, same]) => ({
    name,
    succeeded: sumOf(same, ({ succeeded }) => succeeded),
    failed: sumOf(same, ({ failed }) => failed),
    services: same.map(({ service }) => service),
  }))
}
