import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { UsageError } from '../../bench-error.ts'
import { makeBaseline, renderBaseline } from '../../check/baseline-model.ts'
import { renderBaselineText } from '../../check/baseline-text.ts'
import { makeCheck } from '../../check/make-check.ts'
import { readBaseline, readRecord } from '../../check/read-record.ts'
import { whyNoBaseline, whyNotCalibratedBy } from '../../check/why-no-baseline.ts'
import { type ExitCode, renderExitCodes } from '../../document/exit-code.ts'
import { maskUrlsIn } from '../../session/mask.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { readCalibration } from '../../store/calibration.ts'
import { checkWritable, writeWholeFile } from '../../store/write-file.ts'
import { formatCounted } from '../../words/format.ts'
import { deliverCheck, notePart } from '../check-reports.ts'
import type { CommandContext, ProgramContext } from '../command-context.ts'
import { baselineFlag, calibrationFlag, fromFlag, type GateRequest, toleranceFlag } from '../gate-flags.ts'
import { checkSource, readOrMeasure, type SourceRequest } from '../measure.ts'
import { addMeasureFlags } from '../measure-flags.ts'
import { formatFlag } from '../report-flags.ts'

interface SaveRequest extends SourceRequest {
  readonly baseline: string
  readonly calibration?: string | undefined
  readonly force: boolean
}

interface DiffRequest extends Pick<GateRequest, 'tolerances' | 'format'> {
  readonly baseline: string
  readonly path: string
}

const diffHelp = `
Exit codes: ${renderExitCodes('baseline diff')}.`

/** Adds `baseline save`, `show` and `diff`. */
export function addBaseline(program: Command, context: ProgramContext): void {
  const baseline = program.command('baseline').description('keep a run to check later ones against')
  const save = baseline
    .command('save')
    .description('write a baseline from results, or from scenarios that it runs; nothing else ever writes one')
    .argument('[scenario...]', 'names of bundled scenarios, or paths of modules')
    .addOption(fromFlag('take'))
    .addOption(calibrationFlag('CPU time is then not gated by less than equal code differs'))
    .option('--force', 'replace a baseline that exists', false)
    .addOption(baselineFlag())
  addMeasureFlags(save).action((names: string[], flags: Omit<SaveRequest, 'names'>) =>
    saveBaseline({ names, ...flags }, context),
  )
  baseline
    .command('show')
    .description('print what a baseline holds')
    .addOption(baselineFlag())
    .action((flags: Pick<SaveRequest, 'baseline'>) => showBaseline(flags, context))
  baseline
    .command('diff')
    .addOption(formatFlag())
    .description('show what changed since a baseline, and fail for none of it')
    .argument('<file>', 'results (of run --out) or the log beside them, or another baseline')
    .addOption(baselineFlag())
    .addOption(toleranceFlag())
    .addHelpText('after', diffHelp)
    .action(async (path: string, flags: Omit<DiffRequest, 'path'>) => {
      context.exit(await diffBaseline({ path, ...flags }, context))
    })
}

/** Writes a baseline from results, or from scenarios that it runs. The only thing that ever writes one. */
export async function saveBaseline(
  { baseline: path, from, calibration: calibrationPath, force, ...request }: SaveRequest,
  context: CommandContext,
): Promise<void> {
  const { terminal, signal } = context
  checkSource({ ...request, from })
  if (existsSync(path) && !force) throw new UsageError(`${path} exists; --force replaces it`)
  await checkWritable(path)
  const calibration = calibrationPath === undefined ? undefined : await readCalibration(calibrationPath)
  const { results } = await readOrMeasure({ ...request, from }, context)
  const unfit = whyNoBaseline(results)
  if (unfit !== undefined) {
    const message = from === undefined ? unfit : `${from}: ${unfit}`
    if (!(results.partial && signal.aborted)) throw new UsageError(message)
    terminal.note(`sessionbench: ${message}\n`)
    throw signal.reason
  }
  const mismatch = calibration && whyNotCalibratedBy(calibration, results)
  if (mismatch !== undefined) throw new UsageError(`--calibration ${calibrationPath}: ${mismatch}`)
  await writeWholeFile(path, renderBaseline(makeBaseline(results, calibration)))
  const comparisons = sumOf(results.scenarios, (scenario) => scenario.comparisons.length)
  terminal.print(`wrote ${maskUrlsIn(path)}: ${formatCounted(comparisons, 'comparison')} of ${results.startedAt}\n`)
}

/** Prints what a baseline holds. */
export async function showBaseline(
  { baseline: path }: Pick<SaveRequest, 'baseline'>,
  { terminal }: Pick<CommandContext, 'terminal'>,
): Promise<void> {
  terminal.print(renderBaselineText(await readBaseline(path), maskUrlsIn(path)))
}

/** Shows what changed since a baseline and never fails for it, but for a run that says nothing. */
export async function diffBaseline(
  { baseline, path, format, tolerances }: DiffRequest,
  { terminal }: Pick<CommandContext, 'terminal'>,
): Promise<ExitCode> {
  const [earlier, later] = [await readBaseline(baseline), await readRecord(path)]
  notePart(path, later, terminal)
  const policies = { inconclusive: 'pass', regression: 'pass' } as const
  const check = makeCheck(earlier, later, { tolerances, policies, isGatedByThresholds: false })
  await deliverCheck(check, { printed: format ?? 'table', written: [] }, terminal)
  return check.exitCode
}
