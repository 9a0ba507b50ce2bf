import { UsageError } from '../bench-error.ts'
import { isOwnLoop } from '../scenario/engine-name.ts'
import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'

/** One of the processes that share the load of an arm. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** The only process of an arm. */
export const wholeShard: Shard = Object.freeze({ index: 0, count: 1 })

/** A shard's part of a number of things: as equal as whole numbers allow, and together all of them. */
export function splitEvenly(total: number, { index, count }: Shard): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0)
}

/** Which place of the whole a shard's own is: it has every `count`-th, from its index on. */
export function placeInWhole(own: number, { index, count }: Shard): number {
  return own * count + index
}

/** Every `count`-th item, from `index` on: the union of all shards is the whole, in its order. */
export function* takeShard<Item>(items: Iterable<Item>, { index, count }: Shard): Generator<Item, void, void> {
  let at = 0
  for (const item of items) if (at++ % count === index) yield item
}

/** A shard's part of a workload. An open loop's arrivals are taken from the whole schedule, so its rate stays. */
export function shardWorkload(workload: ResolvedWorkload, shard: Shard): ResolvedWorkload {
  switch (workload.model) {
    case 'closed':
      return {
        ...workload,
        concurrency: splitEvenly(workload.concurrency, shard),
        ...(workload.iterations !== undefined && { iterations: splitEvenly(workload.iterations, shard) }),
      }
    case 'open':
      return { ...workload, maxInFlight: splitEvenly(workload.maxInFlight, shard) }
    case 'raw':
    case 'autocannon':
    case 'micro':
      return workload
    default:
      return workload satisfies never
  }
}

/** Throws UsageError when some of the processes would have nothing to do. */
export function checkShards(workload: ResolvedWorkload, processes: number): void {
  if (processes === 1 || isOwnLoop(workload)) return
  const [places, what] =
    workload.model === 'closed' ? [workload.concurrency, 'concurrency'] : [workload.maxInFlight, 'maxInFlight']
  if (processes <= places) return
  throw new UsageError(
    `expected at most one process for each iteration under way, got ${processes} processes for ${what} ${places}; give ${places} processes or less, or more ${what}`,
  )
}
