import * as z from 'zod'
import { machineSchema } from '../document/calibration-model.ts'
import { plannedScenarioSchema } from '../document/planned-run.ts'
import {
  comparisonEventSchemas,
  failureSchema,
  momentField,
  plannedFields,
  runEndedSchema,
} from '../document/run-event.ts'

/** What of a machine is found out, each part alone. */
export const machineParts = ['clock', 'selfError', 'recorder', 'openLoop'] as const
export type MachinePartName = (typeof machineParts)[number]

const plannedSchema = z.strictObject({
  ...plannedFields,
  makes: z.literal('sessionbench.calibration').describe('the document that the events come to'),
  power: z.number().min(0.5).max(0.999).describe('chance that the smallest change is caught'),
  parts: z.array(z.enum(machineParts)).readonly().describe('of the machine, in this order; empty for none'),
  scenarios: z.array(plannedScenarioSchema).readonly().describe('each a variant that is compared with itself'),
})
export type PlannedCalibration = z.infer<typeof plannedSchema>

/** One thing that a calibration says of itself; of its comparisons the same as a run does. */
export const calibrationEventSchema = z.discriminatedUnion('kind', [
  plannedSchema,
  z.strictObject({ ...momentField, kind: z.literal('certifying'), part: z.enum(machineParts) }),
  z.strictObject({
    ...momentField,
    kind: z.literal('certified'),
    known: machineSchema.partial().describe('of the machine; `problems` are why the parts after them are missing'),
  }),
  ...comparisonEventSchemas,
  failureSchema,
  runEndedSchema,
])
export type CalibrationEvent = z.infer<typeof calibrationEventSchema>
