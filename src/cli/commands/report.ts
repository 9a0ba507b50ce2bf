import { UsageError } from '../../bench-error.ts'
import { renderCalibration } from '../../calibrate/calibration-text.ts'
import { renderCalibrationJson } from '../../document/calibration-model.ts'
import type { Results } from '../../document/model.ts'
import { renderText } from '../../report/text.ts'
import { checkReports, renderReport, writeReport } from '../../store/reports.ts'
import { renderTuningJson } from '../../tune/report/model.ts'
import { renderTuning } from '../../tune/report/text.ts'
import { readBack } from '../read-log.ts'
import { planReports, type ReportPlan, type RequestedReport } from '../read-reports.ts'
import type { Terminal } from '../terminal.ts'

export interface ReportCommandOptions {
  readonly reports: readonly RequestedReport[]
  readonly format?: 'table' | 'json' | undefined
}

/** Renders what an earlier run came to again, from its results or from the log of its events. */
export async function reportCommand(
  path: string,
  { reports, format }: ReportCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const plan = planReports(reports, { format, stepSummary: terminal.stepSummary })
  const read = await readBack(path)
  await checkReports(plan.written, [path])
  for (const sentence of read.missing) terminal.note(`sessionbench: ${sentence}\n`)
  switch (read.kind) {
    case 'results':
      return deliverReports(read.results, plan, terminal)
    case 'calibration':
      refuseReports(reports, path, 'a calibration')
      return format === 'json'
        ? terminal.printDocument(renderCalibrationJson(read.calibration))
        : terminal.print(renderCalibration(read.calibration, { ...terminal, out: path }))
    case 'tuning':
      refuseReports(reports, path, 'a tuning')
      return format === 'json'
        ? terminal.printDocument(renderTuningJson(read.tuning))
        : terminal.print(renderTuning(read.tuning, terminal))
    default:
      return read satisfies never
  }
}

function refuseReports(reports: readonly RequestedReport[], path: string, what: string): void {
  if (reports.length === 0) return
  throw new UsageError(`${path} is of ${what}, which --report has no formats of: expected --format table or json`)
}

/** Writes every report that it can, prints the one for stdout, then rejects with what could not be written. */
export async function deliverReports(
  results: Results,
  { printed, written }: ReportPlan,
  terminal: Terminal,
): Promise<void> {
  const errors: unknown[] = []
  for (const request of written) await writeReport(request, results).catch((error: unknown) => errors.push(error))
  if (printed === 'table') terminal.print(renderText(results, terminal))
  else terminal.printDocument(await renderReport(printed, results))
  for (const error of errors) throw error
}
