import { type MeasuredBlock, measuredFields } from './block.ts'
import type { Field, SeenShard } from './field.ts'

/** What one of several processes measured in a block. */
export type MeasuredShard = Omit<SeenShard<unknown>, 'value' | 'block'> & { readonly block: MeasuredBlock }

/**
 * One block from those of the processes that shared its load, as if one process had carried it: each field by the merge that its
 * table tells.
 */
export function mergeShardBlocks(shards: readonly MeasuredShard[]): MeasuredBlock {
  const table: Readonly<Record<string, Field>> = measuredFields
  const merged = Object.entries(table).map(([name, field]) => [name, field.shards(shards.map(seenIn(name)))] as const)
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined)) as MeasuredBlock
}

function seenIn(name: string) {
  return (shard: MeasuredShard): SeenShard<unknown> => {
    const values: Readonly<Record<string, unknown>> = shard.block
    return { ...shard, value: values[name] }
  }
}
