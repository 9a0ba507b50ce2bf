import { type Command, Option } from 'commander'
import { readTolerance } from '../check/read-tolerance.ts'
import type { ExitPolicies } from '../document/exit-code.ts'
import { counterNames } from '../judge/counter-form.ts'
import type { Tolerances } from '../judge/judge-counters.ts'
import type { ReportsAsked } from '../store/plan-reports.ts'
import { flagNamed, parse } from './option-flags.ts'

/** By what a later run is gated, and what is to be read of it. */
export interface GateRequest extends ReportsAsked, Pick<ExitPolicies, 'inconclusive'> {
  readonly tolerances?: Tolerances | undefined
}

/** What commands that compare with an earlier run have in common. */
export function addGateFlags(command: Command): Command {
  return command
    .addOption(toleranceFlag())
    .addOption(
      new Option('--inconclusive <policy>', 'what an inconclusive check does: fail (exit code 3), warn or pass')
        .choices(['fail', 'warn', 'pass'])
        .default('warn'),
    )
}

/** `--tolerance`: once for each counter. */
export function toleranceFlag(): Option {
  return flagNamed(
    'tolerances',
    '--tolerance <counter=percent>',
    `how much more of a counter is no regression, e.g. bytesReceivedPerRequest=1 (may be repeated; default: none; ${counterNames.join(', ')})`,
  ).argParser((text: string, known?: Tolerances) => parse((each) => readTolerance(each, known))(text))
}

/** `--baseline`: where the earlier run is kept. */
export function baselineFlag(): Option {
  return new Option('--baseline <file>', 'the baseline').default('sessionbench-baseline.json')
}

/** `--from`: what was measured before. */
export function fromFlag(what: string): Option {
  return new Option(
    '--from <file>',
    `${what} these results (of run --out), or the log beside them, instead of running anything`,
  )
}

/** `--calibration`: what the machine can tell, and what follows from it. */
export function calibrationFlag(consequence: string): Option {
  return new Option('--calibration <file>', `what calibrate wrote here: ${consequence}`)
}
