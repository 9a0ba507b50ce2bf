import * as z from 'zod'
import { environmentSchema } from '../../sample/environment.ts'
import { breakdownSchema } from '../../sample/phases.ts'

const number = z.number()
const count = z.int().min(0)
const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
const lossRange = z.strictObject({ low: number, high: number })

/** The version of the tuning document; it changes when a reader of the old form would misread the new one. */
export const tuningSchemaVersion = 1

export const tuningStates = ['recommended', 'likely', 'none', 'refused', 'invalid', 'nothing measured'] as const

const rowSchema = z.strictObject({
  id: z.string(),
  params,
  size: number,
  rounds: count.describe('of the closed loop; 0 in rows of an open loop'),
  ratePerSecond: number.optional().describe('of an open loop; absent in a closed one'),
  throughputPerSecond: number,
  p50Us: number.describe('service time in a closed loop, response time in an open one'),
  p99Us: number,
  succeeded: count,
  failed: count,
  dropped: count,
  connections: count.describe('that carried the requests of a block, at most; those opened before it not counted'),
  eventLoopUtilization: number.describe("the client's"),
  serverEventLoopUtilization: number.optional().describe("the fixture server's"),
  loss: number.optional().describe('of throughput against the best that meets the objective, as a share'),
  lossLimits: lossRange.optional().describe('that the loss lies between; absent with too few rounds'),
  state: z.enum(['enough', 'short', 'unclear', 'not allowed', 'held', 'failed', 'late', 'undecided']),
  broken: z.array(z.string()).describe('conditions of the objective that it misses'),
  isRecommended: z.boolean(),
})
export type TuningRow = z.infer<typeof rowSchema>

const peakSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('identified'), size: number, low: number, high: number }),
  z.strictObject({ state: z.literal('not identified'), reason: z.string() }),
])

/** What `tune` answers, with all that it rests on. */
export const tuningSchema = z.strictObject({
  schemaVersion: z.literal(tuningSchemaVersion),
  kind: z.literal('sessionbench.tuning'),
  startedAt: z.iso.datetime(),
  elapsedMs: number,
  budgetMs: number,
  partial: z.boolean().describe('interrupted: it says what was known by then'),
  seed: count,
  environment: environmentSchema,
  scenario: z.string(),
  variant: z.string(),
  target: z.string(),
  objective: z.array(z.string()),
  wantedRatePerSecond: number.nullable(),
  sizeName: z.string(),
  epsilon: number.describe('the loss that does not matter'),
  end: z.strictObject({
    state: z.enum(['done', 'budget ended', 'interrupted', 'failed']),
    message: z.string().optional(),
  }),
  answer: z.strictObject({
    state: z.enum(tuningStates),
    params: params.nullable(),
    throughputPerSecond: number.nullable(),
    loss: number.nullable(),
    lossLimits: lossRange.nullable(),
    reasons: z.array(z.string()),
  }),
  highestRate: z
    .strictObject({
      heldPerSecond: number.nullable(),
      failedPerSecond: number.nullable(),
      achievedPerSecond: number.nullable().describe('what was carried at the highest rate that held'),
      lateFromPerSecond: number.nullable().describe('from here on the generator was late'),
    })
    .nullable()
    .describe('the rate that the recommended settings hold lies between held and failed'),
  sizes: z.array(rowSchema).describe('the closed loop, cheapest first'),
  rates: z.array(rowSchema).describe('the open loops, in order of setting and rate'),
  limit: z.strictObject({ what: z.enum(['server', 'client', 'pool', 'link', 'unknown']), because: z.string() }),
  whereTimeWent: z
    .strictObject({ id: z.string(), p50: breakdownSchema, p99: breakdownSchema })
    .nullable()
    .describe(
      'requests of one more block of the chosen setting, on connections of its own; null when none was followed',
    ),
  littlesLaw: z
    .strictObject({ ratePerSecond: number, serviceMs: number, busyConnections: number })
    .nullable()
    .describe('connections that are busy on average: rate × time of an answer'),
  scalabilityLaw: z
    .strictObject({ lambda: number, sigma: number, kappa: number, peak: peakSchema })
    .nullable()
    .describe('Universal Scalability Law over the sizes of the plainest line'),
  ledger: z.strictObject({ blocksChecked: count, blocksAgreeing: count }).nullable(),
  snippets: z.array(
    z.strictObject({
      client: z.string(),
      language: z.enum(['ts', 'python']),
      code: z.string(),
      limits: z.array(z.string()),
    }),
  ),
})
export type Tuning = z.infer<typeof tuningSchema>

/** The tuning document as JSON text. */
export function renderTuningJson(tuning: Tuning): string {
  return `${JSON.stringify(tuning, undefined, 2)}\n`
}
