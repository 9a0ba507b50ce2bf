import {
  type Calibration,
  calibrationSchemaVersion,
  type Machine,
  type NoiseFloor,
} from '../document/calibration-model.ts'
import { type ComparisonFold, openComparisonFold } from '../document/comparison-fold.ts'
import type { ComparisonRun } from '../judge/judge-run.ts'
import { judgeValidity } from '../judge/judge-validity.ts'
import type { CalibrationEvent, PlannedCalibration } from './calibration-event.ts'
import { estimateNoise } from './estimate-noise.ts'

/** Gathers a calibration's events one by one. */
export interface CalibrationFold {
  add(event: CalibrationEvent): void
  /** What they come to so far. Throws before the first, which says what was planned. */
  calibration(): Calibration
}

/** What is known of a machine before anything has been measured. */
const unknownMachine: Machine = { clock: null, selfError: null, recorder: null, openLoop: null, problems: [] }

interface NoiseFold {
  readonly comparison: ComparisonFold
  floor(): NoiseFloor | undefined
}

/** Begins to gather the events of a calibration. Without their end it was interrupted. */
export function openCalibrationFold(): CalibrationFold {
  let planned: PlannedCalibration | undefined
  let ended: Extract<CalibrationEvent, { kind: 'run-ended' }> | undefined
  let machine: Machine | null = null
  let noise: readonly NoiseFold[] = []
  let lastMs = 0
  return {
    add(event) {
      lastMs = event.atMs
      switch (event.kind) {
        case 'planned':
          planned = event
          noise = foldNoise(event)
          return
        case 'certifying':
          return
        case 'certified':
          machine = learn(machine ?? unknownMachine, event.known)
          return
        case 'run-ended':
          ended = event
          return
        default: {
          const own = event.comparison === undefined ? undefined : noise[event.comparison]
          own?.comparison.add(event)
          // While nothing is under load; it takes a while.
          if (event.kind === 'ended') own?.floor()
        }
      }
    },
    calibration() {
      if (planned === undefined) throw new Error('a calibration has no document before it has said what is planned')
      const { startedAt, seed, environment } = planned
      return {
        schemaVersion: calibrationSchemaVersion,
        kind: 'sessionbench.calibration',
        startedAt,
        elapsedMs: ended?.elapsedMs ?? Math.round(lastMs),
        partial: ended === undefined || ended.why === 'interrupted',
        seed,
        environment,
        machine,
        noise: noise.flatMap((each) => each.floor() ?? []),
      }
    },
  }
}

function foldNoise({ scenarios, power }: PlannedCalibration): NoiseFold[] {
  return scenarios.flatMap(({ name, comparisons }) =>
    comparisons.map((planned): NoiseFold => {
      const comparison = openComparisonFold(planned)
      const variant = planned.arms[0]?.variant ?? ''
      let known: { readonly run: ComparisonRun; readonly floor: NoiseFloor } | undefined
      return {
        comparison,
        floor() {
          const run = comparison.run()
          if (run === undefined || run === known?.run) return known?.floor
          known = { run, floor: makeNoiseFloor(run, { scenario: name, variant }, power) }
          return known.floor
        },
      }
    }),
  )
}

/** What an A/A run says of the noise, with the time that more units would take. */
function makeNoiseFloor(
  run: ComparisonRun,
  { scenario, variant }: { readonly scenario: string; readonly variant: string },
  power: number,
): NoiseFloor {
  const { plan, unit, blocks, elapsedMs, end } = run
  const { startMs, unitMs } = timeUnits(run)
  const { validity, reasons } = judgeValidity(run)
  return {
    scenario,
    comparison: plan.id,
    target: plan.target,
    variant,
    ...{ isolation: plan.isolation, unit, power, budgetMs: plan.budgetMs, elapsedMs, end, validity },
    reasons: [...reasons],
    metrics: validity === 'invalid' ? [] : estimateNoise({ plan, unit, blocks, power, startMs, unitMs }),
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

/** What was known of a machine, and what is known now. */
function learn(before: Machine, known: MachineKnown): Machine {
  const { clock = before.clock, selfError = before.selfError, recorder = before.recorder } = known
  const { openLoop = before.openLoop, problems = before.problems } = known
  return { clock, selfError, recorder, openLoop, problems }
}

type MachineKnown = Extract<CalibrationEvent, { readonly kind: 'certified' }>['known']
