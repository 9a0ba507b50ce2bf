import { type Command, Option } from 'commander'
import { UsageError } from '../bench-error.ts'
import { renderExitCodes } from '../document/exit-code.ts'
import { counterNames } from '../judge/judge-counters.ts'
import { readNumber } from '../scenario/read-values.ts'
import type { CommandContext } from './command-context.ts'
import { type BaselineSaveOptions, saveBaselineCommand, showBaselineCommand } from './commands/baseline.ts'
import {
  type CheckCommandOptions,
  checkCommand,
  defaultBaseline,
  diffCommand,
  type RecordFlags,
} from './commands/check.ts'
import { addMeasureOptions, type MeasureFlags, readMeasureFlags } from './measure-options.ts'
import { parse } from './parse.ts'
import { formatOption } from './report-options.ts'

type CheckFlags = MeasureFlags &
  Pick<CheckCommandOptions, 'baseline' | 'from' | 'calibration'> & { readonly tolerance?: RecordFlags['tolerances'] }

const help = `
Gates, in order of trust: counters per request, exactly, on any machine (connections, handshakes, requests, bytes); CPU time per
request, where machine, Node and sessionbench are the same and arms had processes of their own; thresholds of the scenarios.
Times of runs that were not interleaved are shown and never a gate: for a gate on time use compare --base.

Exit codes: ${renderExitCodes('check')}.`

const diffHelp = `
Exit codes: ${renderExitCodes('baseline diff')}.`

/** Adds `check`: a later run gated by a baseline. */
export function addCheck(program: Command, { terminal, signal, exit }: CommandContext): void {
  const command = program
    .command('check')
    .description('run scenarios, or read results, and gate them by a baseline')
    .argument('[scenario...]', "names of bundled scenarios, or paths of modules (default: the baseline's bundled ones)")
    .option('--from <file>', 'check these results (of run --out) instead of running anything')
    .option(
      '--calibration <file>',
      'what calibrate wrote here: limits finer than what it says is caught make the check inconclusive',
    )
  addRecordOptions(addMeasureOptions(withBaseline(command)))
    .addHelpText('after', help)
    .action(async (names: string[], { baseline, from, calibration, tolerance, ...flags }: CheckFlags) => {
      const options = { ...readMeasureFlags(flags), baseline, from, calibration, tolerances: tolerance }
      exit(await checkCommand(names, options, terminal, signal))
    })
}

/** Adds `baseline save`, `show` and `diff`. */
export function addBaseline(program: Command, { terminal, signal, exit }: CommandContext): void {
  const baseline = program.command('baseline').description('keep a run to check later ones against')
  const save = baseline
    .command('save')
    .description('write a baseline from results, or from scenarios that it runs; nothing else ever writes one')
    .argument('[scenario...]', 'names of bundled scenarios, or paths of modules')
    .option('--from <file>', 'take these results (of run --out) instead of running anything')
    .option(
      '--calibration <file>',
      'what calibrate wrote here: CPU time is then not gated by less than equal code differs',
    )
    .option('--force', 'replace a baseline that exists', false)
  addMeasureOptions(withBaseline(save)).action(
    async (names: string[], { baseline, from, calibration, force, ...flags }: MeasureFlags & BaselineSaveOptions) => {
      const options = { ...readMeasureFlags(flags), baseline, from, calibration, force }
      await saveBaselineCommand(names, options, terminal, signal)
    },
  )
  withBaseline(baseline.command('show').description('print what a baseline holds')).action(
    ({ baseline }: { baseline: string }) => showBaselineCommand(baseline, terminal),
  )
  addTolerance(
    withBaseline(
      baseline
        .command('diff')
        .addOption(formatOption())
        .description('show what changed since a baseline, and fail for none of it')
        .argument('<file>', 'results (of run --out), or another baseline'),
    ),
  )
    .addHelpText('after', diffHelp)
    .action(async (file: string, { baseline, tolerance, format }: CheckFlags & Pick<RecordFlags, 'format'>) => {
      exit(await diffCommand(baseline, file, { format, tolerances: tolerance }, terminal))
    })
}

function withBaseline(command: Command): Command {
  return command.option('--baseline <file>', 'the baseline', defaultBaseline)
}

/** What commands that compare with an earlier run have in common. */
export function addRecordOptions(command: Command): Command {
  return addTolerance(command).addOption(
    new Option('--inconclusive <policy>', 'what an inconclusive check does: fail (exit code 3), warn or pass')
      .choices(['fail', 'warn', 'pass'])
      .default('warn'),
  )
}

function addTolerance(command: Command): Command {
  return command.option(
    '--tolerance <counter=percent>',
    `how much more of a counter is no regression, e.g. bytesReceivedPerRequest=1 (may be repeated; default: none; ${counterNames.join(', ')})`,
    eachOf(readTolerance),
  )
}

type Tolerances = NonNullable<RecordFlags['tolerances']>

function eachOf(
  read: (text: string, known: Tolerances) => Tolerances,
): (text: string, known?: Tolerances) => Tolerances {
  return (text, known = {}) => parse((each) => read(each, known))(text)
}

function readTolerance(text: string, known: Tolerances): Tolerances {
  const [, name = '', percent = ''] = /^(\w+)=(.*)$/.exec(text) ?? []
  if (!counterNames.some((known) => known === name)) {
    throw new UsageError(`expected one of ${counterNames.join(', ')}, and =PERCENT; got '${text}'`)
  }
  return { ...known, [name]: readNumber(percent, 0, 1_000) }
}
