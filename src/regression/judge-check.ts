import type { ExitCode, InconclusivePolicy } from '../report/exit-code.ts'
import type { Results, ThresholdResult } from '../report/model.ts'
import type { ArmChange, RecordComparison } from './compare-records.ts'

export type CheckVerdict = 'pass' | 'regression' | 'inconclusive' | 'invalid'

/** What a comparison with an earlier run comes to, and what made it so. */
export interface Check {
  readonly verdict: CheckVerdict
  readonly exitCode: ExitCode
  /** The reasons for the verdict, in plain words. */
  readonly reasons: readonly string[]
}

/**
 * Judges a later run by an earlier one: exact counters gate on any machine, CPU time per request where it may, thresholds
 * of the scenarios; absolute times never do. No data is never a pass.
 */
export function judgeCheck(
  comparison: RecordComparison,
  results: Results | undefined,
  policy: InconclusivePolicy,
  /** What cannot be promised on this machine. */
  emptyPromises: readonly string[] = [],
): Check {
  const broken = [
    ...findBroken(results),
    ...(comparison.changes.length === 0 ? ['the two runs have nothing in common'] : []),
  ]
  if (results?.partial) return { verdict: 'invalid', exitCode: 130, reasons: ['the run was interrupted'] }
  if (broken.length > 0) return { verdict: 'invalid', exitCode: 2, reasons: broken }
  const thresholds =
    results?.scenarios.flatMap(({ comparisons }) => comparisons.flatMap((each) => each.thresholds)) ?? []
  const regressions = [...comparison.changes.flatMap(findRegressions), ...thresholdsThat(thresholds, 'failed')]
  if (regressions.length > 0) return { verdict: 'regression', exitCode: 1, reasons: regressions }
  const undecided = [
    ...comparison.changes.flatMap(findUndecided),
    ...thresholdsThat(thresholds, 'inconclusive'),
    ...emptyPromises,
  ]
  if (undecided.length > 0) return { verdict: 'inconclusive', exitCode: policy === 'fail' ? 3 : 0, reasons: undecided }
  return { verdict: 'pass', exitCode: 0, reasons: [] }
}

function findBroken(results: Results | undefined): string[] {
  const comparisons = results?.scenarios.flatMap((scenario) => scenario.comparisons) ?? []
  return [
    ...comparisons
      .filter(({ validity }) => validity === 'invalid')
      .map(({ id, reasons }) => `${id}: ${reasons.join('; ')}`),
    ...thresholdsThat(
      comparisons.flatMap(({ thresholds }) => thresholds),
      'invalid',
    ),
  ]
}

function thresholdsThat(thresholds: readonly ThresholdResult[], verdict: ThresholdResult['verdict']): string[] {
  return thresholds
    .filter((threshold) => threshold.verdict === verdict)
    .map(
      ({ arm, metric, limit, expected, reason }) =>
        `threshold ${verdict}: ${arm} ${metric} ${limit} ${expected} (${reason})`,
    )
}

function findRegressions({ counters, cpu, cpuIsShownOnly, ...place }: ArmChange): string[] {
  const worse = counters.filter(({ state }) => state === 'worse')
  return [
    ...worse.map(({ counter, reason }) => `${placeOf(place)}: ${counter} is worse (${reason})`),
    ...(cpu.verdict === 'slower' && cpuIsShownOnly === undefined
      ? [`${placeOf(place)}: CPU time per request is more (${cpu.reason})`]
      : []),
  ]
}

function findUndecided({ counters, cpu, cpuIsShownOnly, ...place }: ArmChange): string[] {
  const isUndecided = cpuIsShownOnly === undefined && (cpu.verdict === 'inconclusive' || cpu.verdict === 'invalid')
  return [
    ...(counters.length === 0 ? [`${placeOf(place)}: no block without a failed iteration, so no counters`] : []),
    ...(isUndecided ? [`${placeOf(place)}: CPU time per request is ${cpu.verdict} (${cpu.reason})`] : []),
  ]
}

function placeOf({ scenario, comparison, arm }: Pick<ArmChange, 'scenario' | 'comparison' | 'arm'>): string {
  return `${scenario}, ${comparison}, ${arm}`
}
