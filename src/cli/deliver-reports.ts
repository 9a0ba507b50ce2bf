import type { Results } from '../document/model.ts'
import { renderText } from '../report/text.ts'
import type { ReportPlan } from '../store/plan-reports.ts'
import { renderReport, writeReport } from '../store/reports.ts'
import type { Terminal } from './terminal.ts'

/** Writes every report that it can, prints the one for stdout, then rejects with what could not be written. */
export async function deliverReports(
  results: Results,
  { printed, written }: ReportPlan,
  terminal: Terminal,
  renderTable: (results: Results) => string = (all) => renderText(all, terminal),
): Promise<void> {
  const errors: unknown[] = []
  for (const request of written) await writeReport(request, results).catch((error: unknown) => errors.push(error))
  if (printed === 'table') terminal.print(renderTable(results))
  else terminal.printDocument(await renderReport(printed, results))
  for (const error of errors) throw error
}
