import * as z from 'zod'
import { figuresOf, placedField, schemasOf } from './field.ts'
import { loadFields } from './load-fields.ts'
import { serverField, vitalFields } from './vital-fields.ts'
import { disagreementSchema } from './wire-counts.ts'

const count = z.int().min(0)

/** Every field that a process measures of a block. */
export const measuredFields = { ...loadFields, ...vitalFields }

/** What a block has besides, once it is in its place in the comparison. */
export const placedFields = {
  arm: placedField(z.string(), {}),
  generation: placedField(count, {}),
  round: placedField(count, {}),
  position: placedField(count.describe('place within the round: with k arms 0 to 2k − 1'), {}),
  disagreements: placedField(
    z
      .array(disagreementSchema)
      .optional()
      .describe('where the ledger differs; empty when all agree, absent when the target has no ledger'),
    {},
  ),
  server: serverField,
}

/** What an arm's process measures in one block. Plain data: it crosses processes and goes into files as it is. */
const measuredBlockSchema = z.strictObject(schemasOf(measuredFields))
export type MeasuredBlock = z.infer<typeof measuredBlockSchema>

/** A measured block, and its place in the comparison. */
export const blockSchema = measuredBlockSchema.extend(schemasOf(placedFields))
export type Block = z.infer<typeof blockSchema>

const {
  succeeded,
  failed,
  failures,
  throughputPerSecond,
  statuses,
  steps,
  openLoop,
  stages,
  histogramUnit,
  phases,
  ...others
} = figuresOf(loadFields)
const { latency, service, failedService, wire, carriers, ...more } = others

/** Every figure that the blocks of an arm come to, in the order in which documents tell them. */
export const armFigures = {
  load: {
    ...{ succeeded, failed, failures, throughputPerSecond },
    ...{ latency, service, failedService, wire, carriers },
    ...more,
  },
  vitals: { ...figuresOf(vitalFields), ...figuresOf({ server: serverField }) },
  parts: { statuses, steps, openLoop, stages, histogramUnit, phases },
}
