import { LoadStopped } from '../arm/load-stopped.ts'
import { ArmFailure } from '../arm/supervisor.ts'
import {
  type Calibration,
  calibrationSchemaVersion,
  type Machine,
  type NoiseFloor,
} from '../document/calibration-model.ts'
import type { ComparisonRun } from '../judge/judge-run.ts'
import { judgeValidity } from '../judge/judge-validity.ts'
import { makePlan, type Plan } from '../plan/make-plan.ts'
import type { MeasureContext } from '../run/progress.ts'
import { runPlan } from '../run/run-plan.ts'
import type { Options } from '../scenario/options.ts'
import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import { sensitivityDefaults } from '../statistics/sensitivity.ts'
import { readEnvironment } from '../target/environment.ts'
import { FixtureFailure } from '../target/fixture-process.ts'
import { type Effort, listMachineParts } from './certify-machine.ts'
import { estimateNoise } from './estimate-noise.ts'
import { openMachineArm } from './machine-arm.ts'
import { makeAlike } from './make-alike.ts'

/** One variant of a scenario that is to be compared with itself. */
export interface CalibratedVariant {
  readonly scenario: ScenarioDescription
  readonly variant: string
}

interface CalibrateOptions extends MeasureContext {
  readonly workingFolder: string
  readonly seed: number
  /** Variants to compare with themselves. */
  readonly variants: readonly CalibratedVariant[]
  readonly plan: Options
  /** Chance that the smallest change is caught. */
  readonly power: number
  /** The client that the machine is certified with, and how thoroughly; left out: not at all. */
  readonly machine?: (CalibratedVariant & { readonly effort: Effort }) | undefined
  /** Gets what is known so far after every part. */
  readonly onPartial?: (calibration: Calibration) => void | Promise<void>
}

/** Unless told otherwise. */
export const calibrateDefaults = Object.freeze({ power: sensitivityDefaults.power })

/** What is known of a machine before anything has been measured. */
const unknownMachine: Machine = { clock: null, selfError: null, recorder: null, openLoop: null, problems: [] }

/** Measures what this machine can tell; resolves to what there is when the signal aborts, marked as partial. */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const { workingFolder, signal, seed, onPartial } = options
  const startedAt = new Date().toISOString()
  const startMs = performance.now()
  const environment = readEnvironment(workingFolder)
  let machine: Machine | null = null
  const noise: NoiseFloor[] = []
  const soFar = (): Calibration => ({
    schemaVersion: calibrationSchemaVersion,
    kind: 'sessionbench.calibration',
    startedAt,
    elapsedMs: Math.round(performance.now() - startMs),
    partial: signal.aborted,
    seed,
    environment,
    machine,
    noise: [...noise],
  })
  for await (const known of certifyMachine(options)) {
    machine = known
    await onPartial?.(soFar())
  }
  for (const { scenario, variant } of options.variants) {
    if (signal.aborted) break
    const plan = makeAlikePlan(scenario, variant, options)
    for await (const run of runPlan(plan, options)) {
      noise.push(makeNoiseFloor(run, { scenario, variant }, options.power))
      await onPartial?.(soFar())
    }
  }
  return soFar()
}

function makeAlikePlan(scenario: ScenarioDescription, variant: string, { plan, seed }: CalibrateOptions): Plan {
  const alike = makePlan(makeAlike(scenario, variant), { ...plan, seed })
  return { ...alike, comparisons: alike.comparisons.map((each) => ({ ...each, isMeasuredToTheEnd: true })) }
}

/** The certificate as it grows. A part that fails is left out, and says why. */
async function* certifyMachine({ machine, seed, ...context }: CalibrateOptions): AsyncGenerator<Machine, void, void> {
  if (machine === undefined) return
  let known = unknownMachine
  try {
    await using arm = await openMachineArm(machine.scenario, machine.variant, context)
    const parts = listMachineParts(arm, machine.effort, seed)
    for (const [index, part] of parts.entries()) {
      if (context.signal.aborted) return
      context.onProgress?.({
        ...{ kind: 'comparison', scenario: 'this machine', comparison: partNames[part.name] },
        ...{ index, count: parts.length, budgetMs: 0 },
      })
      known = { ...known, ...(await part.measure()) }
      yield known
    }
  } catch (error) {
    if (context.signal.aborted) return
    if (!isOfTheArm(error)) throw error
    yield { ...known, problems: [error.message] }
  }
}

function isOfTheArm(error: unknown): error is ArmFailure | FixtureFailure | LoadStopped {
  return error instanceof ArmFailure || error instanceof FixtureFailure || error instanceof LoadStopped
}

const partNames: Readonly<Record<keyof Machine, string>> = {
  clock: 'clock and timers',
  selfError: 'known latencies',
  recorder: 'what the recorder adds',
  openLoop: 'highest rate',
  problems: 'problems',
}

/** What an A/A run says of the noise, with the time that more units would take. */
function makeNoiseFloor(run: ComparisonRun, { scenario, variant }: CalibratedVariant, power: number): NoiseFloor {
  const { plan, unit, blocks, elapsedMs, end } = run
  const { startMs, unitMs } = timeUnits(run)
  const { validity, reasons } = judgeValidity(run)
  return {
    scenario: scenario.name,
    comparison: plan.id,
    target: plan.target,
    variant,
    ...{ isolation: plan.isolation, unit, power, budgetMs: plan.budgetMs, elapsedMs, end, validity },
    reasons: [...reasons],
    metrics:
      validity === 'invalid'
        ? []
        : (estimateNoise({ plan, unit, blocks, power, startMs, unitMs }) as NoiseFloor['metrics']),
  }
}

/** A quad costs its round, a generation its warm-up too. */
function timeUnits({ unit, blocks, plan, elapsedMs }: ComparisonRun): { startMs: number; unitMs: number } {
  const perUnit = unit === 'quad' ? 2 * plan.arms.length : undefined
  const first = blocks[0]
  const last = blocks.at(-1)
  if (first === undefined || last === undefined) return { startMs: 0, unitMs: 0 }
  if (perUnit === undefined) {
    return { startMs: 0, unitMs: elapsedMs / new Set(blocks.map(({ generation }) => generation)).size }
  }
  const roundsMs = Date.parse(last.startedAt) + last.elapsedMs - Date.parse(first.startedAt)
  return { startMs: Math.max(0, elapsedMs - roundsMs), unitMs: roundsMs / (blocks.length / perUnit) }
}
