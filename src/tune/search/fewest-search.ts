import type { Objective } from './objective.ts'
import { isWorthMore } from './rate-search.ts'
import { judgeTrial, type OpenBlock, type Trial, type TrialOutcome } from './rate-trial.ts'
import { firstSizes, makeLines, makeSetting, type Setting, type Space, sizeBetween } from './setting.ts'

/** Looks for the fewest connections (or the smallest of another size) that hold a rate in an open loop. */
export interface FewestSearch {
  readonly space: Space
  readonly objective: Objective
  readonly ratePerSecond: number
  /** Where to begin, from Little's law. */
  readonly firstSize?: number | undefined
  /** A trial that is undecided after so long stays so. */
  readonly mostSeconds: number
}

/** The blocks of one setting at the rate. */
export interface SettingTrial {
  readonly setting: Setting
  readonly blocks: readonly OpenBlock[]
}

type FewestStep =
  | { readonly kind: 'open'; readonly setting: Setting; readonly secondsSoFar: number }
  | { readonly kind: 'done' }

/** What to measure next, given all trials so far. Lines are searched one after another, later ones only for less. */
export function nextFewestStep(search: FewestSearch, trials: readonly SettingTrial[]): FewestStep {
  let best: number | undefined
  for (const [order, line] of makeLines(search.space).entries()) {
    const tried = trialsOn(search, trials, order)
    const size = nextSize(search, tried, best)
    if (size !== undefined) {
      const setting = makeSetting(search.space, line, { size, order })
      return { kind: 'open', setting, secondsSoFar: tried.get(size)?.seconds ?? 0 }
    }
    const held = fewestHeld(tried)
    if (held !== undefined) best = Math.min(best ?? Number.POSITIVE_INFINITY, held)
  }
  return { kind: 'done' }
}

/** The smallest setting that held the rate, the plainest of those. */
export function fewestHolding(
  { objective }: Pick<FewestSearch, 'objective'>,
  trials: readonly SettingTrial[],
): Setting | undefined {
  return trials
    .filter(({ blocks }) => judgeTrial(objective, blocks).outcome === 'held')
    .map(({ setting }) => setting)
    .sort((a, b) => a.size - b.size || a.order - b.order)[0]
}

/** What each size of a line came to; `open`: its trial goes on. */
type Tried = ReadonlyMap<number, { readonly outcome: TrialOutcome | 'open'; readonly seconds: number }>

function trialsOn(search: FewestSearch, trials: readonly SettingTrial[], order: number): Tried {
  const own = trials.filter(({ setting }) => setting.order === order)
  return new Map(
    own.map(({ setting, blocks }) => [setting.size, readTrial(search, judgeTrial(search.objective, blocks))]),
  )
}

function readTrial({ ratePerSecond, mostSeconds }: FewestSearch, trial: Trial) {
  const isOpen = isWorthMore(trial, { ratePerSecond, mostSeconds })
  return { outcome: isOpen ? ('open' as const) : trial.outcome, seconds: trial.seconds }
}

function fewestHeld(tried: Tried): number | undefined {
  const held = [...tried].filter(([, { outcome }]) => outcome === 'held').map(([size]) => size)
  return held.length === 0 ? undefined : Math.min(...held)
}

/** From the first guess up while sizes fail, down while they hold, then between; undefined when nothing is left to try. */
function nextSize({ space, firstSize = 1 }: FewestSearch, tried: Tried, below: number | undefined): number | undefined {
  for (const [size, { outcome }] of tried) if (outcome === 'open') return size
  const grid = firstSizes(space).filter((size) => size < (below ?? Number.POSITIVE_INFINITY))
  if (tried.size === 0) return grid.find((size) => size >= firstSize) ?? grid.at(-1)
  const held = fewestHeld(tried)
  const failed = Math.max(0, ...[...tried.keys()].filter((size) => held === undefined || size < held))
  if (held === undefined) return grid.find((size) => size > failed)
  const between = grid.findLast((size) => size < held && size > failed)
  if (between !== undefined) return between
  return failed === 0 ? undefined : sizeBetween(space, [failed, held])
}
