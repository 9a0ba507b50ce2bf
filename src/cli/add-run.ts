import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import { defaultScenario, runCommand } from './commands/run.ts'
import { addMeasureOptions, type MeasureFlags, readMeasureFlags } from './measure-options.ts'

/** Adds `run`: scenarios measured, with a table and a verdict for each of their targets. */
export function addRun(program: Command, { terminal, signal, exit }: CommandContext): void {
  const command = program
    .command('run')
    .description('run scenarios and print a table and a verdict for each of their targets')
    .argument('[scenario...]', `names of bundled scenarios, or paths of modules (default: ${defaultScenario})`)
  addMeasureOptions(command)
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
    .action(async (names: string[], flags: MeasureFlags) => {
      exit(await runCommand(names, readMeasureFlags(flags), terminal, signal))
    })
}
