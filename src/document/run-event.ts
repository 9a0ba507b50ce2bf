import * as z from 'zod'
import { type ComparisonEnd, toldEndSchema, warmUpSchema } from '../judge/endings.ts'
import { blockSchema } from '../sample/block.ts'
import { durationMs } from '../sample/duration-ms.ts'
import { environmentSchema } from '../sample/environment.ts'
import { localReadingSchema } from '../sample/local-reading.ts'
import { verdicts } from '../statistics/verdict.ts'
import { plannedScenarioSchema } from './planned-run.ts'

const count = z.int().min(0)

/** The version of what events say; it changes when a reader of the old form would misread the new one. */
export const eventsSchemaVersion = 1

/** Why measuring came to its end. `broken`: something failed, or was stopped for the sake of a server. */
export const toldReasons = ['enough', 'budget', 'interrupted', 'broken'] as const
export type EndReason = (typeof toldReasons)[number]

/** What every event has. */
export const momentField = {
  atMs: durationMs.describe('since the run began, by its own clock, which nobody sets meanwhile'),
}

/** What begins every run, whatever its document is. */
export const plannedFields = {
  ...momentField,
  kind: z.literal('planned'),
  schemaVersion: z.literal(eventsSchemaVersion),
  startedAt: z.iso.datetime(),
  seed: z.int(),
  environment: environmentSchema,
}

const ofComparison = {
  ...momentField,
  comparison: count.describe('which one: its place among all that were planned'),
}

const plannedSchema = z.strictObject({
  ...plannedFields,
  makes: z.literal('sessionbench.results').describe('the document that the events come to'),
  scenarios: z.array(plannedScenarioSchema).readonly(),
})

/** What is said of a comparison while it is measured. */
export const comparisonEventSchemas = [
  z.strictObject({
    ...ofComparison,
    kind: z.literal('began'),
    budgetMs: durationMs.describe('with what earlier comparisons left over'),
    looks: z.array(count).readonly().describe('numbers of units at which it may be judged'),
    alpha: z.number().describe('false alarms of all looks and contrasts together'),
  }),
  z.strictObject({ ...ofComparison, kind: z.literal('warming'), arm: z.string(), generation: count }),
  z.strictObject({ ...ofComparison, kind: z.literal('warmed'), ...warmUpSchema.shape }),
  z.strictObject({
    ...ofComparison,
    kind: z.literal('scheduled'),
    generations: count.describe('that the budget has time for, once the first is warm'),
    roundsPerGeneration: count,
    looks: z.array(count).readonly(),
  }),
  z.strictObject({ ...ofComparison, kind: z.literal('block'), block: blockSchema }),
  z.strictObject({
    ...ofComparison,
    kind: z.literal('excluded'),
    generation: count,
    round: count,
    cpuStealShare: z.number().describe("more than the scenario's rule allows: no figure is of this round"),
  }),
  z.strictObject({
    ...ofComparison,
    kind: z.literal('local'),
    readings: z.array(localReadingSchema).readonly().describe('what iterations took without the distance'),
  }),
  z.strictObject({
    ...ofComparison,
    kind: z.literal('look'),
    units: count,
    verdicts: z
      .array(z.enum(verdicts))
      .readonly()
      .describe('of each contrast on the primary metric, then whether each ratio with a limit is decided'),
    isEnough: z.boolean(),
  }),
  z.strictObject({
    ...ofComparison,
    kind: z.literal('ended'),
    why: z.enum(toldReasons),
    end: toldEndSchema,
    moment: z.enum(['look', 'end']).describe('judged at a planned look, or when time was up'),
    elapsedMs: durationMs,
  }),
] as const

const noteSchema = z.strictObject({
  ...momentField,
  kind: z.literal('note'),
  scenario: count.describe('which one it is about: its place among the planned'),
  text: z.string(),
})

export const failureSchema = z.strictObject({
  ...momentField,
  kind: z.literal('failure'),
  comparison: count.exactOptional().describe('that it ended; absent when it ended the run'),
  code: z.string(),
  message: z.string(),
})

export const runEndedSchema = z.strictObject({
  ...momentField,
  kind: z.literal('run-ended'),
  why: z.enum(toldReasons).describe('the worst of what ended its comparisons'),
  elapsedMs: durationMs,
})

/** One thing that a run says of itself, in the order in which it happens: plain data, one line of a log. */
export const runEventSchema = z.discriminatedUnion('kind', [
  plannedSchema,
  noteSchema,
  ...comparisonEventSchemas,
  failureSchema,
  runEndedSchema,
])
export type RunEvent = z.infer<typeof runEventSchema>
export type PlannedRun = z.infer<typeof plannedSchema>

/** What is said of one comparison; a calibration says the same of its own. */
export type ComparisonEvent = Exclude<RunEvent, { readonly kind: 'planned' | 'note' | 'run-ended' }>

/** An event before it is known where it belongs and when it was. */
export type Unplaced<Event> = Event extends unknown ? Omit<Event, 'atMs' | 'comparison'> : never

/** An event before its time is taken. */
export type Untimed<Event> = Event extends unknown ? Omit<Event, 'atMs'> : never

/** Why a comparison ended, in the fewest words. */
export function endReasonOf({ state }: Pick<ComparisonEnd, 'state'>): EndReason {
  switch (state) {
    case 'decided':
    case 'last look taken':
    case 'bound reached':
      return 'enough'
    case 'budget ended':
    case 'too short':
      return 'budget'
    case 'interrupted':
      return 'interrupted'
    case 'failed':
    case 'stopped':
      return 'broken'
    default:
      return state satisfies never
  }
}

const fromBest = ['enough', 'budget', 'broken', 'interrupted'] as const satisfies readonly EndReason[]

/** Of several: what a run that came to all of them came to. */
export function worstReason(reasons: readonly EndReason[]): EndReason {
  return fromBest.findLast((reason) => reasons.includes(reason)) ?? 'enough'
}
