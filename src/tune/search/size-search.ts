import { at } from '../../session/at.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { type Candidate, findEnough, type Standing } from './find-enough.ts'
import { finestRatio } from './grid.ts'
import type { Objective } from './objective.ts'
import { compareCost, firstSettings, firstSizes, resize, type Setting, type Space, sizeBetween } from './setting.ts'
import { judgeTallies, type ObjectiveStanding, type Tally } from './tally.ts'

/** What one setting did in a round; all settings of a round ran side by side. */
export interface SettingRound {
  readonly setting: Setting
  /** Of each of its blocks, the first and its mirror; of a round that was cut off there may be one. */
  readonly perSecond: readonly number[]
  /** Successes of all of them, whenever they were. */
  readonly succeeded: number
  readonly tallies: readonly Tally[]
  /** Of the client, 0 to 1. */
  readonly clientBusy: number
  /** How long its blocks took, with all that was not timed. */
  readonly seconds: number
}

/** One interleaved, mirrored round. */
export type SizeRound = readonly SettingRound[]

/** Looks for the cheapest setting that loses less than ε against the best, in a closed loop. */
export interface SizeSearch {
  readonly space: Space
  readonly objective: Objective
  /** The loss that does not matter, as a share. */
  readonly epsilon: number
  readonly alpha: number
  /** Rounds of one setting after which more would not tell. */
  readonly mostRounds: number
  /** Sizes of the first round; undefined: all that the space begins with. */
  readonly startSizes?: readonly number[] | undefined
}

export const sizeSearchDefaults = Object.freeze({ epsilon: 0.03, alpha: 0.05, mostRounds: 64 })

/** A setting with all that is known of it. */
export interface Tried {
  readonly setting: Setting
  readonly rounds: number
  /** As if it had had part in every round: what `loss` is told of. */
  readonly perSecond: number
  readonly standing: Standing
  readonly objective: ObjectiveStanding
}

/** What to do next. `none`: no setting meets the objective. */
type SizeStep =
  | { readonly kind: 'round'; readonly settings: readonly Setting[] }
  | { readonly kind: 'done'; readonly end: 'clear' | 'rounds spent' | 'none' }

/** A size that is enough is not given up for a cheaper one in doubt that is larger than it divided by this. */
const closeEnough = 1.25

/** Rounds after which a size may lead to others between. */
const leastRounds = 2

/** A single lucky or empty block must not make a logarithm infinite. */
const leastPerSecond = 1e-3

/** Everything that was tried, cheapest first, judged against the rest. */
export function judgeSizes(search: SizeSearch, rounds: readonly SizeRound[]): Tried[] {
  const settings = new Map(rounds.flat().map(({ setting }) => [setting.id, setting]))
  const byId = rounds.map((round) => new Map(round.map((result) => [result.setting.id, result])))
  const tried = [...settings.values()].sort(compareCost).map((setting) => {
    const results = byId.map((round) => round.get(setting.id))
    const seen = results.filter((result) => result !== undefined)
    const objective = judgeTallies(
      search.objective,
      seen.map(({ tallies }) => tallies),
    )
    const candidate: Candidate = {
      id: setting.id,
      cost: setting.size,
      isAllowed: objective.isMet,
      logThroughputs: results.map((result) =>
        result?.perSecond.map((value) => Math.log(Math.max(value, leastPerSecond))),
      ),
    }
    return { setting, rounds: seen.length, objective, candidate }
  })
  const standings = findEnough(
    tried.map(({ candidate }) => candidate),
    search,
  )
  return tried.map(({ candidate: _, ...rest }, index) => {
    const standing = at(standings, index)
    return { ...rest, standing, perSecond: Math.exp(standing.level) }
  })
}

/** What to measure next, given all rounds so far; the same rounds give the same step. */
export function nextSizeStep(search: SizeSearch, rounds: readonly SizeRound[]): SizeStep {
  if (rounds.length === 0) return { kind: 'round', settings: startSettings(search) }
  const tried = judgeSizes(search, rounds)
  const running = tried.filter(isRunning)
  if (running.length === 0) return { kind: 'done', end: 'none' }
  const next = findRefinement(search, tried)
  const needed = stillNeeded(running, search.epsilon)
  const settings = needed.map(({ setting }) => setting)
  if (next !== undefined) return { kind: 'round', settings: [...settings, next] }
  if (isClear(tried)) return { kind: 'done', end: 'clear' }
  // Those that rest have less to tell than those that do not.
  if (needed.every((one) => one.rounds >= search.mostRounds || isSettled(one)))
    return { kind: 'done', end: 'rounds spent' }
  return { kind: 'round', settings }
}

function startSettings({ space, startSizes }: SizeSearch): Setting[] {
  return firstSettings(space).filter(({ size }) => startSizes?.includes(size) ?? true)
}

/**
 * What a round can still tell something of, and what it is told by: the cheapest that looks enough, and one that carries as much
 * as any. Larger sizes that are enough as well, or carry no more than that, take longest, for behind a queue each
 * answer waits for all the others: they rest, until one that is in doubt was measured so much more often that it is they who
 * leave it in doubt, and then take turns.
 */
function stillNeeded(running: readonly Tried[], epsilon: number): readonly Tried[] {
  const allowed = running.filter(({ objective }) => objective.isMet)
  const most = Math.max(...allowed.map(({ standing }) => standing.level))
  const best = allowed.find(({ standing }) => standing.level >= most - asMuch)
  const isEnough = ({ standing }: Tried) => standing.state === 'enough'
  const cheapest = allowed.find(({ standing }) => standing.loss < epsilon)
  // So near to ε nobody else leaves it in doubt.
  const isDoubtful = ({ standing }: Tried) => standing.state === 'unclear' && standing.loss < clearlyLess * epsilon
  const doubtful = Math.max(0, ...running.filter(isDoubtful).map(({ rounds }) => rounds))
  const isNoMoreThan = (one: Tried, smaller: Tried | undefined, times: number) =>
    smaller !== undefined &&
    one.setting.size > times * smaller.setting.size &&
    one.standing.level <= smaller.standing.level + epsilon / 2
  // What is enough may yet be short, and others seem to carry more than it; near the best they are wanted to tell its level.
  const carriesNoMore = (one: Tried) =>
    one.objective.isMet && (isNoMoreThan(one, cheapest, 1) || isNoMoreThan(one, best, farLarger))
  const rests = (one: Tried) => (isEnough(one) || carriesNoMore(one)) && one !== best && one !== cheapest
  // One at a time, for together they would take the time in which a smaller one may be tried.
  const [woken] = running
    .filter((one) => rests(one) && doubtful > muchMore * one.rounds)
    .toSorted((a, b) => a.rounds - b.rounds || compareCost(a.setting, b.setting))
  return running.filter((one) => !rests(one) || one === woken)
}

/** A difference in the logarithm that nobody sees. */
const asMuch = 0.005
/** Times as many rounds. */
const muchMore = 3
/** Times as large: behind a queue, and its blocks as long. */
const farLarger = 3
const clearlyLess = 0.8

/**
 * The cheapest that is enough, unless a clearly cheaper one in doubt most likely is as well: then that one is the likely
 * answer, for a larger one is not wanted for being known better. When nothing is enough yet, the cheapest that looks so.
 * Undefined when nothing meets the objective.
 */
export function recommendSize({ epsilon }: SizeSearch, tried: readonly Tried[]): Tried | undefined {
  const allowed = tried.filter(({ objective }) => objective.isMet)
  const enough = allowed.find(({ standing }) => standing.state === 'enough')
  if (enough === undefined) return findSeeming(allowed, epsilon)
  const seeming = findSeeming(allowed, epsilon / 2)
  return seeming === undefined || enough.setting.size <= closeEnough * seeming.setting.size ? enough : seeming
}

/**
 * Against what all do on average that may be the best: the best of several that are alike is the one that was lucky, and
 * against that one all others look worse than they are.
 */
function findSeeming(allowed: readonly Tried[], mostLoss: number): Tried | undefined {
  const good = allowed.filter(({ standing }) => standing.state !== 'short')
  const alike = good.filter(({ standing: { limits } }) => limits === undefined || limits.low === 0)
  const rounds = sumOf(alike, (one) => one.rounds)
  const level = sumOf(alike, (one) => one.rounds * one.standing.level) / rounds
  return good.find((one) => -Math.expm1(one.standing.level - level) < mostLoss)
}

/** Still worth measuring: not clearly short, not clearly missing the objective, and not so near to ε that it stays there. */
function isRunning(one: Tried): boolean {
  const { standing, objective } = one
  return standing.state !== 'short' && !isMoot(one) && (objective.isMet || !objective.isClear)
}

/** A loss that is known so well and is still about ε is not told from it by a few more rounds, and little hangs on it. */
const moot = { rounds: 3, width: 0.02 }

function isMoot({ standing: { state, limits }, rounds }: Tried): boolean {
  return state === 'unclear' && rounds >= moot.rounds && limits !== undefined && limits.high - limits.low <= moot.width
}

/**
 * The cheapest that is left is enough, or so little larger than a cheaper one in doubt that it would not be worth the time;
 * and nothing that carries more may yet turn out to meet the objective.
 */
function isClear(tried: readonly Tried[]): boolean {
  const running = tried.filter(isRunning)
  const settled = running.find(isSettled)
  if (settled === undefined) return false
  const cheapest = at(running, 0)
  const rival = running.find((one) => !one.objective.isMet && one.perSecond > settled.perSecond)
  return rival === undefined && settled.setting.size <= closeEnough * cheapest.setting.size
}

/** One round settles nothing, however alone a size is left: between it and its neighbours there may be a better one. */
function isSettled({ standing, objective, rounds }: Tried): boolean {
  return standing.state === 'enough' && objective.isClear && rounds >= leastRounds
}

/** A setting that has not been tried and could be cheaper, or better, than what is left. */
function findRefinement(search: SizeSearch, tried: readonly Tried[]): Setting | undefined {
  for (const line of Map.groupBy(tried, ({ setting }) => setting.line).values()) {
    const size = refineBelow(search, line) ?? refineDoubt(search, line) ?? refineAbove(search, line)
    if (size !== undefined) return resize(search.space, at(line, 0).setting, size)
  }
  return undefined
}

/**
 * Between the largest size that is too small and the smallest that looks enough. Nowhere does a connection carry more for
 * being one of more: from what the smaller size carries follows how large one must be at least to be enough.
 */
function refineBelow({ space, epsilon }: SizeSearch, line: readonly Tried[]): number | undefined {
  const index = line.findIndex(isRunning)
  const [below, first] = [line[index - 1], line[index]]
  if (first === undefined) return undefined
  // Until it looks enough itself, a size between would only be one more that is too small.
  if (first.standing.loss >= epsilon || first.rounds < leastRounds) return undefined
  // The first round may have begun above the smallest.
  if (below === undefined) return firstSizes(space).findLast((size) => size < first.setting.size)
  const [tooSmall, enough] = [below.setting.size, first.setting.size]
  const least = Math.min(enough, tooSmall * ((1 - leastError - epsilon) * (first.perSecond / below.perSecond)))
  const middle = sizeBetween(space, [tooSmall, enough])
  if (middle === undefined || middle >= least) return middle
  const size = Math.ceil(least)
  return enough / size > finestRatio ? size : undefined
}

/** Of what a size that was soon given up carries. */
const leastError = 0.02

/**
 * Between a size whose loss stays about ε and the next, which is enough: whether the smaller one is too may take all the time
 * there is, and one that is hardly larger soon is.
 */
function refineDoubt({ space, epsilon }: SizeSearch, line: readonly Tried[]): number | undefined {
  const index = line.findIndex(isRunning)
  const [doubtful, above] = [line[index], line[index + 1]]
  if (doubtful?.standing.state !== 'unclear' || above?.standing.state !== 'enough') return undefined
  const { loss } = doubtful.standing
  if (loss < epsilon / 2 || doubtful.rounds < (loss < clearlyLess * epsilon ? longDoubt : shortDoubt)) return undefined
  const isClose = above.setting.size <= closeEnough * doubtful.setting.size
  return isClose ? undefined : sizeBetween(space, [doubtful.setting.size, above.setting.size])
}

/** Rounds after which a doubt is one that stays; sooner about a size that hardly will be enough. */
const longDoubt = 6
const shortDoubt = 3

/**
 * Where throughput falls again, or a larger size carries more but misses the objective, the best may lie between the sizes
 * that were tried. There a size that is off by more than ε may lose more than ε.
 */
function refineAbove({ space, epsilon }: SizeSearch, line: readonly Tried[]): number | undefined {
  const isCandidate = (one: Tried) => isRunning(one) && one.objective.isMet
  const [first, last] = [line.findIndex(isCandidate), line.findLastIndex(isCandidate)]
  const [good, above] = [line[last], line[last + 1]]
  if (good === undefined || above === undefined || !hidesBetter(above, good)) return undefined
  for (let index = last; index >= first; index--) {
    const [low, high] = [at(line, index), at(line, index + 1)]
    if (low.rounds < leastRounds) return undefined
    const size = sizeBetween(space, [low.setting.size, high.setting.size], 1 + epsilon)
    if (size !== undefined) return size
  }
  return undefined
}

/** Between a good size and the next larger, which is not, there may be a better one. */
function hidesBetter(above: Tried, good: Tried): boolean {
  if (isRunning(above) && above.rounds < leastRounds) return false
  // One that misses the objective was soon given up: how much it carries is known roughly.
  return above.standing.state === 'short' || (!above.objective.isMet && above.perSecond > roughly * good.perSecond)
}

const roughly = 0.95
