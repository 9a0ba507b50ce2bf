import { randomInt } from 'node:crypto'
import { type Command, Option } from 'commander'
import { makeLocalHost } from '../../arm/local-host.ts'
import { calibrateDefaults, calibrate as tellCalibration } from '../../calibrate/calibrate.ts'
import { makeCalibrationStatus } from '../../calibrate/calibration-status.ts'
import { renderCalibration } from '../../calibrate/calibration-text.ts'
import { openCalibrationFold } from '../../calibrate/fold-calibration.ts'
import {
  type CalibrationRequest,
  calibrateOptionNames,
  planCalibration,
  quickBudgetMs,
} from '../../calibrate/plan-calibration.ts'
import { type Calibration, renderCalibrationJson } from '../../document/calibration-model.ts'
import { type ExitCode, exitCodeFor, type Outcome, renderExitCodes, weigh } from '../../document/exit-code.ts'
import { defaultScenario } from '../../scenario/find.ts'
import { readNumber } from '../../scenario/read-values.ts'
import { defaultCalibration, writeCalibration } from '../../store/calibration.ts'
import { checkPlaces } from '../../store/event-log.ts'
import type { CommandContext, ProgramContext } from '../command-context.ts'
import { follow } from '../follow.ts'
import { addSelection } from '../measure-flags.ts'
import { addFlags, flagNamed, parse, repeatable } from '../option-flags.ts'
import { openProgress } from '../progress.ts'
import { formatFlag } from '../report-flags.ts'

interface CalibrateRequest extends CalibrationRequest {
  readonly power: number
  readonly format?: 'table' | 'json' | undefined
  readonly out: string
}

const help = `
The machine: its clock and timers, what sessionbench reports of work whose latency is known, the CPU time that it adds to a
request, and the highest rate that its open loop keeps. Then each chosen variant is compared with itself: whatever difference
is found is noise, and a change smaller than it is not caught. check --calibration refuses to promise less.

Exit codes: ${renderExitCodes('calibrate')}.`

/** Adds `calibrate`: what this machine can tell. */
export function addCalibrate(program: Command, context: ProgramContext): void {
  const command = program
    .command('calibrate')
    .description('measure what sessionbench itself costs here, and the smallest change that it can catch')
    .argument('[scenario...]', `names of bundled scenarios, or paths of modules (default: ${defaultScenario})`)
  addCalibrateFlags(addSelection(command, 'the bundled scenarios'))
    .addHelpText('after', help)
    .action(async (names: string[], flags: Omit<CalibrateRequest, 'names'>) => {
      context.exit(await calibrate({ names, ...flags }, context))
    })
}

function addCalibrateFlags(command: Command): Command {
  const variant =
    'a variant to compare with itself, or all (may be repeated; default: the first that is not the baseline)'
  command
    .addOption(repeatable(flagNamed('variants', '--variant <name>', variant)))
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
  return addFlags(command, calibrateOptionNames, { budgetMs: { help: 'most time for each target, as in run' } })
    .addOption(formatFlag())
    .option(
      '--out <file>',
      'where the calibration is kept, as JSON, with its events beside it as .ndjson',
      defaultCalibration,
    )
}

/** Measures what this machine can tell, keeps and prints it; resolves to the exit code. */
async function calibrate(
  { out, format, seed = randomInt(2 ** 32), power, ...request }: CalibrateRequest,
  { terminal, signal }: CommandContext,
): Promise<ExitCode> {
  await checkPlaces(out)
  using progress = openProgress({ terminal, signal }, makeCalibrationStatus())
  const { workingFolder } = terminal
  const context = { host: makeLocalHost(), signal, onOutput: progress.line, workingFolder }
  const plan = await planCalibration({ ...request, seed }, context)
  const gathered = openCalibrationFold()
  await follow(tellCalibration({ ...context, ...plan, seed, power }), {
    ...{ out, note: progress.line },
    listeners: [gathered.add, progress.show],
  })
  progress.close()
  const calibration = gathered.calibration()
  await writeCalibration(out, calibration)
  if (format === 'json') terminal.printDocument(renderCalibrationJson(calibration))
  else terminal.print(renderCalibration(calibration, { ...terminal, out }))
  return exitCodeFor(outcomeOf(calibration))
}

/** No data is never a success. */
function outcomeOf({ partial, noise, machine }: Calibration): Outcome {
  const isNothing = noise.length === 0 && machine === null
  const isBroken = noise.some(({ validity }) => validity === 'invalid') || (machine?.problems.length ?? 0) > 0
  return weigh({ interrupted: partial, invalid: isNothing || isBroken })
}
