import { ArmFailure } from '../arm/arm-failure.ts'
import { LoadStopped } from '../arm/load-stopped.ts'
import { makePlannedScenario } from '../document/planned-run.ts'
import { type EndReason, eventsSchemaVersion, type Untimed, worstReason } from '../document/run-event.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { MeasureContext } from '../run/measure-context.ts'
import { runPlan } from '../run/run-plan.ts'
import { takeTimes } from '../run/take-times.ts'
import type { Options } from '../scenario/options.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { sensitivityDefaults } from '../statistics/sensitivity.ts'
import { readEnvironment } from '../target/environment.ts'
import { FixtureFailure } from '../target/fixture-process.ts'
import { type CalibrationEvent, machineParts } from './calibration-event.ts'
import { type Effort, measurePart } from './certify-machine.ts'
import { openMachineArm } from './machine-arm.ts'
import { makeAlike } from './make-alike.ts'

/** One variant of a scenario that is to be compared with itself. */
export interface CalibratedVariant {
  readonly scenario: ScenarioDescription
  readonly variant: string
}

export interface CalibrateOptions extends MeasureContext {
  readonly workingFolder: string
  readonly seed: number
  /** Variants to compare with themselves. */
  readonly variants: readonly CalibratedVariant[]
  readonly plan: Options
  /** Chance that the smallest change is caught. */
  readonly power: number
  /** The client that the machine is certified with, and how thoroughly; left out: not at all. */
  readonly machine?: (CalibratedVariant & { readonly effort: Effort }) | undefined
}

/** Unless told otherwise. */
export const calibrateDefaults = Object.freeze({ power: sensitivityDefaults.power })

type Happenings = AsyncGenerator<Untimed<CalibrationEvent>, void, void>

/** Measures what this machine can tell, and tells everything that happens; it ends early when the signal aborts. */
export function calibrate(options: CalibrateOptions): AsyncGenerator<CalibrationEvent, void, void> {
  return takeTimes<CalibrationEvent>((elapsedMs) => tellCalibration(options, elapsedMs))
}

async function* tellCalibration(options: CalibrateOptions, elapsedMs: () => number): Happenings {
  const { workingFolder, signal, seed, power } = options
  const startedAt = new Date().toISOString()
  const plans = options.variants.map((variant) => makeAlikePlan(variant, options))
  yield {
    ...{ kind: 'planned', schemaVersion: eventsSchemaVersion, makes: 'sessionbench.calibration' },
    ...{ startedAt, seed, environment: readEnvironment(workingFolder), power },
    parts: options.machine === undefined ? [] : machineParts,
    scenarios: plans.map(makePlannedScenario),
  }
  yield* certifyMachine(options)
  const reasons: EndReason[] = []
  let first = 0
  for (const plan of plans) {
    if (signal.aborted) break
    for await (const event of runPlan(plan, options, first)) {
      if (event.kind === 'ended') reasons.push(event.why)
      yield event
    }
    first += plan.comparisons.length
  }
  const why = signal.aborted ? 'interrupted' : worstReason(reasons)
  yield { kind: 'run-ended', why, elapsedMs: Math.round(elapsedMs()) }
}

function makeAlikePlan({ scenario, variant }: CalibratedVariant, { plan, seed }: CalibrateOptions): Plan {
  const alike = makePlan(makeAlike(scenario, variant), { ...plan, seed })
  return { ...alike, comparisons: alike.comparisons.map((each) => ({ ...each, isMeasuredToTheEnd: true })) }
}

/** The certificate, part by part. One that fails is left out with those after it, and says why. */
async function* certifyMachine({ machine, seed, ...context }: CalibrateOptions): Happenings {
  if (machine === undefined) return
  try {
    await using arm = await openMachineArm(machine.scenario, machine.variant, context)
    for (const part of machineParts) {
      if (context.signal.aborted) return
      yield { kind: 'certifying', part }
      yield { kind: 'certified', known: await measurePart(part, arm, { ...machine.effort, seed }) }
    }
  } catch (error) {
    if (context.signal.aborted) return
    if (!isOfTheArm(error)) throw error
    yield { kind: 'certified', known: { problems: [error.message] } }
  }
}

function isOfTheArm(error: unknown): error is ArmFailure | FixtureFailure | LoadStopped {
  return error instanceof ArmFailure || error instanceof FixtureFailure || error instanceof LoadStopped
}
