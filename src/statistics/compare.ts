import { agree, counted } from '../words/counted.ts'
import {
  type Comparison,
  type EffectEstimate,
  type Frame,
  type Metric,
  makeComparison,
  makeInvalid,
} from './comparison.ts'
import { isComparable, type Round } from './contrast.ts'
import { pseudoMedian } from './hodges-lehmann.ts'
import { minimumUnits, signedRankInterval, signedRankTest } from './signed-rank.ts'
import { adjustForSpeed } from './speed-control.ts'
import { testTrend } from './trend.ts'
import { LEAST_UNITS, makeUnits, type Unit } from './units.ts'

/** The rounds of one contender against the baseline, and how they are to be judged. */
export interface ContrastInput {
  readonly metric: Metric
  /** In the order they ran. */
  readonly rounds: readonly Round[]
  readonly unit: Unit
  /** The false-alarm level of this look (`alphaAt`). */
  readonly alpha: number
  /** The false-alarm level of all looks together. */
  readonly overallAlpha: number
  /** Rounds left out by a rule declared beforehand. */
  readonly excludedRounds?: number | undefined
  /** What makes the measurement invalid: ledger disagreement, saturated generator… */
  readonly problems?: readonly string[] | undefined
}

const METHOD = 'Hodges-Lehmann shift of log ratios, exact Wilcoxon signed-rank interval (Walsh averages)'
const ADJUSTED_METHOD = `${METHOD}, adjusted for the speed control`
const DRIFT_P = 0.01

/** Compares a contender with the baseline over mirrored rounds. */
export function compareRounds(input: ContrastInput): Comparison {
  const { metric, unit, alpha, overallAlpha } = input
  const problems = findProblems(input)
  const frame = { metric, unit, alpha, overallAlpha, method: METHOD, warnings: warnAboutExclusions(input) }
  if (problems.length > 0) return makeInvalid(frame, problems)
  const adjusted = adjustForSpeed(input.rounds)
  const adjustment = adjusted.used ? { method: ADJUSTED_METHOD, isSpeedAdjusted: true } : {}
  return makeComparison(estimateShift({ ...frame, ...adjustment }, makeUnits(adjusted.rounds, unit)))
}

function estimateShift(frame: Frame, units: readonly number[]): EffectEstimate {
  const test = signedRankTest(units)
  return {
    ...frame,
    count: units.length,
    fewest: Math.max(LEAST_UNITS, minimumUnits(1 - frame.alpha)),
    extremes: { low: Math.min(...units), high: Math.max(...units) },
    shift: pseudoMedian(units),
    interval: units.length < LEAST_UNITS ? undefined : signedRankInterval(units, 1 - frame.alpha),
    pValue: test.pValue,
    warnings: [...frame.warnings, ...warnAboutTies(test), ...warnAboutDrift(units)],
  }
}

function findProblems({ rounds, problems = [] }: ContrastInput): string[] {
  if (rounds.length === 0) return [...problems, 'no complete round was measured']
  const unusable = rounds.filter((round) => !isComparable(round)).length
  if (unusable === 0) return [...problems]
  return [
    ...problems,
    `${unusable} of ${counted(rounds.length, 'round')} ${agree(unusable, 'has', 'have')} a block without a value above zero`,
  ]
}

/** Says how many rounds a declared rule left out. */
export function warnAboutExclusions({
  excludedRounds = 0,
}: {
  readonly excludedRounds?: number | undefined
}): string[] {
  return excludedRounds === 0
    ? []
    : [
        `${counted(excludedRounds, 'round')} ${agree(excludedRounds, 'was', 'were')} left out by a rule declared beforehand`,
      ]
}

function warnAboutTies({ zeros, tied }: { zeros: number; tied: number }): string[] {
  const tieWarning = `${counted(tied, 'unit')} are tied and share mid-ranks: the p-value is exact for them, the interval is wider than it need be`
  return [
    ...(zeros > 0
      ? [
          `${counted(zeros, 'unit')} ${agree(zeros, 'shows', 'show')} no difference at all: the metric's resolution may be too coarse`,
        ]
      : []),
    ...(tied > 0 ? [tieWarning] : []),
  ]
}

function warnAboutDrift(units: readonly number[]): string[] {
  // Fewer than six units cannot reach it.
  return testTrend(units).pValue < DRIFT_P
    ? ['the difference itself drifts over the run (Mann-Kendall p < .01): warm-up may be too short']
    : []
}
