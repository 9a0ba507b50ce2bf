import { UsageError } from '../../bench-error.ts'
import { compareRecords, type RecordComparison } from '../../regression/compare-records.ts'
import { type Check, judgeCheck } from '../../regression/judge-check.ts'
import type { CounterName } from '../../regression/judge-counters.ts'
import { findEmptyPromises } from '../../regression/judge-promises.ts'
import type { Baseline, RunRecord } from '../../report/baseline-model.ts'
import { type CheckDocument, renderCheckJson } from '../../report/check-model.ts'
import { renderCheck } from '../../report/check-text.ts'
import type { ExitCode, InconclusivePolicy } from '../../report/exit-code.ts'
import type { Results } from '../../report/model.ts'
import { findBundledScenarios } from '../../scenario/find.ts'
import { readCalibration } from '../../store/calibration.ts'
import { readBaseline, readRecord } from '../../store/record.ts'
import { checkReports, writeReport } from '../../store/reports.ts'
import { readResults } from '../../store/results.ts'
import { planReports } from '../read-reports.ts'
import type { Terminal } from '../terminal.ts'
import { measureForCommand, type RunCommandOptions } from './run.ts'

export const defaultBaseline = 'sessionbench-baseline.json'

export interface RecordFlags {
  readonly format?: 'table' | 'json' | undefined
  readonly inconclusive: InconclusivePolicy
  /** In per cent of what the earlier run had. */
  readonly tolerances?: Readonly<Partial<Record<CounterName, number>>> | undefined
  /** What cannot be promised on this machine. */
  readonly emptyPromises?: readonly string[] | undefined
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
  const { written, printed } = planReports(options.reports, { stepSummary: terminal.stepSummary })
  if (printed !== 'table') throw new UsageError('check prints the check; give a report of the results a file')
  const earlier = await readBaseline(baseline)
  const calibrated = calibration === undefined ? undefined : await readCalibration(calibration)
  await checkReports(written, [baseline])
  const choose = () => (names.length > 0 || isSelecting(options) ? names : bundledIn(earlier))
  const { results, saveError } =
    from === undefined
      ? await measureForCommand(choose(), options, terminal, signal)
      : { results: await readResults(from), saveError: undefined }
  const emptyPromises = calibrated === undefined ? [] : findEmptyPromises(results, calibrated)
  const exitCode = printCheck(earlier, results, { ...options, tolerances, emptyPromises }, terminal, results)
  for (const request of written) await writeReport(request, results)
  if (saveError !== undefined) throw saveError
  return exitCode
}

function isSelecting({ suite, tags }: CheckCommandOptions | Omit<CheckCommandOptions, 'baseline'>): boolean {
  return suite !== undefined || tags !== undefined
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
  options: RecordFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const [first, second, ...rest] = paths
  if (first === undefined || second === undefined || rest.length > 0) {
    throw new UsageError('expected two result files, the earlier one first; or --base to compare versions of the code')
  }
  const [earlier, later] = [await readRecord(first), await readRecord(second)]
  return printCheck(
    earlier,
    later,
    options,
    terminal,
    later.kind === 'sessionbench.results' ? { ...later, scenarios: [] } : undefined,
  )
}

/** Shows what changed; never fails for it. */
export async function diffCommand(
  baseline: string,
  path: string,
  options: RecordFlags,
  terminal: Terminal,
): Promise<void> {
  const [earlier, later] = [await readBaseline(baseline), await readRecord(path)]
  const comparison = compareRecords(earlier, later, options)
  print({ ...judgeCheck(comparison, undefined, 'pass'), exitCode: 0 }, comparison, options, terminal)
}

function printCheck(
  earlier: RunRecord,
  later: RunRecord,
  { tolerances, inconclusive, format, emptyPromises }: RecordFlags,
  terminal: Terminal,
  results: Results | undefined,
): ExitCode {
  const comparison = compareRecords(earlier, later, { tolerances })
  const check = judgeCheck(comparison, results, inconclusive, emptyPromises)
  print(check, comparison, { format }, terminal)
  return check.exitCode
}

function print(
  check: Check,
  comparison: RecordComparison,
  { format }: Pick<RecordFlags, 'format'>,
  terminal: Terminal,
): void {
  const document = { schemaVersion: 1, kind: 'sessionbench.check', ...check, ...comparison } as unknown as CheckDocument
  terminal.print(format === 'json' ? renderCheckJson(document) : renderCheck(document, terminal))
}
