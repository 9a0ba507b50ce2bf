import { UsageError } from '../../bench-error.ts'
import type { Baseline, RunRecord } from '../../check/baseline-model.ts'
import { type CheckDocument, checkSchemaVersion } from '../../check/check-model.ts'
import { compareRecords } from '../../check/compare-records.ts'
import { type CheckOptions, judgeCheck } from '../../check/judge-check.ts'
import { findEmptyPromises } from '../../check/judge-promises.ts'
import { readBaseline, readRecord } from '../../check/record.ts'
import type { ExitCode, ExitPolicies, InconclusivePolicy } from '../../document/exit-code.ts'
import type { Results } from '../../document/model.ts'
import type { CounterName } from '../../judge/judge-counters.ts'
import { tellScenariosApart } from '../../report/list-arms.ts'
import { isSelecting } from '../../run/choose-scenarios.ts'
import { findBundledScenarios } from '../../scenario/find.ts'
import { readCalibration } from '../../store/calibration.ts'
import { placesOf } from '../../store/event-log.ts'
import { readResults } from '../../store/results.ts'
import type { Terminal } from '../terminal.ts'
import { type CheckReportOptions, deliverCheck, planCheckReports } from './check-reports.ts'
import { measureForCommand, type RunCommandOptions } from './run.ts'

export const defaultBaseline = 'sessionbench-baseline.json'

export interface RecordFlags {
  readonly format?: 'table' | 'json' | undefined
  readonly inconclusive: InconclusivePolicy
  /** In per cent of what the earlier run had. */
  readonly tolerances?: Readonly<Partial<Record<CounterName, number>>> | undefined
  /** What cannot be promised on this machine. */
  readonly emptyPromises?: string[] | undefined
}

export interface CheckCommandOptions extends RunCommandOptions, RecordFlags {
  readonly baseline: string
  readonly from?: string | undefined
  /** What `calibrate` wrote: the check then refuses to promise what it says this machine cannot see. */
  readonly calibration?: string | undefined
}

/** Gates results, or scenarios that it runs, by a baseline; resolves to the exit code. */
export async function checkCommand(
  names: readonly string[],
  { baseline, from, calibration, tolerances, ...options }: CheckCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (from !== undefined && names.length > 0)
    throw new UsageError('expected either scenarios to run or --from, got both')
  const inputs = [baseline, from ?? [], placesOf(options.out)].flat()
  const plan = await planCheckReports(options, terminal, { inputs, of: 'run' })
  const earlier = await readBaseline(baseline)
  const calibrated = calibration === undefined ? undefined : await readCalibration(calibration)
  const choose = () => (names.length > 0 || isSelecting(options) ? names : bundledIn(earlier))
  const { results, saveError } =
    from === undefined
      ? await measureForCommand(choose(), options, terminal, signal)
      : { results: await readResults(from), saveError: undefined }
  if (from !== undefined) notePart(from, results, terminal)
  const emptyPromises = calibrated === undefined ? [] : findEmptyPromises(results, calibrated)
  const isInterrupted = from === undefined && results.partial
  const check = makeCheck(earlier, results, { ...options, tolerances, emptyPromises, isInterrupted }, results)
  await deliverCheck(check, plan, terminal, results)
  if (saveError !== undefined) throw saveError
  return check.exitCode
}

/** The check says that the run is INVALID; it has no room for which file that is. */
function notePart(path: string, record: Results | Baseline, terminal: Terminal): void {
  if (record.kind !== 'sessionbench.results' || !record.partial) return
  terminal.note(`sessionbench: ${path} is part of a run that was interrupted; measure again\n`)
}

/** The scenarios of a baseline that can be run by their name alone; the user's own are given by their paths. */
function bundledIn({ scenarios }: Baseline): string[] {
  const known = findBundledScenarios()
  const own = scenarios.find(({ name }) => !known.has(name))
  if (own === undefined) return scenarios.map(({ name }) => name)
  throw new UsageError(
    `the baseline has '${own.name}', which is not bundled: say which scenarios to run, by their paths`,
  )
}

/** Compares two files, each results or a baseline: counters and CPU time per request gate as in `check`. */
export async function compareFiles(
  paths: readonly string[],
  options: RecordFlags & CheckReportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const [first, second, ...rest] = paths
  if (first === undefined || second === undefined || rest.length > 0) {
    throw new UsageError('expected two result files, the earlier one first; or --base to compare versions of the code')
  }
  const plan = await planCheckReports(options, terminal, { inputs: [first, second], of: 'files' })
  const [earlier, later] = [await readRecord(first), await readRecord(second)]
  notePart(first, earlier, terminal)
  notePart(second, later, terminal)
  const check = makeCheck(earlier, later, { ...options, earlier: resultsIn(earlier) }, withoutThresholds(later))
  await deliverCheck(check, plan, terminal)
  return check.exitCode
}

/** Thresholds are no matter of two files, but a run that is invalid stays so. */
function withoutThresholds(record: Results | Baseline): Results | undefined {
  const results = resultsIn(record)
  if (results === undefined) return undefined
  const scenarios = results.scenarios.map(({ comparisons, ...scenario }) => ({
    ...scenario,
    comparisons: comparisons.map((comparison) => ({ ...comparison, thresholds: [] })),
  }))
  return { ...results, scenarios }
}

function resultsIn(record: Results | Baseline): Results | undefined {
  return record.kind === 'sessionbench.results' ? record : undefined
}

/** Shows what changed since a baseline and never fails for it, but for a run that says nothing. */
export async function diffCommand(
  baseline: string,
  path: string,
  { format, tolerances }: Pick<RecordFlags, 'format' | 'tolerances'>,
  terminal: Terminal,
): Promise<ExitCode> {
  const [earlier, later] = [await readBaseline(baseline), await readRecord(path)]
  notePart(path, later, terminal)
  const check = makeCheck(
    earlier,
    later,
    { tolerances, inconclusive: 'pass', regression: 'pass' },
    withoutThresholds(later),
  )
  await deliverCheck(check, { printed: format ?? 'table', written: [] }, terminal)
  return check.exitCode
}

interface JudgeFlags
  extends RecordFlags,
    Pick<CheckOptions, 'isInterrupted' | 'earlier'>,
    Pick<ExitPolicies, 'regression'> {}

function makeCheck(earlier: RunRecord, later: RunRecord, flags: JudgeFlags, results: Results | undefined) {
  const { tolerances, inconclusive, regression, earlier: earlierResults, emptyPromises, isInterrupted } = flags
  const comparison = compareRecords(earlier, later, { tolerances })
  const named = {
    results: results && tellScenariosApart(results),
    earlier: earlierResults && tellScenariosApart(earlierResults),
  }
  const check = judgeCheck(comparison, {
    ...named,
    policies: { inconclusive, regression },
    ...(emptyPromises && { emptyPromises }),
    ...(isInterrupted && { isInterrupted }),
  })
  return {
    schemaVersion: checkSchemaVersion,
    kind: 'sessionbench.check',
    ...check,
    ...comparison,
  } as const satisfies CheckDocument
}
