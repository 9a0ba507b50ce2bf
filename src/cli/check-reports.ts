import { UsageError } from '../bench-error.ts'
import type { Baseline } from '../check/baseline-model.ts'
import { checkFormatNames, checkFormats, isCheckFormat } from '../check/check-formats.ts'
import type { CheckDocument } from '../check/check-model.ts'
import { renderCheck } from '../check/check-text.ts'
import type { Results } from '../document/model.ts'
import { planReports, type ReportPlan, type ReportsAsked } from '../store/plan-reports.ts'
import { checkReports, writeReport, writeReportText } from '../store/reports.ts'
import type { Terminal } from './terminal.ts'

/**
 * Sorts the reports of a check: md, junit and json are of the check itself, all others of the run that is checked. Rejects with
 * UsageError for what cannot be written, or for a report of a run when two files are compared.
 */
export async function planCheckReports(
  asked: ReportsAsked,
  terminal: Terminal,
  { inputs, of }: { readonly inputs: readonly string[]; readonly of: 'run' | 'files' },
): Promise<ReportPlan> {
  const plan = planReports(asked, terminal)
  const other = plan.written.find((request) => !isCheckFormat(request.format))
  if (plan.printed !== 'table' && !isCheckFormat(plan.printed)) {
    throw new UsageError(`${plan.printed} is a report of the run, and stdout is for the check: give it a file`)
  }
  if (of === 'files' && other !== undefined) {
    throw new UsageError(
      `${other.format} is a report of one run: expected one of ${checkFormatNames.join(', ')}; sessionbench report makes the others`,
    )
  }
  await checkReports(plan.written, inputs)
  return plan
}

/** Prints the check, writes every report that can be written, then rejects with what could not. */
export async function deliverCheck(
  check: CheckDocument,
  { printed, written }: ReportPlan,
  terminal: Terminal,
  results?: Results,
): Promise<void> {
  const isDocument = printed !== 'table' && isCheckFormat(printed)
  if (isDocument) terminal.printDocument(checkFormats[printed](check))
  else terminal.print(renderCheck(check, terminal))
  const errors: unknown[] = []
  for (const request of written) {
    const { format } = request
    const writing = isCheckFormat(format)
      ? writeReportText(request, checkFormats[format](check))
      : writeReport(request, ofRun(results))
    await writing.catch((error: unknown) => errors.push(error))
  }
  for (const error of errors) throw error
}

/** Where there is no run, no report of one was let through. */
function ofRun(results: Results | undefined): Results {
  if (results === undefined) throw new Error('a report of a run was asked for, and there is none')
  return results
}

/** The check says that a run is INVALID; it has no room for which file that is. */
export function notePart(path: string, record: Results | Baseline, terminal: Terminal): void {
  if (record.kind !== 'sessionbench.results' || !record.partial) return
  terminal.note(`sessionbench: ${path} is part of a run that was interrupted; measure again\n`)
}
