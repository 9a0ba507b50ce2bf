import { type ExitCode, type ExitPolicies, exitCodeFor, weigh } from '../document/exit-code.ts'
import type { Results } from '../document/model.ts'
import type { ArmChange, CheckDocument, CheckedThreshold, MissingPart } from './check-model.ts'
import type { RecordComparison } from './compare-records.ts'

type CheckVerdict = CheckDocument['verdict']

/** What a comparison with an earlier run comes to, and what made it so. */
interface Check extends Pick<CheckDocument, 'verdict' | 'reasons' | 'thresholds' | 'emptyPromises'> {
  readonly exitCode: ExitCode
}

export interface CheckOptions {
  /** The later run, where it is known how it went; thresholds are gated as it kept them. */
  readonly results: Results | undefined
  /** The earlier run, where it is known how it went: one that is invalid is nothing to compare a later one with. */
  readonly earlier?: Results | undefined
  readonly policies: Pick<ExitPolicies, 'inconclusive' | 'regression'>
  readonly emptyPromises?: Check['emptyPromises']
  /** The later run is this command's own, and its user ended it. @default false */
  readonly isInterrupted?: boolean
}

/**
 * Judges a later run by an earlier one: exact counters gate on any machine, CPU time per request where it may, thresholds
 * of the scenarios; absolute times never do. No data is never a pass, nor is what is missing.
 */
export function judgeCheck(comparison: RecordComparison, options: CheckOptions): Check {
  const { results, earlier, policies, emptyPromises = [], isInterrupted = false } = options
  const thresholds = listThresholds(results)
  const reasons = {
    invalid: [
      ...(earlier?.partial ? ['the earlier run was interrupted'] : []),
      ...findInvalid(earlier).map((reason) => `the earlier run: ${reason}`),
      ...(results?.partial ? ['the run was interrupted'] : []),
      ...findInvalid(results),
      ...thresholdsThat(thresholds, 'invalid'),
      ...(comparison.changes.length === 0 ? ['the two runs have nothing in common'] : []),
    ],
    regression: [...comparison.changes.flatMap(findRegressions), ...thresholdsThat(thresholds, 'failed')],
    inconclusive: [
      ...comparison.missing.map(explainMissing),
      ...comparison.changes.flatMap(findUndecided),
      ...thresholdsThat(thresholds, 'inconclusive'),
      ...emptyPromises,
    ],
    pass: [],
  } satisfies Record<CheckVerdict, string[]>
  const outcome = weigh({
    interrupted: isInterrupted,
    invalid: reasons.invalid.length > 0,
    failed: reasons.regression.length > 0,
    undecided: reasons.inconclusive.length > 0,
  })
  const verdict = verdicts[outcome]
  return { verdict, exitCode: exitCodeFor(outcome, policies), reasons: reasons[verdict], thresholds, emptyPromises }
}

const verdicts = {
  interrupted: 'invalid',
  invalid: 'invalid',
  failed: 'regression',
  undecided: 'inconclusive',
  passed: 'pass',
} as const

function listThresholds(results: Results | undefined): CheckedThreshold[] {
  return (results?.scenarios ?? []).flatMap(({ name, comparisons }) =>
    comparisons.flatMap(({ id, thresholds }) =>
      thresholds.map((threshold) => ({ scenario: name, comparison: id, ...threshold })),
    ),
  )
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

function explainMissing({ reason, scenario, comparison, arm }: MissingPart): string {
  return `${[scenario, comparison, arm].filter((part) => part !== undefined).join(', ')}: ${reason}`
}

function placeOf({ scenario, comparison, arm }: Pick<ArmChange, 'scenario' | 'comparison' | 'arm'>): string {
  return `${scenario}, ${comparison}, ${arm}`
}
