import * as z from 'zod'
import { comparisonEndSchema } from '../judge/endings.ts'
import { targetSchema } from '../plan/target-profile.ts'
import { durationMs } from '../sample/duration-ms.ts'
import { environmentSchema } from '../sample/environment.ts'
import { clockFactsSchema, selfErrorRowSchema } from '../sample/machine-facts.ts'
import { comparableMetricNames } from '../scenario/metric-names.ts'
import { unitNames } from '../statistics/units.ts'
import { validities } from '../statistics/verdict.ts'

export const calibrationSchemaVersion = 1

const us = z.number().describe('µs')
const addedSchema = z.strictObject({
  addedUs: z.number().describe('µs of CPU time per request: median of the differences within rounds (Hodges-Lehmann)'),
  interval: z
    .strictObject({ low: z.number(), high: z.number() })
    .optional()
    .describe('95 %; absent with too few rounds'),
})

export const machineSchema = z.strictObject({
  clock: clockFactsSchema.nullable(),
  selfError: z
    .strictObject({
      iterations: z.int(),
      rows: z.array(selfErrorRowSchema),
    })
    .nullable()
    .describe('what is reported of work of known latency, beside what that logged and the law that it was drawn from'),
  recorder: z
    .strictObject({
      rounds: z.int(),
      bareCpuUsPerRequest: z.number().describe('CPU time of the client alone, µs per request: median of the rounds'),
      layers: z.array(addedSchema.extend({ layer: z.string(), cpuUsPerRequest: z.number() })),
      recorder: addedSchema.describe('loop, histograms and probe together: what every run has'),
    })
    .nullable(),
  openLoop: z
    .strictObject({
      heldPerSecond: z.number().nullable().describe('highest rate that was kept; null when none was'),
      failedPerSecond: z.number().nullable().describe('lowest rate that was not; null when all were'),
      latestP99Us: us.describe('a rate is kept while p99 of the dispatch delay is below this'),
      trials: z.array(z.strictObject({ ratePerSecond: z.number(), held: z.boolean(), delayP99Us: us })),
    })
    .nullable(),
  problems: z.array(z.string()).describe('why parts are missing'),
})
export type Machine = z.infer<typeof machineSchema>

const percent = z.number().describe('per cent')

/** How exactly one metric can be compared on this machine. */
const metricNoiseSchema = z.strictObject({
  metric: z.enum(comparableMetricNames),
  marginPercent: percent,
  units: z.int(),
  seenPercent: percent.describe('the difference that the two arms seemed to have, though they are alike'),
  noisePercent: z
    .strictObject({ median: percent, p95: percent })
    .describe('size of the difference that half of such runs, and 19 in 20, find between alike arms at most'),
  smallestChangePercent: percent
    .nullable()
    .describe('the smallest change that as many units call `slower` with the given power'),
  costs: z.array(
    // What it takes to catch a change of a given size.
    z.strictObject({
      changePercent: percent,
      units: z.int().nullable().describe('null: not with as many units as are ever measured'),
      budgetMs: durationMs.nullable(),
      isWithinMargin: z.boolean().describe('it is told from no change then, but not called `slower`'),
    }),
  ),
  method: z.string(),
})
export type MetricNoise = z.infer<typeof metricNoiseSchema>

const noiseFloorSchema = z.strictObject({
  scenario: z.string(),
  comparison: z.string().describe('what the target is called, as in results'),
  target: targetSchema.optional().describe('what results are matched by; absent in old files'),
  variant: z.string().describe('what was compared with itself'),
  isolation: z.enum(['shared', 'process']),
  unit: z.enum(unitNames),
  power: z.number().describe('chance that the smallest change is caught'),
  budgetMs: durationMs,
  elapsedMs: durationMs,
  end: comparisonEndSchema,
  validity: z.enum(validities),
  reasons: z.array(z.string()),
  metrics: z.array(metricNoiseSchema),
})
export type NoiseFloor = z.infer<typeof noiseFloorSchema>

/** What `sessionbench calibrate` finds out: a certificate of a machine, and the noise floors of scenarios on it. */
export const calibrationSchema = z.strictObject({
  schemaVersion: z.literal(calibrationSchemaVersion),
  kind: z.literal('sessionbench.calibration'),
  startedAt: z.iso.datetime(),
  elapsedMs: durationMs,
  partial: z.boolean().describe('interrupted before everything was measured'),
  seed: z.int(),
  environment: environmentSchema,
  machine: machineSchema.nullable(),
  noise: z.array(noiseFloorSchema),
})
export type Calibration = z.infer<typeof calibrationSchema>

/** The calibration as JSON text; `calibrationSchema` reads it back. */
export function renderCalibrationJson(calibration: Calibration): string {
  return `${JSON.stringify(calibration, undefined, 2)}\n`
}
