import { excludeRounds, stealOf } from '../judge/exclude-rounds.ts'
import type { Block } from '../sample/block.ts'
import type { ComparisonHappenings, ComparisonState } from './comparison-state.ts'
import type { Generation } from './generation.ts'

/** Measures a round: each block is told when it is there, and whether the round counts when all are. */
export async function* measureRound(
  { plan, blocks }: ComparisonState,
  generation: Generation,
  { round, mostMs }: { readonly round: number; readonly mostMs?: number },
): ComparisonHappenings {
  const own: Block[] = []
  for await (const block of generation.runRound(round, mostMs)) {
    blocks.push(block)
    own.push(block)
    yield { kind: 'block', block }
  }
  const [first] = excludeRounds(own, plan).excluded
  if (first === undefined) return
  yield { kind: 'excluded', generation: first.generation, round, cpuStealShare: stealOf(own) }
}

/** Measures what iterations take without the target's distance, where that is of use. */
export async function* measureLocally(generation: Generation): ComparisonHappenings {
  const readings = await generation.measureLocal()
  if (readings.length > 0) yield { kind: 'local', readings }
}
