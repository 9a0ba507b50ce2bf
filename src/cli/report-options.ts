import { type Command, Option } from 'commander'
import { reportFormatNames, reportFormats } from '../report/formats.ts'
import type { ReportCommandOptions } from './commands/report.ts'
import { type RequestedReport, readReports } from './read-reports.ts'

/** What the options below become. */
export type ReportFlags = {
  readonly report?: RequestedReport[]
  readonly format?: 'table' | 'json'
}

/** `--format`: what stdout gets. */
export function formatOption(): Option {
  return new Option('--format <format>', 'what to print (default: table)').choices(['table', 'json'])
}

/** `--report`: what is written, and where. */
export function reportOption(): Option {
  return new Option(
    '--report <list>',
    "reports to write: 'md=summary.md,junit=junit.xml'; the path - prints one instead of the table (may be repeated)",
  ).argParser((text: string, earlier: RequestedReport[] = []) => [...earlier, ...readReports(text)])
}

const nameWidth = Math.max(...reportFormatNames.map((name) => name.length))

/** The formats, below a command's options. */
export const reportHelp = `
Report formats:
${reportFormatNames.map((name) => `  ${name.padEnd(nameWidth)}  ${reportFormats[name].about}`).join('\n')}

md=$GITHUB_STEP_SUMMARY adds to that file; every other report replaces its own.`

/** Adds the command that renders an earlier run's results. */
export function addReport(
  program: Command,
  report: (path: string, options: ReportCommandOptions) => Promise<void>,
): void {
  program
    .command('report')
    .description('render the results of an earlier run again: as a table, or in the formats below')
    .argument('<file>', 'results, or the .ndjson log of events beside them, as run --out writes them')
    .addOption(formatOption())
    .addOption(reportOption())
    .addHelpText('after', reportHelp)
    .action((path: string, { report: reports = [], format }: ReportFlags) => report(path, { reports, format }))
}
