import type { Objective } from './objective.ts'
import { judgeTrial, type OpenBlock, type TrialOutcome } from './rate-trial.ts'
import { firstSizes, makeLines, makeSetting, type Setting, type Space, sizeBetween } from './setting.ts'

/** Looks for the fewest connections (or the smallest of another size) that hold a rate in an open loop. */
export interface FewestSearch {
  readonly space: Space
  readonly objective: Objective
  readonly ratePerSecond: number
  /** Where to begin, from Little's law. */
  readonly firstSize?: number | undefined
}

/** The blocks of one setting at the rate. */
export interface SettingTrial {
  readonly setting: Setting
  readonly blocks: readonly OpenBlock[]
}

export type FewestStep = { readonly kind: 'open'; readonly setting: Setting } | { readonly kind: 'done' }

/** What to measure next, given all trials so far. Lines are searched one after another, later ones only for less. */
export function nextFewestStep(search: FewestSearch, trials: readonly SettingTrial[]): FewestStep {
  let best: number | undefined
  for (const [order, line] of makeLines(search.space).entries()) {
    const outcomes = outcomesOn(search, trials, order)
    const size = nextSize(search, outcomes, best)
    if (size !== undefined) return { kind: 'open', setting: makeSetting(search.space, line, { size, order }) }
    const held = fewestHeld(outcomes)
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
    .filter(({ blocks }) => judgeTrial(objective, blocks) === 'held')
    .map(({ setting }) => setting)
    .sort((a, b) => a.size - b.size || a.order - b.order)[0]
}

type Outcomes = ReadonlyMap<number, TrialOutcome | undefined>

function outcomesOn({ objective }: FewestSearch, trials: readonly SettingTrial[], order: number): Outcomes {
  const own = trials.filter(({ setting }) => setting.order === order)
  return new Map(own.map(({ setting, blocks }) => [setting.size, judgeTrial(objective, blocks)]))
}

function fewestHeld(outcomes: Outcomes): number | undefined {
  const held = [...outcomes].filter(([, outcome]) => outcome === 'held').map(([size]) => size)
  return held.length === 0 ? undefined : Math.min(...held)
}

/** From the first guess up while sizes fail, down while they hold, then between; undefined when nothing is left to try. */
function nextSize(
  { space, firstSize = 1 }: FewestSearch,
  outcomes: Outcomes,
  below: number | undefined,
): number | undefined {
  for (const [size, outcome] of outcomes) if (outcome === undefined) return size
  const grid = firstSizes(space).filter((size) => size < (below ?? Number.POSITIVE_INFINITY))
  if (outcomes.size === 0) return grid.find((size) => size >= firstSize) ?? grid.at(-1)
  const held = fewestHeld(outcomes)
  const failed = Math.max(0, ...[...outcomes.keys()].filter((size) => held === undefined || size < held))
  if (held === undefined) return grid.find((size) => size > failed)
  const between = grid.findLast((size) => size < held && size > failed)
  if (between !== undefined) return between
  return failed === 0 ? undefined : sizeBetween(space, [failed, held])
}
