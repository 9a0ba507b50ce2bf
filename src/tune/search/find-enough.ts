import { at } from '../../session/at.ts'
import { mean } from '../../statistics/quantile.ts'
import { signedRankInterval } from '../../statistics/signed-rank.ts'
import { fitLevels, halfWidth, type Levels, spreadOf } from './fit-levels.ts'

/** One setting that was measured. */
export interface Candidate {
  readonly id: string
  /** What it costs to have: of those that are good enough, the cheapest is recommended. Connections, usually. */
  readonly cost: number
  /** Logarithms of throughput by round, of a block and its mirror; undefined in rounds that it was not part of. */
  readonly logThroughputs: readonly (readonly number[] | undefined)[]
  /** Whether it meets the objective; one that does not can neither be recommended nor be the best. */
  readonly isAllowed: boolean
}

/** How a setting compares with the best of the allowed ones. A loss of 0.03 is 3 % less throughput. */
export interface Standing {
  readonly id: string
  readonly cost: number
  /** Logarithm of its throughput, as if it had had part in every round. */
  readonly level: number
  readonly loss: number
  /** Limits of the loss at the level of the last look; undefined before the first. */
  readonly limits: { readonly low: number; readonly high: number } | undefined
  /** `enough`: loses less than ε even at the upper limit. `short`: more, even at the lower. */
  readonly state: 'enough' | 'short' | 'unclear' | 'not allowed'
}

interface EnoughOptions {
  /** The loss that does not matter. @default 0.03 */
  readonly epsilon?: number
  /** Chance that a setting called `enough` loses more than ε, all looks together. @default 0.05 */
  readonly alpha?: number
}

const enoughDefaults = Object.freeze({ epsilon: 0.03, alpha: 0.05 })

/**
 * Rounds after which a pair is looked at, and the share of α that is spent there; between looks the last one stands. Early
 * ones get little: they can only tell where nothing varies, and there a little is enough.
 */
const looks: readonly (readonly [rounds: number, share: number])[] = [
  [1, 0.02],
  [2, 0.04],
  [3, 0.05],
  [4, 0.07],
  [6, 0.12],
  [8, 0.2],
  [12, 0.2],
  [18, 0.14],
  [27, 0.08],
  [40, 0.04],
  [64, 0.04],
]
/** From so many shared rounds on a pair's own rounds are ranked; before, the spread is taken from all pairs together. */
const ranked = 8
/** The least spread of a value that is believed: a few that happen to agree are no proof. */
const leastSpread = { enough: 0.004, short: 0.007 }
/** Two settings show no spread in one round: what blocks on a small shared machine have, and how sure that is. */
const before = { spread: 0.05, degrees: 13 }
/** How sure it has to be that a setting is given up, for it is not measured any more: against any rival, after every round. */
const giveUp = 0.9998

/**
 * Which settings lose less than ε against every other, hence against the best, whichever that is: so no winner has to be
 * picked from the same data first. Each pair gets a one-sided limit; that all of them hold together needs no share of α
 * (intersection-union test: Berger 1982, Technometrics 24:295–300; multiple comparisons with the best: Hsu 1996, ch. 4).
 * Nor do the settings: they are ordered by cost, and the one recommended is wrong only if the dearest that loses too much
 * was called enough (tests in a fixed sequence: Maurer, Hothorn and Lehmacher 1995). The looks do.
 */
export function findEnough(candidates: readonly Candidate[], options: EnoughOptions = {}): Standing[] {
  const { epsilon, alpha } = { ...enoughDefaults, ...options }
  const fit = fitLevels(candidates.map(({ logThroughputs }) => asHalves(logThroughputs)))
  const rows = candidates.map((candidate, index): Row => {
    const seen = candidate.logThroughputs.filter((values) => values !== undefined)
    return { candidate, level: at(fit.levels, index), rounds: seen.length, blocks: seen.flat().length }
  })
  const allowed = rows.filter(({ candidate, rounds }) => candidate.isAllowed && rounds > 0)
  const best = Math.max(...allowed.map(({ level }) => level))
  const clearly = new Map(allowed.map((row) => [row, findClearLoss(row, allowed, { fit, epsilon })]))
  const alive = allowed.filter((row) => clearly.get(row) === undefined)
  return rows.map((row): Standing => {
    const { candidate, level } = row
    const { id, cost, isAllowed } = candidate
    const loss = Math.max(0, toLoss(level - best)) || 0
    const short = clearly.get(row)
    if (short !== undefined) return { id, cost, level, loss, limits: around(loss, short), state: 'short' }
    const rivals = alive.filter((rival) => rival !== row)
    const against = rivals.map((rival) => limitsAgainst(row, rival, { fit, alpha }))
    const limits = row.rounds === 0 ? undefined : mergeLimits(against)
    const state = isAllowed ? judgeLimits(limits, epsilon) : 'not allowed'
    return { id, cost, level, loss, limits: limits && around(loss, limits), state }
  })
}

interface Row {
  readonly candidate: Candidate
  readonly level: number
  readonly rounds: number
  readonly blocks: number
}

/** Each half of a round has its own weather; that a block and its mirror differ shows from the first round on what noise does. */
export function asHalves(rounds: Candidate['logThroughputs']): (number | undefined)[] {
  return rounds.flatMap((values) => [values?.[0], values?.[1]])
}

type Limits = NonNullable<Standing['limits']>

/** The largest loss that is beyond doubt and more than ε, against any rival; undefined when there is none. */
function findClearLoss(
  row: Row,
  rivals: readonly Row[],
  { fit, epsilon }: { readonly fit: Levels; readonly epsilon: number },
): Limits | undefined {
  const losses = rivals.map((rival) => {
    const spread = spreadOf(fit, leastSpread.short) ?? before
    const half = halfWidth([row.blocks, rival.blocks], { spread, confidence: giveUp })
    const shift = row.level - rival.level
    return { low: toLoss(shift + half), high: toLoss(shift - half) }
  })
  return losses.filter(({ low }) => low >= epsilon).sort((a, b) => b.low - a.low)[0]
}

/** Limits of the loss against one rival, as they were at the last look that both have had rounds for. */
function limitsAgainst(
  row: Row,
  rival: Row,
  { fit, alpha }: { readonly fit: Levels; readonly alpha: number },
): Limits | undefined {
  const differences = sharedDifferences(row.candidate, rival.candidate)
  const [rounds, share] = looks.findLast(([least]) => least <= Math.min(row.rounds, rival.rounds)) ?? []
  if (rounds === undefined || share === undefined) return undefined
  const confidence = 1 - 2 * alpha * share
  if (differences.length >= ranked) {
    const seen = differences.slice(0, looks.findLast(([least]) => least <= differences.length)?.[0])
    const interval = signedRankInterval(seen, confidence)
    if (interval !== undefined) return { low: toLoss(interval.high), high: toLoss(interval.low) }
  }
  const spread = spreadOf(fit, leastSpread.enough)
  if (spread === undefined) return undefined
  const half = halfWidth([row.blocks, rival.blocks], { spread, confidence })
  const shift = row.level - rival.level
  return { low: toLoss(shift + half), high: toLoss(shift - half) }
}

function sharedDifferences(candidate: Candidate, rival: Candidate): number[] {
  return candidate.logThroughputs.flatMap((value, round) => {
    const other = rival.logThroughputs[round]
    return value === undefined || other === undefined ? [] : [mean(value) - mean(other)]
  })
}

function toLoss(shift: number): number {
  return -Math.expm1(shift)
}

/** A loss is none below 0, and what is estimated lies within its limits. */
function around(loss: number, { low, high }: Limits): Limits {
  return { low: Math.max(0, Math.min(low, loss)), high: Math.max(high, loss) }
}

function mergeLimits(limits: readonly (Limits | undefined)[]): Limits | undefined {
  if (!limits.every((limit) => limit !== undefined)) return undefined
  return { low: Math.max(0, ...limits.map(({ low }) => low)), high: Math.max(0, ...limits.map(({ high }) => high)) }
}

function judgeLimits(limits: Limits | undefined, epsilon: number): Standing['state'] {
  if (limits === undefined) return 'unclear'
  if (limits.high < epsilon) return 'enough'
  return limits.low >= epsilon ? 'short' : 'unclear'
}
