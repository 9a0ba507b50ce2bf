import { UsageError } from '../../bench-error.ts'
import { isSelecting } from '../../choose-scenarios.ts'
import { compareRecords } from '../../regression/compare-records.ts'
import { judgeCheck } from '../../regression/judge-check.ts'
import type { CounterName } from '../../regression/judge-counters.ts'
import { findEmptyPromises } from '../../regression/judge-promises.ts'
import type { Baseline, RunRecord } from '../../report/baseline-model.ts'
import type { CheckDocument } from '../../report/check-model.ts'
import type { ExitCode, InconclusivePolicy } from '../../report/exit-code.ts'
import type { Results } from '../../report/model.ts'
import { findBundledScenarios } from '../../scenario/find.ts'
import { readCalibration } from '../../store/calibration.ts'
import { readBaseline, readRecord } from '../../store/record.ts'
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
  const inputs = [baseline, from ?? [], options.out ?? []].flat()
  const plan = await planCheckReports(options, terminal, { inputs, of: 'run' })
  const earlier = await readBaseline(baseline)
  const calibrated = calibration === undefined ? undefined : await readCalibration(calibration)
  const choose = () => (names.length > 0 || isSelecting(options) ? names : bundledIn(earlier))
  const { results, saveError } =
    from === undefined
      ? await measureForCommand(choose(), options, terminal, signal)
      : { results: await readWhole(from), saveError: undefined }
  const emptyPromises = calibrated === undefined ? [] : findEmptyPromises(results, calibrated)
  const check = makeCheck(earlier, results, { ...options, tolerances, emptyPromises }, results)
  await deliverCheck(check, plan, terminal, results)
  if (saveError !== undefined) throw saveError
  return check.exitCode as ExitCode
}

/** Results of a run that came to its end. */
async function readWhole(path: string): Promise<Results> {
  const results = await readResults(path)
  refusePart(path, results)
  return results
}

function refusePart(path: string, record: Results | Baseline): void {
  if (record.kind === 'sessionbench.results' && record.partial) {
    throw new UsageError(`${path} is part of a run that was interrupted: nothing can be gated by it; measure again`)
  }
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
  refusePart(first, earlier)
  refusePart(second, later)
  refuseInvalid(first, earlier)
  const check = makeCheck(earlier, later, options, withoutThresholds(later))
  await deliverCheck(check, plan, terminal)
  return check.exitCode as ExitCode
}

/** What is invalid may be found so in the later run; it is nothing to compare a later one with. */
function refuseInvalid(path: string, record: Results | Baseline): void {
  if (record.kind !== 'sessionbench.results') return
  const invalid = record.scenarios
    .flatMap(({ comparisons }) => comparisons)
    .find(({ validity }) => validity === 'invalid')
  if (invalid === undefined) return
  throw new UsageError(`${path}: ${invalid.id} is invalid, so nothing compares with it: ${invalid.reasons.join('; ')}`)
}

/** Thresholds are no matter of two files, but a run that is invalid stays so. */
function withoutThresholds(record: Results | Baseline): Results | undefined {
  if (record.kind !== 'sessionbench.results') return undefined
  const scenarios = record.scenarios.map(({ comparisons, ...scenario }) => ({
    ...scenario,
    comparisons: comparisons.map((comparison) => ({ ...comparison, thresholds: [] })),
  }))
  return { ...record, scenarios }
}

/** Shows what changed since a baseline; never fails for it. */
export async function diffCommand(
  baseline: string,
  path: string,
  { format, ...options }: RecordFlags,
  terminal: Terminal,
): Promise<void> {
  const [earlier, later] = [await readBaseline(baseline), await readRecord(path)]
  const check = { ...makeCheck(earlier, later, { ...options, inconclusive: 'pass' }, undefined), exitCode: 0 }
  await deliverCheck(check, { printed: format ?? 'table', written: [] }, terminal)
}

function makeCheck(
  earlier: RunRecord,
  later: RunRecord,
  { tolerances, inconclusive, emptyPromises }: RecordFlags,
  results: Results | undefined,
): CheckDocument {
  const comparison = compareRecords(earlier, later, { tolerances })
  const check = judgeCheck(comparison, results, inconclusive, emptyPromises)
  return { schemaVersion: 1, kind: 'sessionbench.check', ...check, ...comparison } as unknown as CheckDocument
}
