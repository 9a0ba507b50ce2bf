import * as z from 'zod'
import { eventsSchemaVersion, failureSchema, momentField, plannedFields, toldReasons } from '../document/run-event.ts'
import { workloadSchema } from '../document/workload-model.ts'
import { targetSchema } from '../plan/target-profile.ts'
import { blockSchema } from '../sample/block.ts'
import { durationMs } from '../sample/duration-ms.ts'
import type { Environment } from '../sample/environment.ts'
import { defined } from '../session/defined.ts'
import { probeKinds } from './search/limit-probe.ts'
import type { Setting, Space } from './search/setting.ts'
import type { Step } from './search/tune-search.ts'
import type { JudgedTuning } from './tuning-plan.ts'

const number = z.number()
const count = z.int().min(0)
const text = z.string()
const value = z.union([text, number, z.boolean()])
const params = z.record(text, value)
const sizes = z.array(number).readonly()

const settingSchema = z.strictObject({
  id: text,
  params,
  size: number,
  line: text.describe('beside the size: along a line only that changes'),
  order: number.describe('place of its line, the plainest first'),
}) satisfies z.ZodType<Setting>

const spaceSchema = z.strictObject({
  sizeName: text,
  sizes: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('range'), smallest: number, largest: number }),
    z.strictObject({ kind: z.literal('list'), values: sizes }),
  ]),
  others: z.record(text, z.array(value).readonly()),
}) satisfies z.ZodType<Space>

const objectiveTermSchema = z.strictObject({
  metric: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('latency'), percentile: number.min(0).max(100) }),
    z.strictObject({ kind: z.enum(['errors', 'drops']) }),
  ]),
  limit: number,
  text,
})

const searchSchema = z.strictObject({
  space: spaceSchema,
  objective: z.array(objectiveTermSchema).readonly(),
  epsilon: number,
  alpha: number,
  mostRounds: count,
  startSizes: sizes.optional(),
  ratePerSecond: number.optional(),
  highestRatePerSecond: number,
  firstSize: number.optional(),
  mostTrialSeconds: number,
  probes: z.array(z.enum(probeKinds)).readonly(),
  mostSize: number.optional(),
})

const planSchema = z.strictObject({
  scenario: z.strictObject({ name: text, workload: workloadSchema }),
  variant: text,
  target: targetSchema,
  search: searchSchema,
  fixedParams: params,
  arrivals: z.enum(['constant', 'poisson']),
  concurrency: count.optional(),
  budgetMs: durationMs,
  seed: count,
}) satisfies z.ZodType<JudgedTuning>

const plannedSchema = z.strictObject({
  ...plannedFields,
  makes: z.literal('sessionbench.tuning').describe('the document that the events come to'),
  plan: planSchema,
})
export type PlannedTuning = z.infer<typeof plannedSchema>

const stepSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('round'), settings: z.array(settingSchema).readonly() }),
  z.strictObject({ kind: z.literal('probe'), setting: settingSchema, kinds: z.array(z.enum(probeKinds)).readonly() }),
  z.strictObject({ kind: z.literal('open'), setting: settingSchema, ratePerSecond: number, secondsSoFar: number }),
]) satisfies z.ZodType<Step>

/** Sizes that were not tried: requests would wait for a connection for longer than they may take. */
const tooSmallSchema = z.strictObject({
  sizes,
  answerMs: number.describe('what an answer took when nobody waited for a connection'),
  underWay: number,
  limitMs: number.describe('of that latency'),
})
export type TooSmall = Readonly<z.infer<typeof tooSmallSchema>>

const checkedBlockSchema = blockSchema.omit({ arm: true, generation: true, round: true, position: true })

/** How a tuning ended. `failed`: the target or the client did, or load had to be stopped, or this program has a bug. */
const endSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.enum(['done', 'budget ended', 'interrupted']) }),
  z.strictObject({ state: z.literal('failed'), message: text }),
])
export type TuningEnd = z.infer<typeof endSchema>

/** One thing that a tuning says of itself, in the order in which it happens. */
export const tuningEventSchema = z.discriminatedUnion('kind', [
  plannedSchema,
  z.strictObject({ ...momentField, kind: z.literal('opened'), origin: text }),
  z.strictObject({
    ...momentField,
    kind: z.literal('learnt'),
    space: spaceSchema.exactOptional().describe('what is left of it'),
    startSizes: sizes.exactOptional(),
    firstSize: number.exactOptional().describe("from Little's law"),
    tooSmall: tooSmallSchema.exactOptional().describe('sizes that are left out'),
  }),
  z.strictObject({
    ...momentField,
    kind: z.literal('step'),
    step: stepSchema,
    doing: text.describe('for people'),
    best: text.exactOptional().describe('the best setting so far'),
  }),
  z.strictObject({
    ...momentField,
    kind: z.literal('block'),
    setting: settingSchema,
    ratePerSecond: number.positive().exactOptional().describe('of an open loop'),
    leadInMs: number.min(0).exactOptional().describe('of an open loop: what was due before is not judged'),
    probe: z.enum(probeKinds).exactOptional(),
    block: checkedBlockSchema,
  }),
  z.strictObject({ ...momentField, kind: z.literal('withdrawn') }).describe('the last block: the target stopped in it'),
  z.strictObject({ ...momentField, kind: z.literal('step-ended') }),
  z.strictObject({ ...momentField, kind: z.literal('probes-left-out'), message: text }),
  z.strictObject({
    ...momentField,
    kind: z.literal('traced'),
    setting: settingSchema,
    ratePerSecond: number.positive().exactOptional(),
    block: checkedBlockSchema.describe('of the chosen setting: it followed its requests'),
  }),
  failureSchema,
  z.strictObject({
    ...momentField,
    kind: z.literal('run-ended'),
    why: z.enum(toldReasons),
    end: endSchema,
    elapsedMs: number.min(0),
  }),
])
export type TuningEvent = z.infer<typeof tuningEventSchema>

/** What is said of a tuning before it begins. What a page is asked for is left out: that may hold what is nobody's business. */
export function makePlannedTuning(
  plan: JudgedTuning,
  frame: { readonly startedAt: string; readonly environment: Environment },
): PlannedTuning {
  const { scenario, variant, target, search, fixedParams, arrivals, concurrency, budgetMs, seed } = plan
  const { name, workload } = scenario
  const withoutPath = Object.fromEntries(
    Object.entries(fixedParams).map(([param, fixed]) => [param, param === 'path' ? '' : fixed]),
  )
  return {
    ...{ kind: 'planned', atMs: 0, schemaVersion: eventsSchemaVersion, makes: 'sessionbench.tuning', seed, ...frame },
    plan: {
      ...{ scenario: { name, workload }, variant, target, search, fixedParams: withoutPath, arrivals, budgetMs, seed },
      ...defined({ concurrency }),
    },
  }
}
