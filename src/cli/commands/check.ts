import type { Command } from 'commander'
import { UsageError } from '../../bench-error.ts'
import type { Baseline } from '../../check/baseline-model.ts'
import { findEmptyPromises } from '../../check/judge-promises.ts'
import { makeCheck } from '../../check/make-check.ts'
import { readBaseline } from '../../check/read-record.ts'
import { type ExitCode, renderExitCodes } from '../../document/exit-code.ts'
import { isSelecting } from '../../run/choose-scenarios.ts'
import { findBundledScenarios } from '../../scenario/find.ts'
import { readCalibration } from '../../store/calibration.ts'
import { placesOf } from '../../store/event-log.ts'
import { deliverCheck, notePart, planCheckReports } from '../check-reports.ts'
import type { CommandContext, ProgramContext } from '../command-context.ts'
import { addGateFlags, baselineFlag, calibrationFlag, fromFlag, type GateRequest } from '../gate-flags.ts'
import { checkSource, readOrMeasure, type SourceRequest } from '../measure.ts'
import { addMeasureFlags } from '../measure-flags.ts'

interface CheckRequest extends SourceRequest, GateRequest {
  readonly baseline: string
  /** What `calibrate` wrote: the check then refuses to promise what it says this machine cannot see. */
  readonly calibration?: string | undefined
}

const help = `
Gates, in order of trust: counters per request, exactly, on any machine (connections, handshakes, requests, bytes); CPU time per
request, where machine, Node and sessionbench are the same and arms had processes of their own; thresholds of the scenarios.
Times of runs that were not interleaved are shown and never a gate: for a gate on time use compare --base.

Exit codes: ${renderExitCodes('check')}.`

/** Adds `check`: a later run gated by a baseline. */
export function addCheck(program: Command, context: ProgramContext): void {
  const command = program
    .command('check')
    .description('run scenarios, or read results, and gate them by a baseline')
    .argument('[scenario...]', "names of bundled scenarios, or paths of modules (default: the baseline's bundled ones)")
    .addOption(fromFlag('check'))
    .addOption(calibrationFlag('limits finer than what it says is caught make the check inconclusive'))
    .addOption(baselineFlag())
  addGateFlags(addMeasureFlags(command))
    .addHelpText('after', help)
    .action(async (names: string[], flags: Omit<CheckRequest, 'names'>) => {
      context.exit(await check({ names, ...flags }, context))
    })
}

/** Gates results, or scenarios that it runs, by a baseline; resolves to the exit code. */
export async function check(request: CheckRequest, context: CommandContext): Promise<ExitCode> {
  const { names, baseline, from, calibration, tolerances, inconclusive, reports, format, ...measured } = request
  const { terminal } = context
  checkSource(request)
  const inputs = [baseline, from ?? [], placesOf(request.out)].flat()
  const plan = await planCheckReports({ reports, format }, terminal, { inputs, of: 'run' })
  const earlier = await readBaseline(baseline)
  const calibrated = calibration === undefined ? undefined : await readCalibration(calibration)
  const chosen = names.length > 0 || isSelecting(request) || from !== undefined ? names : bundledIn(earlier)
  const { results, saveError } = await readOrMeasure({ ...measured, names: chosen, from }, context)
  if (from !== undefined) notePart(from, results, terminal)
  const made = makeCheck(earlier, results, {
    tolerances,
    policies: { inconclusive },
    isGatedByThresholds: true,
    emptyPromises: calibrated === undefined ? [] : findEmptyPromises(results, calibrated),
    isInterrupted: from === undefined && results.partial,
  })
  await deliverCheck(made, plan, terminal, results)
  if (saveError !== undefined) throw saveError
  return made.exitCode
}

/** The scenarios of a baseline that can be run by their name alone; the user's own are given by their paths. */
function bundledIn({ scenarios }: Baseline): string[] {
  const known = findBundledScenarios()
  const own = scenarios.find(({ name }) => !known.has(name))
  if (own === undefined) return scenarios.map(({ name }) => name)
  throw new UsageError(
    `the baseline has '${own.name}', which is not bundled: say which scenarios to run, by their paths`,
  )
}
