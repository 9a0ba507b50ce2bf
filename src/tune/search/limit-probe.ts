import { fitLevels } from './fit-levels.ts'
import { type Gain, gainBetween, stateOf } from './judge-gain.ts'

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
