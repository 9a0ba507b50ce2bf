import type { House, HouseFile } from './open-house.ts'

/** Files that each reach all the others by their imports. */
export interface Knot {
  readonly files: readonly string[]
  /** At run time, when types are gone, there is none. */
  readonly isTypeOnly: boolean
}

/** Every group of files whose imports, those of types included, lead in a circle. */
export function findKnots({ own }: House): Knot[] {
  const atRunTime = new Set(knotsOf(own, ({ isTypeOnly }) => !isTypeOnly).flat())
  return knotsOf(own, () => true).map((files) => ({ files, isTypeOnly: !files.some((path) => atRunTime.has(path)) }))
}

function knotsOf(own: readonly HouseFile[], counts: (edge: HouseFile['imports'][number]) => boolean): string[][] {
  const edges = new Map(own.map(({ path, imports }) => [path, imports.filter(counts).map(({ to }) => to)]))
  const reached = new Map([...edges.keys()].map((path) => [path, reachableFrom(edges.get(path) ?? [], edges)]))
  const isKnotted = (a: string, b: string) => reached.get(a)?.has(b) === true && reached.get(b)?.has(a) === true
  const knotted = [...edges.keys()].filter((path) => isKnotted(path, path)).toSorted()
  return [...Map.groupBy(knotted, (path) => knotted.find((other) => isKnotted(path, other))).values()]
}

/** All that imports lead to; of files that are not among the edges only the name. */
export function reachableFrom(
  begin: readonly string[],
  edges: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const seen = new Set(begin)
  // A set is walked through to what is added on the way.
  for (const path of seen) for (const to of edges.get(path) ?? []) seen.add(to)
  return seen
}
