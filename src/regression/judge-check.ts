import type { CheckedThreshold } from '../report/check-model.ts'
import type { ExitCode, InconclusivePolicy } from '../report/exit-code.ts'
import type { Results } from '../report/model.ts'
import type { ArmChange, RecordComparison } from './compare-records.ts'

export type CheckVerdict = 'pass' | 'regression' | 'inconclusive' | 'invalid'

/** What a comparison with an earlier run comes to, and what made it so. */
export interface Check {
  readonly verdict: CheckVerdict
  readonly exitCode: ExitCode
  /** The reasons for the verdict, in plain words. */
  readonly reasons: readonly string[]
  /** Of the scenarios, as the later run kept them. */
  readonly thresholds: readonly CheckedThreshold[]
  /** What cannot be promised on this machine. */
  readonly emptyPromises: readonly string[]
}

/**
 * Judges a later run by an earlier one: exact counters gate on any machine, CPU time per request where it may, thresholds
 * of the scenarios; absolute times never do. No data is never a pass.
 */
export function judgeCheck(
  comparison: RecordComparison,
  results: Results | undefined,
  policy: InconclusivePolicy,
  emptyPromises: Check['emptyPromises'] = [],
): Check {
  const claims = { thresholds: listThresholds(results), emptyPromises }
  return { ...draw(comparison, results, claims, policy), ...claims }
}

function listThresholds(results: Results | undefined): CheckedThreshold[] {
  return (results?.scenarios ?? []).flatMap(({ name, comparisons }) =>
    comparisons.flatMap(({ id, thresholds }) =>
      thresholds.map((threshold) => ({ scenario: name, comparison: id, ...threshold })),
    ),
  )
}

function draw(
  comparison: RecordComparison,
  results: Results | undefined,
  { thresholds, emptyPromises }: Pick<Check, 'thresholds' | 'emptyPromises'>,
  policy: InconclusivePolicy,
): Pick<Check, 'verdict' | 'exitCode' | 'reasons'> {
  const broken = [
    ...findInvalid(results),
    ...thresholdsThat(thresholds, 'invalid'),
    ...(comparison.changes.length === 0 ? ['the two runs have nothing in common'] : []),
  ]
  if (results?.partial) return { verdict: 'invalid', exitCode: 130, reasons: ['the run was interrupted'] }
  if (broken.length > 0) return { verdict: 'invalid', exitCode: 2, reasons: broken }
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

function findInvalid(results: Results | undefined): string[] {
  return (results?.scenarios ?? []).flatMap(({ name, comparisons }) =>
    comparisons
      .filter(({ validity }) => validity === 'invalid')
      .map(({ id, reasons }) => `${name}, ${id}: ${reasons.join('; ')}`),
  )
}

function thresholdsThat(thresholds: readonly CheckedThreshold[], verdict: CheckedThreshold['verdict']): string[] {
  return thresholds
    .filter((threshold) => threshold.verdict === verdict)
    .map(
      ({ metric, limit, expected, reason, ...place }) =>
        `${placeOf(place)}: threshold ${verdict}: ${metric} ${limit} ${expected} (${reason})`,
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
