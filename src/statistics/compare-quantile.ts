import type { CountedValues } from '../sample/histogram.ts'
import { agree, counted } from '../words/counted.ts'
import { bootstrapDefaults, bootstrapInterval } from './bootstrap.ts'
import { warnAboutExclusions } from './compare.ts'
import { type Comparison, type Metric, makeComparison, makeInvalid } from './comparison.ts'
import { makeMergedQuantile } from './merged-quantile.ts'
import { sumOf } from './sum-of.ts'
import { swapTest } from './swap-test.ts'
import type { Unit } from './units.ts'

/** The histograms of one mirrored round as one contrast sees it: each arm's blocks together. */
export interface HistogramRound {
  readonly generation: number
  readonly baseline: CountedValues
  readonly contender: CountedValues
}

/** A quantile of the merged histograms, compared between two arms. */
export interface QuantileInput {
  readonly metric: Metric
  /** 0.99 for p99. */
  readonly fraction: number
  readonly rounds: readonly HistogramRound[]
  readonly unit: Unit
  readonly alpha: number
  readonly overallAlpha: number
  /** Seeded. */
  readonly random: () => number
  /** @default 2000 */
  readonly draws?: number | undefined
  readonly excludedRounds?: number | undefined
  readonly problems?: readonly string[] | undefined
}

const METHOD =
  'ratio of quantiles of merged histograms, block bootstrap over units (expanded percentile), confirmed by a label-swap test'
// With fewer, resampling cannot show the spread (simulated: test/proofs/statistics.ts).
const LEAST_BOOTSTRAP_UNITS = 8
const LEAST_BEYOND = 10

/**
 * Compares a high quantile. The bootstrap gives the interval; because it is only approximate for few units, `slower` and
 * `faster` also need the exact label-swap test to reject at the same level, so false alarms keep to it.
 */
export function compareQuantile(input: QuantileInput): Comparison {
  const { metric, unit, alpha, overallAlpha, problems = [], random, draws = bootstrapDefaults.draws } = input
  const frame = { metric, unit, alpha, overallAlpha, method: METHOD, warnings: warnAboutExclusions(input) }
  const units = unit === 'quad' ? input.rounds : mergeGenerations(input.rounds)
  const found = [...problems, ...findGaps(units)]
  if (found.length > 0) return makeInvalid(frame, found)
  const count = units.length
  const ratio = makeLogRatio(units, input.fraction)
  const statistic = (indices: readonly number[]) => ratio(indices, [])
  const resampled = bootstrapInterval({
    ...bootstrapDefaults,
    units: count,
    statistic,
    draws,
    confidence: 1 - alpha,
    random,
  })
  const all = units.map((_, index) => index)
  const alone = all.map((index) => statistic([index]))
  const comparison = makeComparison({
    ...frame,
    count,
    fewest: LEAST_BOOTSTRAP_UNITS,
    shift: resampled.estimate,
    interval: count < LEAST_BOOTSTRAP_UNITS ? undefined : resampled,
    extremes: { low: Math.min(...alone), high: Math.max(...alone) },
    pValue: swapTest({ units: count, statistic: (swapped) => ratio(all, swapped), draws, random }),
    warnings: [...frame.warnings, ...warnAboutThinTail(units, input.fraction)],
  })
  return confirm(comparison)
}

/** The rounds of each generation as one. */
export function mergeGenerations(rounds: readonly HistogramRound[]): HistogramRound[] {
  return [...Map.groupBy(rounds, (round) => round.generation)].map(([generation, members]) => ({
    generation,
    baseline: members.flatMap((round) => round.baseline),
    contender: members.flatMap((round) => round.contender),
  }))
}

/** ln(contender / baseline) of the quantiles for a choice of units, sides exchanged in those marked. */
export function makeLogRatio(units: readonly HistogramRound[], fraction: number) {
  const histograms = [...units.map((unit) => unit.baseline), ...units.map((unit) => unit.contender)]
  const quantileOf = makeMergedQuantile(histograms, fraction)
  return (indices: readonly number[], swapped: readonly boolean[]) => {
    const baseline = indices.map((index) => (swapped[index] ? index + units.length : index))
    const contender = indices.map((index) => (swapped[index] ? index : index + units.length))
    return Math.log(quantileOf(contender) / quantileOf(baseline))
  }
}

function countOf(values: CountedValues): number {
  return sumOf(values, ([, count]) => count)
}

function findGaps(units: readonly HistogramRound[]): string[] {
  if (units.length === 0) return ['no complete round was measured']
  const empty = units.filter(({ baseline, contender }) => Math.min(countOf(baseline), countOf(contender)) === 0).length
  return empty === 0
    ? []
    : [`${empty} of ${counted(units.length, 'unit')} ${agree(empty, 'has', 'have')} an arm without a value`]
}

function warnAboutThinTail(units: readonly HistogramRound[], fraction: number): string[] {
  const total = (arm: 'baseline' | 'contender') => sumOf(units, (unit) => countOf(unit[arm]))
  const beyond = Math.min(total('baseline'), total('contender')) * (1 - fraction)
  return beyond >= LEAST_BEYOND ? [] : [`fewer than ${LEAST_BEYOND} requests of an arm lie beyond this quantile`]
}

function confirm(comparison: Comparison): Comparison {
  const { verdict, pValue = 1, alpha } = comparison
  if ((verdict !== 'slower' && verdict !== 'faster') || pValue <= alpha) return comparison
  const reason = 'the interval leaves out no difference, but the exact label-swap test does not confirm it'
  return { ...comparison, verdict: 'inconclusive', reason, moreUnits: undefined }
}
