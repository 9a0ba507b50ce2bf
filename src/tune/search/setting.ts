import type { SweepValue } from '../../scenario/scenario-parts.ts'
import { makeGeometricGrid, refineGrid } from './grid.ts'

/** One combination of settings that can be measured. */
export interface Setting {
  readonly id: string
  readonly params: Readonly<Record<string, SweepValue>>
  /** What it costs to have: of those that are good enough, the cheapest is recommended. Connections, usually. */
  readonly size: number
  /** The settings beside the size, as text: along a line only the size changes. */
  readonly line: string
  /** Place of its line: of two settings of one size, the one on the earlier line is the plainer. */
  readonly order: number
}

/** The values of the parameter that is searched for its smallest good one. */
export type Sizes =
  /** Any whole number between the two: tried at 1, 2, 4 … and then between. */
  | { readonly kind: 'range'; readonly smallest: number; readonly largest: number }
  /** Only these. */
  | { readonly kind: 'list'; readonly values: readonly number[] }

/** All settings that a search may try. */
export interface Space {
  readonly sizeName: string
  readonly sizes: Sizes
  /** Every other parameter with its values; the first of each is the plainest. */
  readonly others: Readonly<Record<string, readonly SweepValue[]>>
}

/** The sizes that are tried first, in ascending order. */
export function firstSizes({ sizes }: Space): number[] {
  return sizes.kind === 'list'
    ? sizes.values.toSorted((a, b) => a - b)
    : makeGeometricGrid(sizes.smallest, sizes.largest)
}

/** A size to try between two; undefined when there is none, or they are closer than the finest ratio worth telling apart. */
export function sizeBetween(
  { sizes }: Space,
  [smaller, larger]: readonly [number, number],
  finest?: number,
): number | undefined {
  return sizes.kind === 'range' ? refineGrid(smaller, larger, finest) : undefined
}

/** Combinations of everything but the size, the plainest first. */
export function makeLines({ others }: Space): Readonly<Record<string, SweepValue>>[] {
  return Object.entries(others).reduce<Record<string, SweepValue>[]>(
    (lines, [name, values]) => lines.flatMap((line) => values.map((value) => ({ ...line, [name]: value }))),
    [{}],
  )
}

/** The setting of one size on a line. */
export function makeSetting(
  { sizeName }: Space,
  line: Readonly<Record<string, SweepValue>>,
  at: { size: number; order: number },
): Setting {
  const params = { [sizeName]: at.size, ...line }
  return { id: renderParams(params), params, size: at.size, line: renderParams(line), order: at.order }
}

/** The first grid: every first size on every line. */
export function firstSettings(space: Space): Setting[] {
  return makeLines(space).flatMap((line, order) =>
    firstSizes(space).map((size) => makeSetting(space, line, { size, order })),
  )
}

/** A setting beside another on its line. */
export function resize({ sizeName }: Space, setting: Setting, size: number): Setting {
  const params = { ...setting.params, [sizeName]: size }
  return { ...setting, id: renderParams(params), params, size }
}

/** Cheapest first; of equal size the plainer. */
export function compareCost(a: Pick<Setting, 'size' | 'order'>, b: Pick<Setting, 'size' | 'order'>): number {
  return a.size - b.size || a.order - b.order
}

function renderParams(params: Readonly<Record<string, SweepValue>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
