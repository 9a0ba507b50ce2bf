import { Option } from 'commander'
import { reportFormatNames, reportFormats } from '../report/formats.ts'
import { type RequestedReport, readReports } from '../store/plan-reports.ts'
import { flagNamed } from './option-flags.ts'

/** `--format`: what stdout gets. */
export function formatFlag(): Option {
  return new Option('--format <format>', 'what to print (default: table)').choices(['table', 'json'])
}

/** `--report`: what is written, and where. */
export function reportFlag(): Option {
  return flagNamed(
    'reports',
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
