import * as z from 'zod'
import { counterSchema } from '../judge/judge-counters.ts'
import { thresholdSchema } from '../judge/judge-thresholds.ts'
import { fingerprintMatchSchema } from '../sample/same-fingerprint.ts'
import { comparisonSchema } from '../statistics/comparison.ts'

/** One arm of an earlier run against the same arm of a later one. */
const changeSchema = z.strictObject({
  scenario: z.string(),
  comparison: z.string(),
  arm: z.string(),
  counters: z.array(counterSchema),
  cpu: comparisonSchema.describe('CPU time per request, unpaired'),
  cpuIsShownOnly: z.string().optional().describe('why CPU time is no gate here'),
  times: z.array(comparisonSchema).describe('absolute times, unpaired: shown, never gated'),
})

const checkedThresholdSchema = thresholdSchema.extend({ scenario: z.string(), comparison: z.string() })
export type CheckedThreshold = z.infer<typeof checkedThresholdSchema>

const missingSchema = z.strictObject({
  scenario: z.string(),
  comparison: z.string().optional().describe('absent when the whole scenario is missing'),
  arm: z.string().optional().describe('absent when all arms are missing'),
  reason: z.string(),
})
/** A part of the earlier run of which the later one says nothing: nobody knows whether it has become worse. */
export type MissingPart = z.infer<typeof missingSchema>

const checkVerdicts = ['pass', 'regression', 'inconclusive', 'invalid'] as const

/** The version of the check document; it changes when a reader of the old form would misread the new one. */
export const checkSchemaVersion = 1

/** What `check`, `compare A B` and `baseline diff` say. */
export const checkSchema = z.strictObject({
  schemaVersion: z.literal(checkSchemaVersion),
  kind: z.literal('sessionbench.check'),
  verdict: z.enum(checkVerdicts),
  exitCode: z.int(),
  reasons: z.array(z.string()),
  earlierStartedAt: z.string(),
  laterStartedAt: z.string(),
  fingerprint: fingerprintMatchSchema,
  versions: z.array(z.string()).describe('versions of the code under test that differ'),
  changes: z.array(changeSchema),
  thresholds: z
    .array(checkedThresholdSchema)
    .describe('of the scenarios, in the later run; none of runs read from files'),
  emptyPromises: z.array(z.string()).describe('limits finer than what a calibration says is caught on this machine'),
  missing: z
    .array(missingSchema)
    .describe('what the earlier run had and the later one does not: nobody knows whether it has become worse'),
  notes: z.array(z.string()),
})
export type CheckDocument = z.infer<typeof checkSchema>
export type ArmChange = z.infer<typeof changeSchema>

/** The check as JSON text; `checkSchema` reads it back. */
export function renderCheckJson(check: CheckDocument): string {
  return `${JSON.stringify(check, undefined, 2)}\n`
}
