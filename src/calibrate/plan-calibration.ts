import { describeScenario } from '../arm/describe-scenario.ts'
import { UsageError } from '../bench-error.ts'
import { chooseScenarios, namesOrDefault } from '../run/choose-scenarios.ts'
import type { MeasureContext } from '../run/measure-context.ts'
import { defaultScenario, requireScenario } from '../scenario/find.ts'
import type { OptionName, Options } from '../scenario/options.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { Selection } from '../scenario/suites.ts'
import type { CalibratedVariant, CalibrateOptions } from './calibrate.ts'
import { efforts } from './certify-machine.ts'
import { watchedVariant } from './make-alike.ts'

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

/** What is asked for, as far as it was read. */
export interface CalibrationRequest extends Pick<Options, (typeof calibrateOptionNames)[number]>, Selection {
  readonly names: readonly string[]
  /** Variants to compare with themselves; `all` stands for each. @default the first that is not the baseline */
  readonly variants?: readonly string[] | undefined
  readonly quick: boolean
  readonly only?: 'machine' | 'noise' | undefined
}

/** The budget of one A/A run that is quick. */
export const quickBudgetMs = 20_000

type CalibrationPlan = Pick<CalibrateOptions, 'plan' | 'variants' | 'machine'>

/** Chooses what is compared with itself, and by what the machine is certified. Rejects with UsageError. */
export async function planCalibration(
  request: CalibrationRequest,
  context: MeasureContext & { readonly workingFolder: string },
): Promise<CalibrationPlan> {
  const { only } = request
  return {
    plan: planOptions(request),
    variants: only === 'machine' ? [] : await chooseVariants(request, context),
    machine: only === 'noise' ? undefined : await chooseMachine(request, context),
  }
}

/** What of the request belongs to a plan. */
function planOptions({ quick, ...request }: CalibrationRequest): Options {
  const { budgetMs = quick ? quickBudgetMs : undefined } = request
  return { ...Object.fromEntries(calibrateOptionNames.map((name) => [name, request[name]])), budgetMs }
}

async function chooseVariants(
  request: CalibrationRequest,
  context: MeasureContext & { readonly workingFolder: string },
): Promise<CalibratedVariant[]> {
  const { names, suite, tags, variants = [], quick } = request
  const selection = { suite, tags }
  const scenarios = await chooseScenarios(namesOrDefault(names, selection), {
    ...planOptions(request),
    ...selection,
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

/** The machine is certified with the plainest client that there is: one session, one small GET. */
async function chooseMachine(
  { quick }: CalibrationRequest,
  context: MeasureContext & { readonly workingFolder: string },
) {
  const scenario = await describeScenario(requireScenario(defaultScenario, context.workingFolder), context)
  return { scenario, variant: 'session', effort: quick ? efforts.quick : efforts.full }
}
