import { judgeCounters, type Tolerances } from '../judge/judge-counters.ts'
import { differentVersions, sameFingerprint } from '../sample/same-fingerprint.ts'
import { at } from '../session/at.ts'
import { shareAlpha } from '../statistics/share-alpha.ts'
import type { RunRecord } from './baseline-model.ts'
import type { ArmChange, CheckDocument } from './check-model.ts'
import { blocksOf, compareFigure, compareP99, cpuMarginOf, unpairedMetricNames } from './compare-figures.ts'
import { type ArmPair, pairRecords } from './pair-records.ts'
import { whyNoCpuGate } from './why-no-cpu-gate.ts'

/** What changed from an earlier run to a later one: what of a check does not depend on how that is judged. */
export type RecordComparison = Pick<
  CheckDocument,
  'earlierStartedAt' | 'laterStartedAt' | 'fingerprint' | 'versions' | 'changes' | 'missing' | 'notes'
>

interface RecordOptions {
  readonly tolerances?: Tolerances | undefined
  /** Of all CPU gates together. @default 0.05 */
  readonly alpha?: number | undefined
}

/** Compares two runs arm by arm: counters exactly, figures by statistics for unpaired samples. Pure. */
export function compareRecords(earlier: RunRecord, later: RunRecord, options: RecordOptions = {}): RecordComparison {
  const { alpha = 0.05, tolerances } = options
  const fingerprint = sameFingerprint(earlier.environment, later.environment)
  const { pairs, missing, notes } = pairRecords(earlier, later)
  const cpu = compareCpu(pairs, fingerprint.isSame, alpha)
  const changes = pairs.map((pair, index): ArmChange => {
    const names = unpairedMetricNames.filter((name) => name !== 'cpuPerRequest')
    return {
      scenario: pair.scenario,
      comparison: pair.later.comparison.id,
      arm: pair.later.arm.id,
      counters: judgeCounters({
        before: blocksOf(pair.earlier),
        after: blocksOf(pair.later),
        workload: pair.earlier.comparison.workload,
        target: pair.later.comparison.target ?? pair.earlier.comparison.target,
        tolerances,
      }),
      ...at(cpu, index),
      times: [...names.map((name) => compareFigure(name, { ...pair, alpha })), compareP99({ ...pair, alpha })],
    }
  })
  const versions = differentVersions(earlier.environment, later.environment)
  const [earlierStartedAt, laterStartedAt] = [earlier.startedAt, later.startedAt]
  return { earlierStartedAt, laterStartedAt, fingerprint, versions, changes, missing, notes }
}

/** Those that may be a gate are one family and share alpha; the others are shown at their own level. */
function compareCpu(
  pairs: readonly ArmPair[],
  isSame: boolean,
  alpha: number,
): Pick<ArmChange, 'cpu' | 'cpuIsShownOnly'>[] {
  const reasons = pairs.map((pair) => whyNoCpuGate(pair, isSame))
  const judge = (pair: ArmPair) => (level: number) => {
    // No change smaller than what the same code differs by can be a change of the code.
    const marginPercent = Math.max(cpuMarginOf(pair.later.comparison), pair.noiseFloorPercent)
    return compareFigure('cpuPerRequest', { ...pair, marginPercent, alpha: level })
  }
  const gates = shareAlpha(
    pairs.filter((_, index) => reasons[index] === undefined).map((pair) => ({ alpha, judgeAt: judge(pair) })),
  )
  let judged = 0
  return pairs.map((pair, index) => {
    const cpuIsShownOnly = reasons[index]
    if (cpuIsShownOnly === undefined) return { cpu: at(gates, judged++) }
    return { cpu: judge(pair)(alpha), cpuIsShownOnly }
  })
}
