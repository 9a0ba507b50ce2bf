import type { Random } from '../../src/plan/random.ts'
import { type ContrastInput, compareRounds } from '../../src/statistics/compare.ts'
import type { Comparison } from '../../src/statistics/comparison.ts'
import type { Round } from '../../src/statistics/contrast.ts'
import { makeLookPlan } from '../../src/statistics/looks.ts'
import { type SimulatedRun, simulateRun } from './simulated-runs.ts'

/** A statement about chances, and one simulated trial of it. */
export interface Claim {
  readonly group: string
  readonly name: string
  /** The share of trials that must come true; a claim that shows what a wrong method does has a high one. */
  readonly allowed: readonly [low: number, high: number]
  readonly trial: (random: Random) => boolean
  /** How many times fewer trials it gets than others, for its cost. */
  readonly costly?: number
}

/** The false-alarm level of one comparison. */
export const ALPHA = 0.05
/** The true effect where there is one: about 10 %. */
export const LOG_EFFECT = 0.1

/** What an interval of 95 % may hold the truth in. */
export const COVERS: Claim['allowed'] = [0.93, 0.98]
/** What false alarms may come to. */
export const RARE: Claim['allowed'] = [0, ALPHA]
/** The looks at quads. */
export const plan = makeLookPlan({ unit: 'quad', plannedGenerations: 8 })
/** A latency with the margin of a median. */
export const metric = { name: 'latency.p50', better: 'lower', marginPercent: 3 } as const
/** The same without a margin: every certain difference counts. */
export const anyDifference = { ...metric, marginPercent: 0 }

/** Compares rounds of quads at 5 % unless told otherwise. */
export const compare = (rounds: readonly Round[], changes: Partial<ContrastInput> = {}) =>
  compareRounds({ metric, unit: 'quad', alpha: ALPHA, overallAlpha: ALPHA, ...changes, rounds })

/** Whether the interval holds the effect. */
export const holds = ({ interval }: Comparison, effect: number) =>
  interval !== undefined && Math.log(interval.low) <= effect && effect <= Math.log(interval.high)

/** Whether the arms are told apart. */
export const differs = ({ verdict }: Comparison) => verdict === 'slower' || verdict === 'faster'

/** The rounds of two arms. */
export const pair = (run: Omit<SimulatedRun, 'effects'> & { effect: number }) =>
  simulateRun({ ...run, effects: [0, run.effect] })[0] as Round[]
