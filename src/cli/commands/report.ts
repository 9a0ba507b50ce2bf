import type { Command } from 'commander'
import { UsageError } from '../../bench-error.ts'
import { renderCalibration } from '../../calibrate/calibration-text.ts'
import { renderCalibrationJson } from '../../document/calibration-model.ts'
import { planReports, type ReportsAsked } from '../../store/plan-reports.ts'
import { checkReports } from '../../store/reports.ts'
import { renderTuningJson } from '../../tune/report/model.ts'
import { renderTuning } from '../../tune/report/text.ts'
import type { CommandContext } from '../command-context.ts'
import { deliverReports } from '../deliver-reports.ts'
import { readBack } from '../read-back.ts'
import { formatFlag, reportFlag, reportHelp } from '../report-flags.ts'

interface ReportRequest extends ReportsAsked {
  readonly path: string
}

/** Adds `report`: an earlier run, rendered again. */
export function addReport(program: Command, context: CommandContext): void {
  program
    .command('report')
    .description('render the results of an earlier run again: as a table, or in the formats below')
    .argument('<file>', 'results, or the .ndjson log of events beside them, as run --out writes them')
    .addOption(formatFlag())
    .addOption(reportFlag())
    .addHelpText('after', reportHelp)
    .action((path: string, flags: ReportsAsked) => report({ path, ...flags }, context))
}

/** Renders what an earlier run came to again, from its results or from the log of its events. */
export async function report(
  { path, ...asked }: ReportRequest,
  { terminal }: Pick<CommandContext, 'terminal'>,
): Promise<void> {
  const plan = planReports(asked, terminal)
  const read = await readBack(path)
  await checkReports(plan.written, [path])
  for (const sentence of read.missing) terminal.note(`sessionbench: ${sentence}\n`)
  const isJson = asked.format === 'json'
  switch (read.kind) {
    case 'results':
      return deliverReports(read.results, plan, terminal)
    case 'calibration':
      refuseReports(asked, path, 'a calibration')
      return isJson
        ? terminal.printDocument(renderCalibrationJson(read.calibration))
        : terminal.print(renderCalibration(read.calibration, { ...terminal, out: path }))
    case 'tuning':
      refuseReports(asked, path, 'a tuning')
      return isJson
        ? terminal.printDocument(renderTuningJson(read.tuning))
        : terminal.print(renderTuning(read.tuning, terminal))
    default:
      return read satisfies never
  }
}

function refuseReports({ reports = [] }: ReportsAsked, path: string, what: string): void {
  if (reports.length === 0) return
  throw new UsageError(`${path} is of ${what}, which --report has no formats of: expected --format table or json`)
}
