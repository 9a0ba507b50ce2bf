import * as z from 'zod'
import { comparisonEndSchema, warmUpSchema } from '../judge/endings.ts'
import { saturations } from '../judge/find-saturated.ts'
import { contrastSchema } from '../judge/judge-comparison.ts'
import { counterSchema } from '../judge/judge-counters.ts'
import { thresholdSchema } from '../judge/judge-thresholds.ts'
import { scenarioChanges } from '../plan/find-changes.ts'
import { targetSchema } from '../plan/target-profile.ts'
import { armFigures, blockSchema } from '../sample/block.ts'
import { durationMs } from '../sample/duration-ms.ts'
import { environmentSchema } from '../sample/environment.ts'
import { schemasOf } from '../sample/field.ts'
import { localReadingSchema } from '../sample/local-reading.ts'
import { wireCountsSchema } from '../sample/wire-counts.ts'
import { comparableMetricNames } from '../scenario/metric-names.ts'
import { unitNames } from '../statistics/units.ts'
import { validities } from '../statistics/verdict.ts'
import { roundTripRowSchema } from './round-trip-row.ts'
import { workloadSchema } from './workload-model.ts'

// What a reader of documents has to name of those who judge.
export type { ContrastResult } from '../judge/judge-comparison.ts'
export type { CounterFinding } from '../judge/judge-counters.ts'
export type { ThresholdResult } from '../judge/judge-thresholds.ts'

const number = z.number()
const count = z.int().min(0)

export const armSchema = z.strictObject({
  id: z.string(),
  variant: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  code: z
    .strictObject({ role: z.enum(['head', 'base']), label: z.string() })
    .optional()
    .describe('which of two versions of the code this arm ran, where they are compared'),
  blocks: count,
  ...schemasOf(armFigures.load),
  ...schemasOf(armFigures.vitals),
  saturated: z
    .enum(saturations)
    .optional()
    .describe('whose event loop was busy more than 90 % of the time; absent when only the server could tell'),
  ...schemasOf(armFigures.parts),
})
export type ArmResult = z.infer<typeof armSchema>

const expectationSchema = z.strictObject({
  arm: z.string(),
  baseline: z.string(),
  metric: z.enum(comparableMetricNames),
  expected: z.strictObject({ min: number.optional(), max: number.optional() }),
  ratio: number.optional(),
  state: z.enum(['came out', 'did not come out', 'unclear']),
  because: z.string().optional(),
  reasons: z.array(z.string()).describe('likely reasons why it did not'),
})
export type ExpectationResult = z.infer<typeof expectationSchema>

export const comparisonResultSchema = z.strictObject({
  id: z.string(),
  target: targetSchema,
  isolation: z.enum(['shared', 'process']),
  unit: z.enum(unitNames),
  processes: count.min(1).describe('processes that shared the load of one arm'),
  workload: workloadSchema,
  rounds: count.describe('complete rounds'),
  excludedRounds: count.optional().describe('rounds that a rule of the scenario left out of all figures'),
  unitsToJudge: count.describe('quads or generations that a verdict takes'),
  budgetMs: durationMs,
  elapsedMs: durationMs,
  end: comparisonEndSchema,
  validity: z.enum(validities),
  reasons: z.array(z.string()).describe('why it is suspect or invalid, in plain words'),
  ledger: z
    .strictObject({
      blocksChecked: count,
      blocksAgreeing: count,
      counts: z.array(wireCountsSchema.keyof()).optional().describe('what was compared; all counts when absent'),
    })
    .nullable()
    .describe("blocks whose counts were compared with the fixture server's own; null when the target has no ledger"),
  judging: z
    .strictObject({
      seed: z.int().describe('order of the blocks and resampling'),
      looks: z.array(count).describe('numbers of units at which the comparison may be judged'),
      alpha: number.describe('false alarms of all looks and contrasts together'),
      moment: z.enum(['look', 'end']).describe('judged at a planned look, or when time was up'),
      errorBudget: number,
      margins: z
        .partialRecord(z.enum(comparableMetricNames), number)
        .readonly()
        .optional()
        .describe('by metric, where not the usual: the least difference that matters, as a share'),
      tolerances: z.record(z.string(), number).optional().describe('of counters, in per cent'),
      exclude: z.strictObject({ cpuSteal: number }).optional().describe('rounds with a larger share are left out'),
    })
    .describe('what the verdicts rest on beside the blocks: judging these blocks again by it gives the same document'),
  warmUps: z.array(warmUpSchema).optional().describe("how each arm's warm-up ended, in each generation"),
  unlikeScenario: z
    .array(z.enum(scenarioChanges))
    .readonly()
    .optional()
    .describe('what the user changed: what the scenario says of itself and expects is of another; absent for nothing'),
  local: z
    .array(localReadingSchema)
    .optional()
    .describe(
      'where the scenario has a model of round trips: what iterations took over the same link with its distance taken away and put between them as a pause, and how late the link had delivered just before at the median; one reading for each of the first rounds',
    ),
  baselineArm: z.string(),
  primaryMetric: z.enum(comparableMetricNames),
  arms: z.array(armSchema),
  contrasts: z.array(contrastSchema),
  thresholds: z.array(thresholdSchema),
  counters: z
    .array(counterSchema)
    .optional()
    .describe(
      'where two versions of the code are compared: head against base, exactly; empty when no block could be counted',
    ),
  expectations: z.array(expectationSchema).describe('what the scenario expected; shown, never gated'),
  blocks: z.array(blockSchema),
})
export type ComparisonResult = z.infer<typeof comparisonResultSchema>

const scenarioResultSchema = z.strictObject({
  name: z.string(),
  url: z.string(),
  question: z.string(),
  explain: z.string(),
  roundTripModel: z
    .array(roundTripRowSchema)
    .describe('rows for each arm at a distance, where the scenario has a model'),
  versions: z
    .strictObject({ base: z.string(), head: z.string(), notes: z.array(z.string()) })
    .optional()
    .describe('two versions of the code were compared; head slower than base is then a regression'),
  comparisons: z.array(comparisonResultSchema),
})
export type ScenarioResult = z.input<typeof scenarioResultSchema>

/** The version of the results document; it changes when a reader of the old form would misread the new one. */
export const resultsSchemaVersion = 1

/** Everything that a run says: what the JSON file holds and what every other report is made from. */
export const resultsSchema = z.strictObject({
  schemaVersion: z.literal(resultsSchemaVersion),
  kind: z.literal('sessionbench.results'),
  startedAt: z.iso.datetime(),
  elapsedMs: durationMs,
  partial: z.boolean().describe('the run was interrupted: some comparisons are missing or cut short'),
  seed: z.int(),
  environment: environmentSchema,
  scenarios: z.array(scenarioResultSchema),
})
/** As they are written and read again, to the byte: where the schema has a default, earlier versions said nothing. */
export type Results = z.input<typeof resultsSchema>
