import { deriveSeed } from '../plan/derive-seed.ts'
import { makeRandom, shuffle } from '../plan/random.ts'
import type { LoadedFeed } from '../scenario/load-feed.ts'

/** The row for an index: the same for the same seed and index, whoever asks and in which order. */
type RowOfIndex = (index: number) => unknown

/** Chooses rows of a feed; without one there are none. */
export function makeFeedRows(feed: LoadedFeed | undefined, seed: number): RowOfIndex {
  if (feed === undefined) return () => undefined
  if (feed.kind === 'generated') return (index) => feed.generate(index, makeRandom(deriveSeed(seed, 'rows', index)))
  const { rows, order } = feed
  if (order === 'sequential') return (index) => rows[index % rows.length]
  const orderOfPass = makePasses(rows.length, seed)
  return (index) => rows[orderOfPass(Math.floor(index / rows.length))[index % rows.length] as number]
}

/** Iterations of two neighbouring passes may be under way at a time: both orders are kept, older ones are made again. */
const passesKept = 2

function makePasses(count: number, seed: number): (pass: number) => readonly number[] {
  const places = Array.from({ length: count }, (_, place) => place)
  const known = new Map<number, readonly number[]>()
  return (pass) => {
    const kept = known.get(pass)
    if (kept !== undefined) return kept
    const order = shuffle(places, makeRandom(deriveSeed(seed, 'rows', pass)))
    for (const oldest of known.keys()) if (known.size >= passesKept) known.delete(oldest)
    known.set(pass, order)
    return order
  }
}
