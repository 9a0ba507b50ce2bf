import { at } from '../../session/at.ts'
import { fitLevels, halfWidth, type Levels, spreadOf } from './fit-levels.ts'

/**
 * What is tried on the chosen setting to see what would carry more. `same`: nothing else. `larger`: twice the size.
 * `busier`: twice the size, and twice as many requests under way. `process`: a second client process does the same as well.
 */
export const probeKinds = ['same', 'larger', 'busier', 'process'] as const
export type ProbeKind = (typeof probeKinds)[number]

/** What one of them did in a round; all of a round ran one after another, in random order. */
export interface ProbeResult {
  readonly kind: ProbeKind
  /** Whose limit was asked for; where it is left out, the only one's. */
  readonly settingId?: string
  readonly perSecond: number
  readonly p50Us: number
  readonly succeeded: number
  readonly failed: number
  /** Of the busier client process, 0 to 1: its event loop, or its core. */
  readonly clientBusy: number
  /** Of all cores of this machine; undefined where it does not tell. */
  readonly machineIdle: number | undefined
}

export type ProbeRound = readonly ProbeResult[]

/** More throughput than another, as a share, with the limits of its 99 % interval. */
export interface Gain {
  readonly gain: number
  readonly low: number
  readonly high: number
}

/** Whether something carries more: beyond doubt, beyond doubt not, or neither. */
type GainState = 'more' | 'no more' | 'unclear'

/** A gain that does not matter. */
const epsilon = 0.03
/**
 * Of a gain's limits. Rounds are added until a gain is clear, which is one look after another: at 95 % one in ten of those that
 * vary by chance alone would be more than ε.
 */
export const gainConfidence = 0.99
/** The least spread of a value that is believed. */
const leastSpread = 0.004
const probeRounds = Object.freeze({ least: 3, most: 10 })

/** What was tried on one setting. */
export function probesOf(rounds: readonly ProbeRound[], id: string): readonly ProbeRound[] {
  return rounds.filter((round) => round.every(({ settingId = id }) => settingId === id))
}

/** What a kind carries more than another; undefined before enough rounds. */
export function gainOf(rounds: readonly ProbeRound[], kind: ProbeKind, over: ProbeKind = 'same'): Gain | undefined {
  const kinds = [...new Set(rounds.flat().map((result) => result.kind))]
  const values = kinds.map((each) =>
    rounds.map((round) => {
      const result = round.find((one) => one.kind === each)
      return result && Math.log(Math.max(result.perSecond, leastPerSecond))
    }),
  )
  return gainBetween(fitLevels(values), countsOf(values), [kinds.indexOf(over), kinds.indexOf(kind)])
}

/** What one setting carries more than another, given all that were fitted; undefined where too little is known. */
export function gainBetween(
  fit: Levels,
  counts: readonly number[],
  [from, to]: readonly [number, number],
  confidence = gainConfidence,
): Gain | undefined {
  const spread = spreadOf(fit, leastSpread)
  const [fromCount, toCount] = [counts[from] ?? 0, counts[to] ?? 0]
  if (spread === undefined || fromCount === 0 || toCount === 0) return undefined
  const half = halfWidth([fromCount, toCount], { spread, confidence })
  const shift = at(fit.levels, to) - at(fit.levels, from)
  return { gain: Math.expm1(shift), low: Math.expm1(shift - half), high: Math.expm1(shift + half) }
}

export function stateOf(gain: Gain | undefined): GainState {
  if (gain === undefined) return 'unclear'
  if (gain.high < epsilon) return 'no more'
  return gain.low >= epsilon ? 'more' : 'unclear'
}

/** Whether what the rounds say is left open, and a probe says more. */
export function isToldByProbe(ofRounds: Gain | undefined, probed: Gain | undefined): boolean {
  return probed !== undefined && stateOf(ofRounds) === 'unclear'
}

/** True when further rounds of these would tell nothing new. */
export function isTold(rounds: readonly ProbeRound[], kinds: readonly ProbeKind[]): boolean {
  if (rounds.length >= probeRounds.most) return true
  if (rounds.length < probeRounds.least) return false
  return kinds.every((kind) => kind === 'same' || stateOf(gainOf(rounds, kind)) !== 'unclear')
}

const leastPerSecond = 1e-3

function countsOf(values: readonly (readonly (number | undefined)[])[]): number[] {
  return values.map((row) => row.filter((value) => value !== undefined).length)
}
