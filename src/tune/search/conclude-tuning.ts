import { findBest, findThrottled } from './choose-setting.ts'
import { isClientLimited } from './client-limit.ts'
import { fewestHolding, nextFewestStep } from './fewest-search.ts'
import { probesOf } from './limit-probe.ts'
import { type HighestRate, readHighestRate } from './rate-search.ts'
import { judgeTrial } from './rate-trial.ts'
import { compareCost, type Setting } from './setting.ts'
import { judgeSizes, nextSizeStep, type SizeRound, type Tried } from './size-search.ts'
import { mergeTallies, missedTimes } from './tally.ts'
import {
  fewestSearchOf,
  groupByRate,
  groupBySetting,
  rateOptionsFor,
  type TuneHistory,
  type TuneSearch,
} from './tune-search.ts'

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
  /** When nothing meets the objective: what misses it by least. */
  readonly nearest: Setting | undefined
}

/** Concludes from whatever was measured, however the search ended. */
export function concludeTuning(search: TuneSearch, history: TuneHistory): Conclusion {
  return search.ratePerSecond === undefined
    ? concludeBest(search, history)
    : concludeAtRate(search, history, search.ratePerSecond)
}

function concludeBest(search: TuneSearch, history: TuneHistory): Conclusion {
  const { rounds } = history
  const tried = judgeSizes(search, rounds)
  const best = findBest(search, rounds)
  if (best === undefined) return concludeThrottled(search, history, tried)
  const { setting } = best
  const probes = probesOf(history.probes, setting.id)
  const highest = readHighest(search, best, { ...history, probes })
  const common = { setting, tried, nearest: undefined }
  if (isClientLimited(best, { search, rounds, probes })) return { state: 'refused', ...common, highest: undefined }
  const isSure = best.standing.state === 'enough' && nextSizeStep(search, rounds).kind === 'done'
  return { state: isSure ? 'recommended' : 'likely', ...common, highest }
}

/** No size meets the objective at full speed: one may at a rate, or none does. */
function concludeThrottled(search: TuneSearch, history: TuneHistory, tried: readonly Tried[]): Conclusion {
  const throttled = findThrottled(search, history.rounds)
  const highest = throttled && readHighest(search, throttled, history)
  if (throttled !== undefined && highest?.held !== undefined) {
    const state = highest.failed === undefined ? 'likely' : 'recommended'
    return { state, setting: throttled.setting, tried, highest, nearest: undefined }
  }
  const isNone = tried.length > 0 && tried.every(({ objective }) => !objective.isMet)
  const nearest = isNone ? findNearest(search, history.rounds, tried) : undefined
  return { state: isNone ? 'none' : 'nothing measured', setting: undefined, tried, highest: undefined, nearest }
}

function findNearest(
  { objective }: TuneSearch,
  rounds: readonly SizeRound[],
  tried: readonly Tried[],
): Setting | undefined {
  const misses = tried.map(({ setting }) => {
    const own = rounds.flat().filter((one) => one.setting.id === setting.id)
    return { setting, times: missedTimes(objective, mergeTallies(own.map(({ tallies }) => tallies))) }
  })
  return misses.toSorted((a, b) => a.times - b.times || compareCost(a.setting, b.setting))[0]?.setting
}

function readHighest(search: TuneSearch, best: Tried, history: TuneHistory): HighestRate | undefined {
  const trials = groupByRate(history.open, best.setting)
  const { search: options } = rateOptionsFor(search, best, history)
  return trials.length === 0 ? undefined : readHighestRate(search.objective, options, trials)
}

function concludeAtRate(search: TuneSearch, { open }: TuneHistory, ratePerSecond: number): Conclusion {
  const trials = groupBySetting(open, ratePerSecond)
  const setting = fewestHolding(search, trials)
  const outcomes = trials.map(({ blocks }) => judgeTrial(search.objective, blocks).outcome)
  const isDone = nextFewestStep(fewestSearchOf(search, ratePerSecond), trials).kind === 'done'
  const isSure = isDone && !outcomes.includes('undecided')
  const none = outcomes.includes('late') ? 'refused' : isSure && outcomes.length > 0 ? 'none' : 'nothing measured'
  const state = setting === undefined ? none : isSure ? 'recommended' : 'likely'
  return { state, setting, tried: [], highest: undefined, nearest: undefined }
}
