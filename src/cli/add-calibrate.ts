import { type Command, Option } from 'commander'
import { calibrateDefaults } from '../calibrate/calibrate.ts'
import { renderExitCodes } from '../document/exit-code.ts'
import { readNumber } from '../scenario/read-values.ts'
import { suiteNames } from '../scenario/suites.ts'
import { defaultCalibration } from '../store/calibration.ts'
import type { CommandContext } from './command-context.ts'
import {
  type CalibrateCommandOptions,
  calibrateCommand,
  calibrateOptionNames,
  quickBudgetMs,
} from './commands/calibrate.ts'
import { defaultScenario } from './commands/run.ts'
import { collect } from './measure-options.ts'
import { parse } from './parse.ts'
import { formatOption } from './report-options.ts'
import { addOptions } from './table-options.ts'

type CalibrateFlags = Omit<CalibrateCommandOptions, 'tags' | 'variants'> & {
  readonly tag?: string[]
  readonly variant?: string[]
}

const help = `
The machine: its clock and timers, what sessionbench reports of work whose latency is known, the CPU time that it adds to a
request, and the highest rate that its open loop keeps. Then each chosen variant is compared with itself: whatever difference
is found is noise, and a change smaller than it is not caught. check --calibration refuses to promise less.

Exit codes: ${renderExitCodes('calibrate')}.`

/** Adds `calibrate`: what this machine can tell. */
export function addCalibrate(program: Command, { terminal, signal, exit }: CommandContext): void {
  const command = program
    .command('calibrate')
    .description('measure what sessionbench itself costs here, and the smallest change that it can catch')
    .argument('[scenario...]', `names of bundled scenarios, or paths of modules (default: ${defaultScenario})`)
  addCalibrateOptions(command)
    .addHelpText('after', help)
    .action(async (names: string[], flags: CalibrateFlags) => {
      const { tag: tags, variant: variants = [], ...options } = flags
      exit(await calibrateCommand(names, { ...options, tags, variants }, terminal, signal))
    })
}

function addCalibrateOptions(command: Command): Command {
  command
    .addOption(
      new Option('--suite <name>', 'the bundled scenarios of a suite, instead of naming them').choices(suiteNames),
    )
    .option('--tag <tag>', 'the bundled scenarios with this tag (may be repeated: any of them)', collect)
    .option(
      '--variant <name>',
      'a variant to compare with itself, or all (may be repeated; default: the first that is not the baseline)',
      collect,
    )
    .option(
      '--quick',
      `half a minute: the first target of a scenario with a budget of ${quickBudgetMs / 1_000}s, a short look at the machine`,
      false,
    )
    .addOption(new Option('--only <part>', 'leave the other part out').choices(['machine', 'noise']))
    .option(
      '--power <share>',
      'chance that the smallest change is caught',
      parse((text) => readNumber(text, 0.5, 0.999)),
      calibrateDefaults.power,
    )
  return addOptions(command, calibrateOptionNames, { budgetMs: { help: 'most time for each target, as in run' } })
    .addOption(formatOption())
    .option(
      '--out <file>',
      'where the calibration is kept, as JSON, with its events beside it as .ndjson',
      defaultCalibration,
    )
}
