import { type Command, Option } from 'commander'
import { type ExitCode, type ExitPolicies, exitCodeOf } from '../../document/exit-code.ts'
import { defaultScenario } from '../../scenario/find.ts'
import { placesOf } from '../../store/event-log.ts'
import { planReports, type ReportsAsked } from '../../store/plan-reports.ts'
import { checkReports } from '../../store/reports.ts'
import type { CommandContext, ProgramContext } from '../command-context.ts'
import { deliverReports } from '../deliver-reports.ts'
import { type MeasureRequest, measure, type Tell } from '../measure.ts'
import { addMeasureFlags } from '../measure-flags.ts'

export interface RunRequest extends MeasureRequest, ReportsAsked, Pick<ExitPolicies, 'inconclusive' | 'suspect'> {}

/** Adds `run`: scenarios measured, with a table and a verdict for each of their targets. */
export function addRun(program: Command, context: ProgramContext): void {
  const command = program
    .command('run')
    .description('run scenarios and print a table and a verdict for each of their targets')
    .argument('[scenario...]', `names of bundled scenarios, or paths of modules (default: ${defaultScenario})`)
  addMeasureFlags(command)
    .addOption(
      new Option('--inconclusive <policy>', 'what a threshold that stays undecided does: fail (exit code 3) or warn')
        .choices(['fail', 'warn'])
        .default('warn'),
    )
    .addOption(
      new Option(
        '--suspect <policy>',
        'what a comparison that may only be read with care does: fail (exit code 2) or warn',
      )
        .choices(['fail', 'warn'])
        .default('warn'),
    )
    .action(async (names: string[], flags: Omit<RunRequest, 'names'>) => {
      context.exit(await run({ names, ...flags }, context))
    })
}

/** Runs scenarios, keeps the results where asked to, prints the report, and says what the exit code has to be. */
export async function run(
  { format, reports, inconclusive, suspect, ...request }: RunRequest,
  context: CommandContext,
  tell?: Tell,
): Promise<ExitCode> {
  const plan = planReports({ reports, format }, context.terminal)
  await checkReports(plan.written, placesOf(request.out))
  const { results, saveError } = await measure(request, context, tell)
  await deliverReports(results, plan, context.terminal)
  if (saveError !== undefined) throw saveError
  return exitCodeOf(results, { inconclusive, suspect })
}
