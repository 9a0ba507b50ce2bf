import { UsageError } from '../bench-error.ts'
import { type ReportFormatName, reportFormatNames, reportFormats } from '../report/formats.ts'
import type { ReportRequest } from './reports.ts'

/** One `format=path` of `--report`; the path `-` stands for stdout. */
export interface RequestedReport {
  readonly format: ReportFormatName
  readonly path: string
}

const stdout = '-'

/** `md=summary.md,junit=junit.xml`: reports by format. A comma that no `format=` follows belongs to a path. */
export function readReports(text: string): RequestedReport[] {
  return text.split(/,(?=[\w-]+=)/).map((part) => {
    const [, name, path] = /^([\w-]+)=(.+)$/s.exec(part.trim()) ?? []
    if (name === undefined || path === undefined) {
      throw new UsageError(`expected format=path, such as md=summary.md,junit=junit.xml, got '${part}'`)
    }
    const format = reportFormatNames.find((known) => known === name)
    if (format === undefined) {
      throw new UsageError(`there is no report format '${name}'; expected one of ${reportFormatNames.join(', ')}`)
    }
    return { format, path }
  })
}

/** Where the reports of one command go. */
export interface ReportPlan {
  /** What stdout gets. */
  readonly printed: 'table' | ReportFormatName
  readonly written: readonly ReportRequest[]
}

/** What is to be read of what a command comes to. */
export interface ReportsAsked {
  readonly reports?: readonly RequestedReport[] | undefined
  /** What stdout gets when no report is for it. @default 'table' */
  readonly format?: 'table' | 'json' | undefined
}

/**
 * Sorts the reports that were asked for into the one that is printed and those that are written. The step summary is the file that
 * GitHub Actions shows on the page of a job: steps share it, so that it is added to and never replaced.
 */
export function planReports(
  { reports = [], format }: ReportsAsked,
  { stepSummary }: { readonly stepSummary?: string | undefined } = {},
): ReportPlan {
  const printed = reports.filter(({ path }) => path === stdout)
  const [first, second] = printed
  if (first === undefined) return { printed: format ?? 'table', written: requestFiles(reports, stepSummary) }
  if (format !== undefined || second !== undefined) {
    const other = format !== undefined ? `--format ${format}` : `${second?.format}=-`
    throw new UsageError(`${first.format}=- and ${other} both ask for stdout: leave one of them out, or give it a file`)
  }
  if (reportFormats[first.format].kind === 'folder') {
    throw new UsageError(`${first.format} makes several files: expected a folder, got '-'`)
  }
  return { printed: first.format, written: requestFiles(reports, stepSummary) }
}

function requestFiles(reports: readonly RequestedReport[], stepSummary: string | undefined): ReportRequest[] {
  return reports
    .filter(({ path }) => path !== stdout)
    .map((report) => ({ ...report, isAppended: report.format === 'md' && report.path === stepSummary }))
}
