import { sumOf } from '../../statistics/sum-of.ts'
import type { Space } from './setting.ts'

/** How long a request takes, and how many share a connection. */
interface Pace {
  /** From asking to the answer, of one size when as many as usual are under way and nobody waits but for a connection, ms. */
  readonly turnMs: (size: number) => number
  /** What takes longer is aborted, ms. */
  readonly limitMs: number
  /** Settings of one size. */
  readonly lines: number
  /** For the first round, and to make its settings ready, ms. */
  readonly wantedMs: number
  /** No more than this can be spent, ms. */
  readonly mostMs: number
}

/** Where a search begins. `needsMs`: that not even two sizes fit, and what they would take. */
type Start =
  | {
      readonly sizes: readonly number[]
      /** Sizes over which requests would wait for a connection for longer than they may take. */
      readonly waiting: readonly number[]
    }
  | { readonly needsMs: number }

/** Turns that a size takes to be made ready, and in both blocks of a round: lead-ins, the block and its last answers. */
const turns = { ready: 2, blocks: 9 }
/** However quick the answers are, ms. */
const leastMs = { ready: 250, blocks: 1_000 }

/**
 * The sizes of the first round: all of them where time allows, else fewer that lie further apart. A size over which every
 * request would wait for longer than it may take is known to fail, and to measure that takes longest of all; the
 * largest is measured even so.
 */
export function chooseStart(sizes: readonly number[], pace: Pace): Start {
  const largest = sizes.at(-1)
  const waiting = sizes.filter((size) => size !== largest && pace.turnMs(size) > pace.limitMs)
  const useful = sizes.filter((size) => !waiting.includes(size))
  const costMs = (chosen: readonly number[]) => pace.lines * sumOf(chosen, (size) => roundMs(pace.turnMs(size)))
  for (let step = 1; step < useful.length; step++) {
    const chosen = everyNth(useful, step)
    if (costMs(chosen) <= pace.wantedMs) return { sizes: chosen, waiting }
  }
  const least = useful.slice(-2)
  const needsMs = costMs(least)
  return needsMs > pace.mostMs ? { needsMs } : { sizes: least, waiting }
}

function roundMs(turnMs: number): number {
  return Math.max(leastMs.ready, turns.ready * turnMs) + Math.max(leastMs.blocks, turns.blocks * turnMs)
}

/** The largest and every so-many-th below it, in ascending order. */
function everyNth(sizes: readonly number[], step: number): readonly number[] {
  return sizes.filter((_, index) => (sizes.length - 1 - index) % step === 0)
}

/** The space without sizes that are too small to be of use. */
export function withoutSizes(space: Space, waiting: readonly number[]): Space {
  const { sizes } = space
  if (waiting.length === 0) return space
  if (sizes.kind === 'list') {
    return { ...space, sizes: { ...sizes, values: sizes.values.filter((value) => !waiting.includes(value)) } }
  }
  return { ...space, sizes: { ...sizes, smallest: Math.min(sizes.largest, Math.max(...waiting) + 1) } }
}
