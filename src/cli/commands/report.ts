import type { Results } from '../../document/model.ts'
import { renderText } from '../../report/text.ts'
import { checkReports, renderReport, writeReport } from '../../store/reports.ts'
import { readResults } from '../../store/results.ts'
import { planReports, type ReportPlan, type RequestedReport } from '../read-reports.ts'
import type { Terminal } from '../terminal.ts'

export interface ReportCommandOptions {
  readonly reports: readonly RequestedReport[]
  readonly format?: 'table' | 'json' | undefined
}

/** Renders the results of an earlier run again. */
export async function reportCommand(
  path: string,
  { reports, format }: ReportCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const plan = planReports(reports, { format, stepSummary: terminal.stepSummary })
  const results = await readResults(path)
  await checkReports(plan.written, [path])
  await deliverReports(results, plan, terminal)
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
