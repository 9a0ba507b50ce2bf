import type { RecordedComparison, RunRecord } from '../report/baseline-model.ts'
import { differentVersions, type FingerprintMatch, sameFingerprint } from '../sample/environment.ts'
import type { Comparison } from '../statistics/comparison.ts'
import { shareAlpha } from '../statistics/share-alpha.ts'
import { compareFigure, cpuMarginPercent, unpairedMetricNames, whyNoCpuGate } from './compare-figures.ts'
import { type CounterFinding, judgeCounters, type Tolerances } from './judge-counters.ts'

/** One arm of an earlier run against the same arm of a later one. */
export interface ArmChange {
  readonly scenario: string
  readonly comparison: string
  readonly arm: string
  readonly counters: readonly CounterFinding[]
  /** CPU time per request: a gate unless it says why not. */
  readonly cpu: Comparison
  readonly cpuIsShownOnly?: string | undefined
  /** Absolute times of runs that were not interleaved: shown, never gated. */
  readonly times: readonly Comparison[]
}

/** What changed from an earlier run to a later one. */
export interface RecordComparison {
  readonly earlierStartedAt: string
  readonly laterStartedAt: string
  readonly fingerprint: FingerprintMatch
  /** Versions of the code under test that differ. */
  readonly versions: readonly string[]
  readonly changes: readonly ArmChange[]
  /** What is in one run only, or was measured in another way. */
  readonly notes: readonly string[]
}

export interface RecordOptions {
  readonly tolerances?: Tolerances | undefined
  /** Of all CPU gates together. @default 0.05 */
  readonly alpha?: number | undefined
}

interface Pair {
  readonly scenario: string
  readonly noiseFloorPercent: number
  readonly earlier: RecordedComparison
  readonly later: RecordedComparison
  readonly arm: string
}

/** Compares two runs arm by arm: counters exactly, figures by statistics for unpaired samples. Pure. */
export function compareRecords(earlier: RunRecord, later: RunRecord, options: RecordOptions = {}): RecordComparison {
  const { alpha = 0.05, tolerances } = options
  const fingerprint = sameFingerprint(earlier.environment, later.environment)
  const { pairs, notes } = pairUp(earlier, later)
  const cpu = compareCpu(pairs, fingerprint.isSame, alpha)
  const changes = pairs.map((pair, index): ArmChange => {
    const names = unpairedMetricNames.filter((name) => name !== 'cpuPerRequest')
    return {
      scenario: pair.scenario,
      comparison: pair.later.id,
      arm: pair.arm,
      counters: judgeCounters(pair.earlier, pair.later, pair.arm, tolerances),
      ...(cpu[index] as Pick<ArmChange, 'cpu' | 'cpuIsShownOnly'>),
      times: names.map((name) => compareFigure(name, { ...pair, alpha })),
    }
  })
  const versions = differentVersions(earlier.environment, later.environment)
  return { earlierStartedAt: earlier.startedAt, laterStartedAt: later.startedAt, fingerprint, versions, changes, notes }
}

/** Those that may be a gate are one family and share alpha; the others are shown at their own level. */
function compareCpu(
  pairs: readonly Pair[],
  isSame: boolean,
  alpha: number,
): Pick<ArmChange, 'cpu' | 'cpuIsShownOnly'>[] {
  const reasons = pairs.map((pair) => whyNoCpuGate(pair, isSame))
  const judge = (pair: Pair) => (level: number) => {
    // No change smaller than what the same code differs by can be a change of the code.
    const marginPercent =
      pair.noiseFloorPercent > 0 ? { marginPercent: Math.max(cpuMarginPercent, pair.noiseFloorPercent) } : {}
    return compareFigure('cpuPerRequest', { ...pair, ...marginPercent, alpha: level })
  }
  const gates = shareAlpha(
    pairs.filter((_, index) => reasons[index] === undefined).map((pair) => ({ alpha, judgeAt: judge(pair) })),
  ).values()
  return pairs.map((pair, index) => {
    const cpuIsShownOnly = reasons[index]
    if (cpuIsShownOnly === undefined) return { cpu: gates.next().value as Comparison }
    return { cpu: judge(pair)(alpha), cpuIsShownOnly }
  })
}

function pairUp(earlier: RunRecord, later: RunRecord): { pairs: Pair[]; notes: string[] } {
  const known = new Map(
    earlier.scenarios.flatMap(({ name, comparisons, noiseFloorPercent }) =>
      comparisons.map((comparison) => [`${name} ${comparison.id}`, { comparison, noiseFloorPercent }] as const),
    ),
  )
  const notes: string[] = []
  const pairs = later.scenarios.flatMap(({ name, comparisons }) =>
    comparisons.flatMap((comparison): Pair[] => {
      const before = known.get(`${name} ${comparison.id}`)
      if (before === undefined) notes.push(`${name}, ${comparison.id}: not in the earlier run`)
      if (before === undefined) return []
      if (!isSameLoad(before.comparison, comparison)) {
        notes.push(`${name}, ${comparison.id}: measured with another workload, so nothing is compared`)
        return []
      }
      const arms = before.comparison.arms.map(({ id }) => id)
      const missing = comparison.arms.filter(({ id }) => !arms.includes(id))
      notes.push(...missing.map(({ id }) => `${name}, ${comparison.id}: '${id}' is not in the earlier run`))
      const noiseFloorPercent = before.noiseFloorPercent ?? 0
      return comparison.arms
        .filter(({ id }) => arms.includes(id))
        .map(({ id }) => ({
          scenario: name,
          noiseFloorPercent,
          earlier: before.comparison,
          later: comparison,
          arm: id,
        }))
    }),
  )
  return { pairs, notes }
}

function isSameLoad(earlier: RecordedComparison, later: RecordedComparison): boolean {
  return (
    JSON.stringify(Object.entries(earlier.workload).sort()) === JSON.stringify(Object.entries(later.workload).sort())
  )
}
