// Targets of known capacity, simulated, for the decision core of `tune`: no load, no clock, thousands of runs.

import type { Random } from '../../src/plan/random.ts'
import { parseObjective } from '../../src/tune/search/objective.ts'
import { makeSetting, type Setting, type Space } from '../../src/tune/search/setting.ts'
import {
  judgeSizes,
  nextSizeStep,
  recommendSize,
  type SizeRound,
  type SizeSearch,
  sizeSearchDefaults,
} from '../../src/tune/search/size-search.ts'
import type { Tally } from '../../src/tune/search/tally.ts'

/** What a target does with so many requests under way: throughput per second, and the p99 of its latency in ms. */
export interface SimulatedTarget {
  readonly name: string
  readonly perSecond: (size: number) => number
  readonly p99Ms?: (size: number) => number
  readonly errors?: (size: number) => number
  /** Standard deviation of a block's logarithm. */
  readonly noise: number
  readonly objective?: string
  readonly largest?: number
}

const serviceS = 0.005
const saturating = (workers: number) => (size: number) => Math.min(size, workers) / serviceS
const retrograde = (workers: number, crosstalk: number) => (size: number) =>
  saturating(workers)(size) / (1 + crosstalk * (size - 1))
const queueing = (perSecond: (size: number) => number) => (size: number) => (1_000 * size) / perSecond(size)

/** One of each kind that the issue names. */
export const simulatedTargets: readonly SimulatedTarget[] = [
  { name: 'fixed workers', perSecond: saturating(8), noise: 0.02 },
  { name: 'fixed workers, not a power of two', perSecond: saturating(11), noise: 0.02 },
  { name: 'one worker', perSecond: saturating(1), noise: 0.02 },
  { name: 'smooth plateau', perSecond: (size) => (2_000 * size) / (size + 3), noise: 0.02 },
  { name: 'retrograde', perSecond: retrograde(8, 0.02), noise: 0.02 },
  { name: 'retrograde, peak between', perSecond: retrograde(11, 0.02), noise: 0.02 },
  {
    name: 'connection limit',
    perSecond: (size) => Math.min(size, 20) / serviceS,
    errors: (size) => Math.max(0, 1 - 20 / size),
    noise: 0.02,
    objective: 'errors<0.1%',
  },
  { name: 'latency-bound by RTT', perSecond: (size) => size / 0.02, noise: 0.02, largest: 32 },
  { name: 'noisy', perSecond: saturating(8), noise: 0.1 },
  {
    name: 'objective-bound',
    perSecond: (size) => 4_000 * (1 - Math.exp(-size / 20)),
    p99Ms: queueing((size) => 4_000 * (1 - Math.exp(-size / 20))),
    noise: 0.02,
    objective: 'p99<7ms',
  },
]

/** What a simulated run came to. */
export interface SimulatedTuning {
  readonly recommended: Setting | undefined
  /** Against the best size that meets the objective, of all sizes: what an exhaustive search would find. */
  readonly loss: number
  readonly isAllowed: boolean
  readonly isClear: boolean
  /** Blocks measured ÷ what trying every size in the rounds of the best-known one takes. */
  readonly timeShare: number
}

const largestByDefault = 64

/** Runs the decision core against a target; a round is stopped at the most that a budget would allow. */
export function tuneSimulated(target: SimulatedTarget, random: Random, mostRounds = 60): SimulatedTuning {
  const { largest = largestByDefault, objective = '' } = target
  const space: Space = { sizeName: 'connections', sizes: { kind: 'range', smallest: 1, largest }, others: {} }
  const search: SizeSearch = { ...sizeSearchDefaults, space, objective: objective ? parseObjective(objective) : [] }
  const rounds: SizeRound[] = []
  let end: string = 'budget'
  while (rounds.length < mostRounds) {
    const step = nextSizeStep(search, rounds)
    if (step.kind === 'done') {
      end = step.end
      break
    }
    rounds.push(simulateRound(target, search, step.settings, random))
  }
  const tried = judgeSizes(search, rounds)
  const recommended = recommendSize(search, tried)?.setting
  const sizes = Array.from({ length: largest }, (_, index) => index + 1)
  const best = Math.max(...sizes.filter((size) => isAllowed(target, size)).map(target.perSecond))
  const measured = rounds.reduce((sum, round) => sum + round.length, 0)
  const mostOfOne = Math.max(...tried.map(({ rounds }) => rounds))
  return {
    recommended,
    loss: recommended === undefined ? 1 : 1 - target.perSecond(recommended.size) / best,
    isAllowed: recommended !== undefined && isAllowed(target, recommended.size),
    isClear: end === 'clear',
    timeShare: measured / (largest * mostOfOne),
  }
}

function isAllowed({ objective = '', p99Ms, errors }: SimulatedTarget, size: number): boolean {
  const limitMs = Number(/p99<(\d+)ms/.exec(objective)?.[1] ?? Number.POSITIVE_INFINITY)
  return (p99Ms?.(size) ?? 0) < limitMs && (errors?.(size) ?? 0) === 0
}

const requestsPerBlock = 200

function simulateRound(
  target: SimulatedTarget,
  { space, objective }: SizeSearch,
  settings: readonly Setting[],
  random: Random,
): SizeRound {
  // The weather of the machine, which all of a half share.
  const weather = [target.noise * gauss(random), target.noise * gauss(random)]
  return settings.map(({ size }) => {
    const perSecond = weather.map((each) => target.perSecond(size) * Math.exp(each + target.noise * gauss(random)))
    const tallies = objective.map(({ metric }): Tally => {
      const share = metric.kind === 'latency' ? overLimit(target, size) : (target.errors?.(size) ?? 0)
      return { broken: binomial(2 * requestsPerBlock, share, random), of: 2 * requestsPerBlock }
    })
    const setting = makeSetting(space, {}, { size, order: 0 })
    return { setting, perSecond, succeeded: 2 * requestsPerBlock, tallies, clientBusy: 0.3, seconds: 0.6 }
  })
}

/** The share of latencies above the limit, when the p99 is as given and the tail as steep as that of a fixed service. */
function overLimit(target: SimulatedTarget, size: number): number {
  const limitMs = Number(/p99<(\d+)ms/.exec(target.objective ?? '')?.[1])
  const p99Ms = target.p99Ms?.(size) ?? 0
  return Math.min(1, 0.01 ** ((limitMs / p99Ms) ** 8))
}

function binomial(trials: number, share: number, random: Random): number {
  let hits = 0
  for (let i = 0; i < trials; i++) if (random() < share) hits++
  return hits
}

/** Box and Muller's transform of two uniform numbers. */
function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
