import type { ComparisonPlan } from '../plan/plan.ts'
import type { Block } from '../sample/block.ts'
import { meanOverTime } from '../sample/field-merges.ts'

/** The blocks that statistics see, and those that a rule of the scenario leaves out. */
interface SplitBlocks {
  readonly kept: readonly Block[]
  readonly excluded: readonly Block[]
}

/**
 * Leaves out whole rounds, every arm's blocks alike, by what the machine did and never by what was measured: so it favours
 * no arm. A round whose steal is not known stays.
 */
export function excludeRounds(
  blocks: readonly Block[],
  { exclude }: { readonly exclude?: ComparisonPlan['exclude'] | undefined },
): SplitBlocks {
  if (exclude === undefined) return { kept: blocks, excluded: [] }
  const rounds = Map.groupBy(blocks, nameOfRound)
  const isExcluded = (block: Block) => stealOf(rounds.get(nameOfRound(block)) ?? []) > exclude.cpuSteal
  return { kept: blocks.filter((block) => !isExcluded(block)), excluded: blocks.filter(isExcluded) }
}

/** The share of CPU time that other machines had while the blocks of a round were measured; 0 where that is not known. */
export function stealOf(round: readonly Block[]): number {
  return meanOverTime(round.map((block) => ({ value: block.cpuStealShare, block }))) ?? 0
}

/** How many rounds blocks are of. */
export function countRounds(blocks: readonly Block[]): number {
  return new Set(blocks.map(nameOfRound)).size
}

function nameOfRound({ generation, round }: Block): string {
  return `${generation} ${round}`
}
