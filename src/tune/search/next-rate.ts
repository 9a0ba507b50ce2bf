import { at } from '../../session/at.ts'
import type { Estimate } from './drift.ts'
import {
  bracketCapacity,
  carriedBy,
  isNarrow,
  type JudgedRate,
  leastOf,
  mostMargin,
  ratesOf,
  rounding,
  same,
} from './rate-ends.ts'

/** Where the rate is looked for. */
export interface CapacitySearch {
  /** What is expected to be carried: the closed loop's throughput. */
  readonly guess: Estimate
  /** How far from where the capacity seems to be a rate is tried at least, as a share. @default 0.022 */
  readonly margin?: number
  /** Time is short: ends are set as near as what is known allows, instead of learning more first. @default false */
  readonly isEnding?: boolean
  readonly lowestRatePerSecond?: number
  readonly highestRatePerSecond?: number
}

const capacitySearchDefaults = Object.freeze({
  margin: 0.022,
  isEnding: false,
  lowestRatePerSecond: 0.01,
  highestRatePerSecond: 100_000,
})

/** While nothing has failed, or nothing held, steps get longer. */
const strides = [1, 2, 4, 10, 25]
const leap = 2

/** The next thing to measure: a rate that is new, or one of those that were too much for longer, to know what is carried. */
interface CapacityStep {
  readonly ratePerSecond: number
  readonly isLonger: boolean
}

/**
 * What to try next: a rate that ought to fail, just above of what seems to be carried, for that tells best what is; then one
 * that ought to hold, just below; then what is carried is learnt until both can be set near enough. Undefined when the
 * bracket is as narrow as two margins, or nothing is left to try.
 */
export function nextCapacityStep(trials: readonly JudgedRate[], search: CapacitySearch): CapacityStep | undefined {
  const { margin: wanted, isEnding } = { ...capacitySearchDefaults, ...search }
  const bracket = bracketCapacity(trials, search.guess)
  const carried = carriedBy(trials, search.guess)
  const isWide = bracket.held !== undefined && bracket.failed !== undefined && !isNarrow(bracket, wanted)
  // What is carried moves no end that the objective sets.
  const isOfObjective = trials.some(
    ({ ratePerSecond, cause }) => ratePerSecond === bracket.failed && cause === 'objective',
  )
  const learnMore = (error: number): CapacityStep | undefined => {
    if (!isWide || isEnding || isOfObjective || carried === undefined || errorOf(carried) <= error) return undefined
    const ratePerSecond = leastOf(ratesOf(trials, (trial) => isTelling(trial, carried)))
    return ratePerSecond === undefined ? undefined : { ratePerSecond, isLonger: true }
  }
  const first = learnMore(wanted * nearly)
  if (first !== undefined) return first
  const next = nextCapacityRate(trials, search)
  // Rates that are left may all have been tried already, and what was carried by luck keep the ends apart.
  return next === undefined ? learnMore(wanted / 3) : { ratePerSecond: next, isLonger: false }
}

/** Ends that were set by what is known now would be moved by what is learnt from them. */
const nearly = 0.95

/** More than is carried is offered there, so that everything that can be under way is. */
function isTelling({ outcome, cause, capacity, ratePerSecond }: JudgedRate, { high }: Estimate): boolean {
  return outcome === 'failed' && cause === 'drift' && capacity !== undefined && ratePerSecond * rounding >= high
}

/** The rate to try next that is new; undefined when the bracket is narrow enough, or nothing is left to try. */
export function nextCapacityRate(trials: readonly JudgedRate[], search: CapacitySearch): number | undefined {
  const { lowestRatePerSecond, highestRatePerSecond } = { ...capacitySearchDefaults, ...search }
  const margin = marginFor(trials, search)
  const { held, failed } = bracketCapacity(trials, search.guess)
  const carried = carriedBy(trials, search.guess)
  const centre = (carried ?? search.guess).perSecond
  const isWanted = (rate: number) => rate > (held ?? 0) && rate < (failed ?? Number.POSITIVE_INFINITY)
  const isNew = (rate: number) => trials.every((trial) => !isNear(trial.ratePerSecond, rate))
  const choose = (rates: readonly number[]) =>
    rates
      .map((rate) => Math.min(Math.max(rate, lowestRatePerSecond), highestRatePerSecond))
      .find((rate) => isWanted(rate) && isNew(rate))
  if (held !== undefined && failed !== undefined) {
    // Where an objective is missed, what can be carried does not say how near to go.
    const own = carried === undefined ? (search.margin ?? capacitySearchDefaults.margin) : margin
    return narrow({ held, failed, centre, margin: own }, choose)
  }
  const [above, below] = [upwards(centre, margin), downwards(centre, margin)]
  if (failed !== undefined) return choose(below)
  // Where it cannot be told whether a rate fails, one that holds is worth more than to go on asking.
  const isMoot = held === undefined && trials.filter(({ outcome }) => outcome === 'undecided').length > 1
  return isMoot ? choose([...below, ...above]) : choose(above)
}

/** What is less well known than that is learnt at a rate first. */
const widest = 0.15

/** Rates that are tried are no nearer to what seems to be carried than that is known. */
function marginFor(trials: readonly JudgedRate[], search: Pick<CapacitySearch, 'guess' | 'margin'>): number {
  const known = carriedBy(trials, search.guess)
  const error = known === undefined ? Math.min(errorOf(search.guess), mostMargin) : Math.min(errorOf(known), widest)
  return Math.max(search.margin ?? capacitySearchDefaults.margin, error)
}

/** Half of an interval, as a share. */
function errorOf({ perSecond, high }: Estimate): number {
  return high / perSecond - 1
}

interface Narrowing {
  readonly held: number
  readonly failed: number
  readonly centre: number
  readonly margin: number
}

function narrow(
  { held, failed, centre, margin }: Narrowing,
  choose: (rates: readonly number[]) => number | undefined,
): number | undefined {
  if (isNarrow({ held, failed }, margin)) return undefined
  const [low, high] = [centre * (1 - margin), centre * (1 + margin)]
  const middle = Math.sqrt(held * failed)
  if (!(centre > held && centre < failed)) return choose([middle])
  // First the end that is farther from where the capacity seems to be.
  return failed / centre > centre / held ? choose([high, low, middle]) : choose([low, high, middle])
}

function upwards(from: number, margin: number): number[] {
  const near = strides.map((stride) => from * (1 + stride * margin))
  const last = at(near, -1)
  return [...near, ...Array.from({ length: 24 }, (_, step) => last * leap ** (step + 1))]
}

function downwards(from: number, margin: number): number[] {
  const near = strides.map((stride) => from * (1 - Math.min(stride * margin, 1 - 1 / leap)))
  const last = at(near, -1)
  return [...near, ...Array.from({ length: 24 }, (_, step) => last / leap ** (step + 1))]
}

function isNear(a: number, b: number): boolean {
  return Math.max(a, b) / Math.min(a, b) < same
}
