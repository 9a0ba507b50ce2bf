import { at } from '../../session/at.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { findBest, findThrottled, leastRounds } from './choose-setting.ts'
import { isClientLimited } from './client-limit.ts'
import type { Estimate } from './drift.ts'
import { type FewestSearch, nextFewestStep, type SettingTrial } from './fewest-search.ts'
import { stateOf } from './judge-gain.ts'
import { findLarger } from './larger-sizes.ts'
import { gainOf, isTold, type ProbeKind, type ProbeRound, probesOf } from './limit-probe.ts'
import { nextRateStep, type RateBlocks } from './rate-search.ts'
import type { OpenBlock } from './rate-trial.ts'
import type { Setting } from './setting.ts'
import { judgeSizes, nextSizeStep, type SizeRound, type SizeSearch, type Tried } from './size-search.ts'

/** What is looked for: the fewest connections for a rate, or the best throughput and the highest rate that it holds. */
export interface TuneSearch extends SizeSearch {
  /** The rate wanted; undefined: as high as the objective allows. */
  readonly ratePerSecond?: number | undefined
  /** Open loops go no further. */
  readonly highestRatePerSecond: number
  /** With a rate: where to begin, from Little's law. */
  readonly firstSize?: number | undefined
  /** A trial at one rate is lengthened to so much at most. */
  readonly mostTrialSeconds: number
  /** What may be tried to find the limit; nothing with a rate, for nothing else is sent then. */
  readonly probes: readonly ProbeKind[]
  /** Connections that the target gets at most, also to find the limit; undefined: as many as are asked for. */
  readonly mostSize?: number | undefined
}

/** One block of an open loop, and whose it was. */
export interface OpenResult {
  readonly setting: Setting
  readonly block: OpenBlock
}

/** Everything that was measured, in order: what every decision is made from. */
export interface TuneHistory {
  readonly rounds: readonly SizeRound[]
  /** What was tried on the setting that was chosen, to find its limit. */
  readonly probes: readonly ProbeRound[]
  readonly open: readonly OpenResult[]
}

/** Which parts of the budget are spent: the rest is for what comes after. */
interface Spent {
  /** Half of the time for sizes: it shows by then whether the other half can tell anything. */
  readonly guessing: boolean
  readonly sizing: boolean
  /** A doubt that costs little is settled until then, and the rest goes to the limit. */
  readonly doubting: boolean
  readonly probing: boolean
  /** Nothing more is learnt of what is carried: its limits are shown as near as they are known. */
  readonly ending: boolean
}

/** The next thing to measure, or that there is nothing more to measure. */
export type TuneStep =
  | { readonly kind: 'round'; readonly settings: readonly Setting[] }
  | { readonly kind: 'probe'; readonly setting: Setting; readonly kinds: readonly ProbeKind[] }
  | {
      readonly kind: 'open'
      readonly setting: Setting
      readonly ratePerSecond: number
      /** For how long this rate has been measured: a trial that is undecided is lengthened. */
      readonly secondsSoFar: number
    }
  | { readonly kind: 'done' }

/** Something to measure. */
export type Step = Exclude<TuneStep, { kind: 'done' }>

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

function nextBestStep(search: TuneSearch, history: TuneHistory, spent: Spent): TuneStep {
  const { rounds, open } = history
  if (open.length === 0 && history.probes.length === 0) {
    const step = nextSizeStep(search, rounds)
    if (step.kind === 'round' && isWorthTime(step.settings, { search, history, spent })) return step
  }
  const best = findBest(search, rounds) ?? findThrottled(search, rounds)
  if (best === undefined) return { kind: 'done' }
  const probes = probesOf(history.probes, best.setting.id)
  const kinds = probesFor(search, best, rounds)
  const probe: TuneStep = { kind: 'probe', setting: best.setting, kinds }
  const isLimitOpen = kinds.length > 1 && !isTold(probes, kinds)
  if (open.length === 0 && !spent.probing && isLimitOpen && !areHopeless(probes, kinds, search)) return probe
  // A client that gets refusals as fast as it can ask is busy with those.
  if (best.objective.isMet && isClientLimited(best, { search, rounds, probes })) {
    // No rate is looked for then: its time goes to whether it is the client.
    return isLimitOpen && !spent.ending ? probe : { kind: 'done' }
  }
  const { search: where, mostSeconds } = rateOptionsFor(search, best, { rounds, probes })
  const options = { search: { ...where, isEnding: spent.ending }, mostSeconds }
  const step = nextRateStep(search.objective, options, groupByRate(open, best.setting))
  if (step !== undefined) return { kind: 'open', setting: best.setting, ...step }
  // What the rate has left of the time goes to what there was too little of before.
  return isLimitOpen ? probe : confirm(search, best, rounds)
}

/** Whether a choice that is enough can be made sure of; where a cheaper one is enough too, its own rate is looked for. */
function confirm(search: TuneSearch, { standing }: Tried, rounds: readonly SizeRound[]): TuneStep {
  const step = nextSizeStep(search, rounds)
  return standing.state === 'enough' && step.kind === 'round' ? step : { kind: 'done' }
}

/**
 * A size that was begun is measured often enough to be judged, whatever that takes from the time for the rate, and a doubt
 * that costs little is settled.
 */
function isWorthTime(settings: readonly Setting[], { search, history: { rounds }, spent }: Sizing): boolean {
  if (!spent.sizing) return !(spent.guessing && isHopeless(settings, search, rounds))
  const counts = settings.map(({ id }) => countRounds(id, rounds))
  if (!counts.every((count) => count > 0)) return false
  const all = rounds.flat()
  const seconds = settings.map(({ id }) => all.findLast(({ setting }) => setting.id === id)?.seconds ?? 0)
  const isCheap = sumOf(seconds) < little * sumOf(all.map((one) => one.seconds))
  // One that is larger than what is enough is no answer, however little is known of it.
  const enough = judgeSizes(search, rounds).find(({ standing }) => standing.state === 'enough')
  const isAnswer = ({ size }: Setting) => size <= (enough?.setting.size ?? size)
  const isBegun = settings.some((setting, index) => isAnswer(setting) && at(counts, index) < leastRounds)
  return isBegun || (isCheap && !spent.doubting)
}

/** Of what all rounds have taken. */
const little = 0.1

interface Sizing {
  readonly search: TuneSearch
  readonly history: TuneHistory
  readonly spent: Spent
}

/** Twice as much time as until now makes limits narrower by so much. */
const narrower = Math.SQRT2

/**
 * Whether what is in doubt varies so much that the time for it tells nothing: the limits of its loss would still be farther
 * apart than what does not matter, on either side. The rate is worth that time then.
 */
function isHopeless(settings: readonly Setting[], search: TuneSearch, rounds: readonly SizeRound[]): boolean {
  const isMeasured = ({ setting }: Tried) => settings.some(({ id }) => id === setting.id)
  const tried = judgeSizes(search, rounds).filter(isMeasured)
  const doubtful = tried.filter(({ standing }) => standing.state === 'unclear')
  return doubtful.length > 0 && doubtful.every(({ rounds: own, standing }) => isVague(own, standing.limits, search))
}

/** The same of what a probe carries more. */
function areHopeless(probes: readonly ProbeRound[], kinds: readonly ProbeKind[], search: TuneSearch): boolean {
  const gains = kinds.filter((kind) => kind !== 'same').map((kind) => gainOf(probes, kind))
  const open = gains.filter((gain) => stateOf(gain) === 'unclear')
  return open.length > 0 && open.every((gain) => isVague(probes.length, gain, search))
}

function isVague(
  rounds: number,
  limits: { readonly low: number; readonly high: number } | undefined,
  { epsilon }: TuneSearch,
): boolean {
  return rounds >= fewRounds && limits !== undefined && (limits.high - limits.low) / narrower > 2 * epsilon
}

/** Fewer say too little of how much they vary. */
const fewRounds = 4

function countRounds(id: string, rounds: readonly SizeRound[]): number {
  return rounds.filter((round) => round.some(({ setting }) => setting.id === id)).length
}

/** What the rounds have told already is not tried again. */
function probesFor(search: TuneSearch, best: Tried, rounds: readonly SizeRound[]): readonly ProbeKind[] {
  if (!best.objective.isMet) return []
  const { next, most } = findLarger(search, rounds, best.setting.id)
  // What fails there names the limit.
  if (next?.broken.some(({ metric }) => metric.kind === 'errors')) return []
  if (2 * best.setting.size > (search.mostSize ?? Number.POSITIVE_INFINITY)) return []
  return search.probes.filter((kind) => kind !== 'larger' || stateOf(most?.gain) === 'unclear')
}

/** Where the highest rate of a setting is looked for. */
export function rateOptionsFor(search: TuneSearch, best: Tried, { rounds, probes }: Omit<TuneHistory, 'open'>) {
  const { highestRatePerSecond, mostTrialSeconds: mostSeconds } = search
  const guess = best.objective.isMet ? guessFor(best, { rounds, probes }) : guessThrottled(rounds)
  const lowestRatePerSecond = best.objective.isMet ? 0.01 : guess.perSecond * lowestThrottled
  return { search: { guess, lowestRatePerSecond, highestRatePerSecond }, mostSeconds }
}

/** Failures that are as many at a quarter of the rate are not those of somebody who limits it. */
const lowestThrottled = 0.25

/** The closed loop's throughput, of all its blocks, and how well it is known: no better than so. */
function guessFor({ setting, perSecond }: Tried, { rounds, probes }: Omit<TuneHistory, 'open'>): Estimate {
  const sized = rounds.flat().flatMap((one) => (one.setting.id === setting.id ? one.perSecond : []))
  const probed = probes.flat().flatMap((one) => (one.kind === 'same' ? [one.perSecond] : []))
  const logs = [...sized, ...probed].map((value) => Math.log(Math.max(value, 1e-3)))
  const centre = sumOf(logs) / logs.length
  const variance = sumOf(logs, (log) => (log - centre) ** 2) / Math.max(1, logs.length - 1)
  const half = Math.max(leastGuessError, 2 * Math.sqrt(variance / Math.max(1, logs.length)))
  const mean = probed.length > 0 ? Math.exp(centre) : perSecond
  return { perSecond: mean, low: mean * (1 - half), high: mean * (1 + half) }
}

/** Its blocks are a few answers long, and may end just before or behind one of each. */
const leastGuessError = 0.02

/** Who allows so many per second counts all of them, whichever size they are of; in one block there may be none left. */
function guessThrottled(rounds: readonly SizeRound[]): Estimate {
  const all = rounds.flat()
  const succeeded = sumOf(all, (one) => one.succeeded)
  const perSecond =
    succeeded /
    Math.max(
      1e-3,
      sumOf(all, ({ seconds }) => seconds),
    )
  return { perSecond, low: perSecond * 0.9, high: perSecond * 1.1 }
}

/** The search for the fewest connections, as part of this one. */
export function fewestSearchOf(
  { space, objective, firstSize, mostTrialSeconds }: TuneSearch,
  ratePerSecond: number,
): FewestSearch {
  return { space, objective, ratePerSecond, firstSize, mostSeconds: mostTrialSeconds }
}

/** What was tried at a rate. */
export function groupBySetting(open: readonly OpenResult[], ratePerSecond: number): SettingTrial[] {
  const own = open.filter(({ block }) => block.ratePerSecond === ratePerSecond)
  return [...Map.groupBy(own, ({ setting }) => setting.id).values()].map((results) => ({
    setting: at(results, 0).setting,
    blocks: results.map(({ block }) => block),
  }))
}

/** What was tried with a setting. */
export function groupByRate(open: readonly OpenResult[], { id }: Setting): RateBlocks[] {
  const own = open.filter(({ setting }) => setting.id === id)
  return [...Map.groupBy(own, ({ block }) => block.ratePerSecond)].map(([ratePerSecond, results]) => ({
    ratePerSecond,
    blocks: results.map(({ block }) => block),
  }))
}
