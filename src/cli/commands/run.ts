import { makeLocalHost } from '../../arm/local-host.ts'
import { type ExitCode, exitCodeOf, type InconclusivePolicy, type SuspectPolicy } from '../../document/exit-code.ts'
import { openFold } from '../../document/fold.ts'
import type { Results } from '../../document/model.ts'
import type { RunEvent } from '../../document/run-event.ts'
import { isSelecting } from '../../run/choose-scenarios.ts'
import type { Hosted } from '../../run/measure-options.ts'
import { type RunOptions, tellRun } from '../../run/run.ts'
import type { Options } from '../../scenario/options.ts'
import type { Selection } from '../../scenario/suites.ts'
import { checkPlaces, placesOf } from '../../store/event-log.ts'
import { checkReports } from '../../store/reports.ts'
import { writeResults } from '../../store/results.ts'
import { follow } from '../follow.ts'
import { openProgress } from '../progress.ts'
import { planReports } from '../read-reports.ts'
import type { Terminal } from '../terminal.ts'
import { deliverReports, type ReportCommandOptions } from './report.ts'

export interface RunCommandOptions extends Options, Selection, ReportCommandOptions {
  readonly out?: string | undefined
  readonly inconclusive: InconclusivePolicy
  /** @default 'warn' */
  readonly suspect?: SuspectPolicy | undefined
}

export const defaultScenario = 'stateless-vs-session'

type Measure = (names: readonly string[], options: RunOptions & Hosted) => AsyncIterable<RunEvent>

/** Runs scenarios, keeps the results where asked to, prints the report, and says what the exit code has to be. */
export async function runCommand(
  names: readonly string[],
  { format, reports, inconclusive, suspect, ...options }: RunCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
  measure: Measure = tellRun,
): Promise<ExitCode> {
  const reportPlan = planReports(reports, { format, stepSummary: terminal.stepSummary })
  await checkReports(reportPlan.written, placesOf(options.out))
  const { results, saveError } = await measureForCommand(names, options, terminal, signal, measure)
  await deliverReports(results, reportPlan, terminal)
  if (saveError !== undefined) throw saveError
  return exitCodeOf(results, { inconclusive, suspect })
}

/** Runs scenarios with progress on the terminal, and keeps the results where asked to; an error of that is handed over. */
export async function measureForCommand(
  names: readonly string[],
  { out, ...options }: Omit<RunCommandOptions, 'format' | 'reports' | 'inconclusive' | 'suspect'>,
  terminal: Terminal,
  signal: AbortSignal,
  measure: Measure = tellRun,
): Promise<{ readonly results: Results; readonly saveError: unknown }> {
  await checkPlaces(out)
  const progress = openProgress(terminal)
  const onAbort = () =>
    progress.line('interrupted: stopping the arms, then reporting what was measured (again to quit at once)')
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const { workingFolder } = terminal
    const host = makeLocalHost()
    const chosen = names.length > 0 || isSelecting(options) ? names : [defaultScenario]
    const events = measure(chosen, { ...options, workingFolder, host, signal, onOutput: progress.line })
    const gathered = openFold()
    await follow(events, { out, listeners: [gathered.add, progress.show], note: progress.line })
    const results = gathered.results()
    return { results, saveError: await save(out, results) }
  } finally {
    signal.removeEventListener('abort', onAbort)
    progress.close()
  }
}

/** Writes results where asked to; resolves to the error when it could not. */
async function save(out: string | undefined, results: Results): Promise<unknown> {
  if (out === undefined) return undefined
  return writeResults(out, results).then(
    () => undefined,
    (error: unknown) => error,
  )
}
