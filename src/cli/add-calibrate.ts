import { type Command, Option } from 'commander'
import { calibrateDefaults } from '../calibrate/calibrate.ts'
import { planDefaults } from '../plan/make-plan.ts'
import { suiteNames } from '../scenario/suites.ts'
import { defaultCalibration } from '../store/calibration.ts'
import { type CalibrateCommandOptions, calibrateCommand, quickBudgetMs } from './commands/calibrate.ts'
import { defaultScenario } from './commands/run.ts'
import { collect } from './measure-options.ts'
import { parse } from './parse.ts'
import { readDuration, readInteger, readIsolation, readNumber, readProtocols, readRtts } from './read-options.ts'
import { formatOption } from './report-options.ts'
import type { Terminal } from './terminal.ts'

type CalibrateFlags = Pick<
  CalibrateCommandOptions,
  'suite' | 'seed' | 'power' | 'quick' | 'only' | 'format' | 'out' | 'generations' | 'concurrency' | 'isolation'
> & {
  readonly tag?: string[]
  readonly variant?: string[]
  readonly budget?: number
  readonly block?: number
  readonly warmUp?: number
  readonly rounds?: number
  readonly rtt?: CalibrateCommandOptions['rttsMs']
  readonly protocol?: CalibrateCommandOptions['protocols']
}

const help = `
The machine: its clock and timers, what sessionbench reports of work whose latency is known, the CPU time that it adds to a
request, and the highest rate that its open loop keeps. Then each chosen variant is compared with itself: whatever difference
is found is noise, and a change smaller than it is not caught. check --calibration refuses to promise less.

Exit codes: 0 measured, 2 something could not be measured or wrong usage, 130 interrupted (what there is is kept).`

interface CommandContext {
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly exit: (code: number) => void
}

/** Adds `calibrate`: what this machine can tell. */
export function addCalibrate(program: Command, { terminal, signal, exit }: CommandContext): void {
  const command = program
    .command('calibrate')
    .description('measure what sessionbench itself costs here, and the smallest change that it can catch')
    .argument('[scenario...]', `names of bundled scenarios, or paths of modules (default: ${defaultScenario})`)
  addCalibrateOptions(command)
    .addHelpText('after', help)
    .action(async (names: string[], flags: CalibrateFlags) => {
      const { tag: tags, variant: variants = [], budget, block, warmUp, rounds, rtt, protocol, ...rest } = flags
      const renamed = { budgetMs: budget, blockMs: block, warmUpMs: warmUp, maxRounds: rounds }
      const options = { ...rest, ...renamed, tags, variants, rttsMs: rtt, protocols: protocol }
      exit(await calibrateCommand(names, options, terminal, signal))
    })
}

function addCalibrateOptions(command: Command): Command {
  return command
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
      '--budget <time>',
      'most time for each target, as in run (default: what a verdict takes)',
      parse(readDuration),
    )
    .option(
      '--power <share>',
      'chance that the smallest change is caught',
      parse((text) => readNumber(text, 0.5, 0.999)),
      calibrateDefaults.power,
    )
    .option('--protocol <list>', "http, https, h2, or several (default: the scenario's)", parse(readProtocols))
    .option('--rtt <list>', "added round-trip times in ms: '0,20' (default: the scenario's)", parse(readRtts))
    .option(
      '--concurrency <n>',
      "requests under way at any time (default: the scenario's)",
      parse((text) => readInteger(text, 1, 10_000)),
    )
    .option('--isolation <kind>', "shared or process (default: the scenario's)", parse(readIsolation))
    .option('--block <time>', `shortest block (default: ${planDefaults.blockMs}ms)`, parse(readDuration))
    .option(
      '--warm-up <time>',
      `least warm-up per arm (default: ${planDefaults.warmUpMs / 1_000}s)`,
      parse(readDuration),
    )
    .option(
      '--rounds <n>',
      'at most this many rounds, in each generation if there are several',
      parse((text) => readInteger(text, 1, planDefaults.maxUnits)),
    )
    .option(
      '--generations <n>',
      'generations of fresh processes, with --isolation process',
      parse((text) => readInteger(text, 1, 64)),
    )
    .option(
      '--seed <n>',
      'decides the order of the blocks (default: random)',
      parse((text) => readInteger(text, 0, 2 ** 32 - 1)),
    )
    .addOption(formatOption())
    .option('--out <file>', 'where the calibration is kept, as JSON', defaultCalibration)
}
