import { randomInt } from 'node:crypto'
import { describeScenario } from '../../arm/describe-scenario.ts'
import { makeLocalHost } from '../../arm/local-host.ts'
import { UsageError } from '../../bench-error.ts'
import { type CalibratedVariant, calibrate } from '../../calibrate/calibrate.ts'
import { renderCalibration } from '../../calibrate/calibration-text.ts'
import { type Effort, efforts } from '../../calibrate/certify-machine.ts'
import { openCalibrationFold } from '../../calibrate/fold-calibration.ts'
import { watchedVariant } from '../../calibrate/make-alike.ts'
import { type Calibration, renderCalibrationJson } from '../../document/calibration-model.ts'
import { type ExitCode, exitCodeFor, type Outcome, weigh } from '../../document/exit-code.ts'
import { chooseScenarios, isSelecting } from '../../run/choose-scenarios.ts'
import type { MeasureContext } from '../../run/measure-context.ts'
import { findBundledScenarios } from '../../scenario/find.ts'
import type { OptionName, Options } from '../../scenario/options.ts'
import type { ScenarioDescription } from '../../scenario/resolve-scenario.ts'
import type { Selection } from '../../scenario/suites.ts'
import { writeCalibration } from '../../store/calibration.ts'
import { checkPlaces } from '../../store/event-log.ts'
import { follow } from '../follow.ts'
import { openProgress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'
import { defaultScenario } from './run.ts'

/** What of the table of options an A/A run may be told. */
export const calibrateOptionNames = [
  'budgetMs',
  'protocols',
  'rttsMs',
  'concurrency',
  'isolation',
  'blockMs',
  'warmUpMs',
  'maxRounds',
  'generations',
  'seed',
] as const satisfies readonly OptionName[]

export interface CalibrateCommandOptions extends Pick<Options, (typeof calibrateOptionNames)[number]>, Selection {
  /** Variants to compare with themselves; `all` stands for each. @default the first that is not the baseline */
  readonly variants: readonly string[]
  readonly power: number
  readonly quick: boolean
  readonly only?: 'machine' | 'noise' | undefined
  readonly format?: 'table' | 'json' | undefined
  readonly out: string
}

/** The budget of one A/A run with --quick. */
export const quickBudgetMs = 20_000

/** Measures what this machine can tell, keeps and prints it; resolves to the exit code. */
export async function calibrateCommand(
  names: readonly string[],
  options: CalibrateCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { out, only, format, seed = randomInt(2 ** 32), power, quick } = options
  await checkPlaces(out)
  const progress = openProgress(terminal)
  const onAbort = () => progress.line('interrupted: reporting what was measured (again to quit at once)')
  signal.addEventListener('abort', onAbort, { once: true })
  const context = { host: makeLocalHost(), signal, onOutput: progress.line }
  try {
    const events = calibrate({
      ...context,
      ...{ seed, power, workingFolder: terminal.workingFolder },
      plan: planOptions(options),
      variants: only === 'machine' ? [] : await chooseVariants(names, options, context, terminal.workingFolder),
      machine: only === 'noise' ? undefined : await chooseMachine(quick ? efforts.quick : efforts.full, context),
    })
    const gathered = openCalibrationFold()
    await follow(events, { out, listeners: [gathered.add, progress.show], note: progress.line })
    progress.close()
    const calibration = gathered.calibration()
    await writeCalibration(out, calibration)
    if (format === 'json') terminal.printDocument(renderCalibrationJson(calibration))
    else terminal.print(renderCalibration(calibration, { ...terminal, out }))
    return exitCodeFor(outcomeOf(calibration))
  } finally {
    signal.removeEventListener('abort', onAbort)
    progress.close()
  }
}

/** No data is never a success. */
function outcomeOf({ partial, noise, machine }: Calibration): Outcome {
  const isNothing = noise.length === 0 && machine === null
  const isBroken = noise.some(({ validity }) => validity === 'invalid') || (machine?.problems.length ?? 0) > 0
  return weigh({ interrupted: partial, invalid: isNothing || isBroken })
}

async function chooseVariants(
  names: readonly string[],
  options: CalibrateCommandOptions,
  context: MeasureContext,
  workingFolder: string,
): Promise<CalibratedVariant[]> {
  const { variants, quick, only: _, ...chosen } = options
  const scenarios = await chooseScenarios(names.length > 0 || isSelecting(options) ? names : [defaultScenario], {
    ...planOptions(chosen),
    ...{ suite: options.suite, tags: options.tags, workingFolder },
    ...context,
  })
  return scenarios
    .map((scenario) => (quick ? atFirstTarget(scenario) : scenario))
    .flatMap((scenario) => variantsOf(scenario, variants).map((variant) => ({ scenario, variant })))
}

function variantsOf(scenario: ScenarioDescription, wanted: readonly string[]): readonly string[] {
  if (wanted.length === 0) return [watchedVariant(scenario)]
  if (wanted.includes('all')) return scenario.variants
  const unknown = wanted.find((variant) => !scenario.variants.includes(variant))
  if (unknown === undefined) return wanted
  throw new UsageError(`${scenario.name} has no variant '${unknown}': expected all, ${scenario.variants.join(', ')}`)
}

function atFirstTarget(scenario: ScenarioDescription): ScenarioDescription {
  return { ...scenario, protocols: scenario.protocols.slice(0, 1), rttsMs: scenario.rttsMs.slice(0, 1) }
}

/** What of the options belongs to a plan. */
function planOptions(options: Partial<CalibrateCommandOptions>): Options {
  const { budgetMs = options.quick ? quickBudgetMs : undefined } = options
  return { ...Object.fromEntries(calibrateOptionNames.map((name) => [name, options[name]])), budgetMs }
}

/** The machine is certified with the plainest client that there is: one session, one small GET. */
async function chooseMachine(effort: Effort, context: MeasureContext) {
  const url = findBundledScenarios().get(defaultScenario)
  if (url === undefined) throw new Error(`the bundled scenario ${defaultScenario} is missing`)
  return { scenario: await describeScenario(url, context), variant: 'session', effort }
}
