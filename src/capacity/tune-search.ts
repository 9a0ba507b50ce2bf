import { type FewestSearch, fewestHolding, nextFewestStep, type SettingTrial } from './fewest-search.ts'
import { type HighestRate, nextRateStep, type RateBlocks, readHighestRate } from './rate-search.ts'
import { judgeTrial, type OpenBlock } from './rate-trial.ts'
import type { Setting } from './setting.ts'
import { judgeSizes, nextSizeStep, recommendSize, type SizeRound, type SizeSearch, type Tried } from './size-search.ts'

/** What is looked for: the fewest connections for a rate, or the best throughput and the highest rate that it holds. */
export interface TuneSearch extends SizeSearch {
  /** The rate wanted; undefined: as high as the objective allows. */
  readonly ratePerSecond?: number | undefined
  /** Open loops go no further. */
  readonly highestRatePerSecond: number
  /** With a rate: where to begin, from Little's law. */
  readonly firstSize?: number | undefined
}

/** One block of an open loop, and whose it was. */
export interface OpenResult {
  readonly setting: Setting
  readonly block: OpenBlock
}

/** Everything that was measured, in order: what every decision is made from. */
export interface TuneHistory {
  readonly rounds: readonly SizeRound[]
  readonly open: readonly OpenResult[]
}

/** Which part of the budget is spent: the rest is for the highest rate. */
export interface Spent {
  readonly sizing: boolean
}

/** The next thing to measure, or that there is nothing more to measure. */
export type TuneStep =
  | { readonly kind: 'round'; readonly settings: readonly Setting[] }
  | { readonly kind: 'open'; readonly setting: Setting; readonly ratePerSecond: number }
  | { readonly kind: 'done' }

/** The closed loop's throughput has told where the capacity is: step from there in smaller steps than doubling. */
const nearCapacity = { start: 0.9, factor: 1.25 }

/** Decides the next step. The same search, history and spending give the same step. */
export function nextTuneStep(search: TuneSearch, history: TuneHistory, spent: Spent): TuneStep {
  return search.ratePerSecond === undefined
    ? nextBestStep(search, history, spent)
    : nextStepAtRate(search, history, search.ratePerSecond)
}

function nextStepAtRate(search: TuneSearch, { open }: TuneHistory, ratePerSecond: number): TuneStep {
  const step = nextFewestStep(fewestSearchOf(search, ratePerSecond), groupBySetting(open, ratePerSecond))
  return step.kind === 'done' ? step : { ...step, ratePerSecond }
}

function nextBestStep(search: TuneSearch, { rounds, open }: TuneHistory, { sizing }: Spent): TuneStep {
  if (open.length === 0) {
    const step = nextSizeStep(search, rounds)
    // A size that was begun is measured often enough to be judged, whatever that takes from the time for the rate.
    if (step.kind === 'round' && (!sizing || isBegun(step.settings, rounds))) return step
  }
  const best = findBest(search, { rounds })
  if (best === undefined || isClientLimited(best, rounds)) return { kind: 'done' }
  const ratePerSecond = nextRateStep(search.objective, rateSearchFor(search, best), groupByRate(open, best.setting))
  return ratePerSecond === undefined ? { kind: 'done' } : { kind: 'open', setting: best.setting, ratePerSecond }
}

/** Whether a round would take up nothing new, and finish what has been measured too little to be judged. */
function isBegun(settings: readonly Setting[], rounds: readonly SizeRound[]): boolean {
  const counts = settings.map(({ id }) => countRounds(id, rounds))
  return counts.every((count) => count > 0) && counts.some((count) => count < leastRounds)
}

function countRounds(id: string, rounds: readonly SizeRound[]): number {
  return rounds.filter((round) => round.some(({ setting }) => setting.id === id)).length
}

/**
 * Once its rate is being looked for, the choice stands: the rounds do not change any more. What was measured too little to
 * be judged is left out, and stands in nobody's way.
 */
function findBest(search: TuneSearch, { rounds }: Pick<TuneHistory, 'rounds'>): Tried | undefined {
  const known = rounds.map((round) => round.filter(({ setting }) => countRounds(setting.id, rounds) >= leastRounds))
  return recommendSize(search, judgeSizes(search, known))
}

function rateSearchFor({ highestRatePerSecond }: TuneSearch, best: Tried) {
  const firstRatePerSecond = Math.min(highestRatePerSecond, Math.max(0.1, best.perSecond * nearCapacity.start))
  return { firstRatePerSecond, factor: nearCapacity.factor, lowestRatePerSecond: 0.01, highestRatePerSecond }
}

function fewestSearchOf({ space, objective, firstSize }: TuneSearch, ratePerSecond: number): FewestSearch {
  return { space, objective, ratePerSecond, firstSize }
}

function groupBySetting(open: readonly OpenResult[], ratePerSecond: number): SettingTrial[] {
  const own = open.filter(({ block }) => block.ratePerSecond === ratePerSecond)
  return [...Map.groupBy(own, ({ setting }) => setting.id).values()].map((results) => ({
    setting: (results[0] as OpenResult).setting,
    blocks: results.map(({ block }) => block),
  }))
}

function groupByRate(open: readonly OpenResult[], { id }: Setting): RateBlocks[] {
  const own = open.filter(({ setting }) => setting.id === id)
  return [...Map.groupBy(own, ({ block }) => block.ratePerSecond)].map(([ratePerSecond, results]) => ({
    ratePerSecond,
    blocks: results.map(({ block }) => block),
  }))
}

/** Busier than this, a closed loop's client is what limits it (measuring.md). */
export const busiestClient = 0.9

/** The client's event loop was the limit: its figures are its own, not the target's. */
export function isClientLimited({ setting }: Tried, rounds: readonly SizeRound[]): boolean {
  return meanBusy(setting, rounds) > busiestClient
}

/** How busy the client's event loop was with a setting, 0 to 1. */
export function meanBusy({ id }: Setting, rounds: readonly SizeRound[]): number {
  const busy = rounds.flat().filter(({ setting }) => setting.id === id)
  return busy.reduce((sum, { eventLoopUtilization }) => sum + eventLoopUtilization, 0) / Math.max(1, busy.length)
}

/** Fewer rounds than this name nobody the best, not even likely. */
const leastRounds = 3

/** What a search came to. */
export interface Conclusion {
  /**
   * `recommended`: sure of it. `likely`: it looks best, and the limits say how sure that is. `none`: nothing that was tried
   * meets the objective. `refused`: the client was the limit. `nothing measured`: too little time.
   */
  readonly state: 'recommended' | 'likely' | 'none' | 'refused' | 'nothing measured'
  readonly setting: Setting | undefined
  /** Cheapest first; empty when a rate was given. */
  readonly tried: readonly Tried[]
  /** Of the recommended setting; undefined when a rate was given, or none was tried. */
  readonly highest: HighestRate | undefined
}

/** Concludes from whatever was measured, however the search ended. */
export function concludeTuning(search: TuneSearch, history: TuneHistory): Conclusion {
  return search.ratePerSecond === undefined
    ? concludeBest(search, history)
    : concludeAtRate(search, history, search.ratePerSecond)
}

function concludeBest(search: TuneSearch, { rounds, open }: TuneHistory): Conclusion {
  const tried = judgeSizes(search, rounds)
  const best = findBest(search, { rounds })
  if (best === undefined) {
    const state = tried.length > 0 && tried.every(({ objective }) => !objective.isMet) ? 'none' : 'nothing measured'
    return { state, setting: undefined, tried, highest: undefined }
  }
  if (isClientLimited(best, rounds)) return { state: 'refused', setting: best.setting, tried, highest: undefined }
  const trials = groupByRate(open, best.setting)
  const highest = trials.length === 0 ? undefined : readHighestRate(search.objective, trials)
  const isSure = best.standing.state === 'enough' && nextSizeStep(search, rounds).kind === 'done'
  return { state: isSure ? 'recommended' : 'likely', setting: best.setting, tried, highest }
}

function concludeAtRate(search: TuneSearch, { open }: TuneHistory, ratePerSecond: number): Conclusion {
  const trials = groupBySetting(open, ratePerSecond)
  const setting = fewestHolding(search, trials)
  const outcomes = trials.map(({ blocks }) => judgeTrial(search.objective, blocks))
  const isDone = nextFewestStep(fewestSearchOf(search, ratePerSecond), trials).kind === 'done'
  const none = outcomes.includes('late') ? 'refused' : isDone ? 'none' : 'nothing measured'
  const state = setting === undefined ? none : isDone ? 'recommended' : 'likely'
  return { state, setting, tried: [], highest: undefined }
}
