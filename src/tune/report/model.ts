import * as z from 'zod'
import { environmentSchema } from '../../sample/environment.ts'
import { failureSummarySchema } from '../../sample/outcome.ts'
import { breakdownSchema } from '../../sample/phases.ts'
import { estimateSchema } from '../search/drift.ts'
import { limitKinds } from '../search/judge-limit.ts'
import { probeKinds } from '../search/limit-probe.ts'
import { snippetSchema } from '../search/ready-code.ts'
import { scalabilityFitSchema } from '../search/scalability-law.ts'

const number = z.number()
const count = z.int().min(0)
const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
const range = z.strictObject({ low: number, high: number })

/** The version of the tuning document; it changes when a reader of the old form would misread the new one. */
export const tuningSchemaVersion = 1

const rowSchema = z.strictObject({
  id: z.string(),
  params,
  size: number,
  rounds: count.describe('of the closed loop; 0 in rows of an open loop'),
  ratePerSecond: number.optional().describe('of an open loop; absent in a closed one'),
  throughputPerSecond: number,
  p50Us: number.describe('service time in a closed loop, response time in an open one'),
  p99Us: number,
  meanUs: number,
  succeeded: count,
  failed: count,
  failures: z.array(failureSummarySchema).describe('by kind, the most frequent first'),
  dropped: count,
  connections: count.describe('that carried the requests of a block, at most; those opened before it not counted'),
  eventLoopUtilization: number.describe("the client's"),
  serverEventLoopUtilization: number.optional().describe("the fixture server's"),
  loss: number.optional().describe('of throughput against the best that meets the objective, as a share'),
  lossLimits: range.optional().describe('that the loss lies between; absent with too few rounds'),
  seconds: number.optional().describe('of an open loop: how long the rate was watched, lead-ins left out'),
  drift: estimateSchema
    .optional()
    .describe(
      'of an open loop: by how much more is under way per second, with its 95 % interval; absent when too short',
    ),
  cause: z
    .enum(['drift', 'objective'])
    .optional()
    .describe('of a rate that failed: the backlog grows, or a condition is missed'),
  state: z.enum(['enough', 'short', 'unclear', 'not allowed', 'held', 'failed', 'late', 'undecided']),
  broken: z.array(z.string()).describe('conditions of the objective that it misses'),
  isRecommended: z.boolean(),
})
export type TuningRow = z.infer<typeof rowSchema>

const probeSchema = z.strictObject({
  kind: z.enum(probeKinds),
  rounds: count,
  throughputPerSecond: number,
  p50Us: number,
  succeeded: count,
  failed: count,
  failures: z.array(failureSummarySchema),
  clientBusy: number.describe('of the busier client process: its event loop, or its core; 0 to 1'),
  machineIdle: number.optional().describe('share of all cores; absent where the system does not tell'),
  gain: z
    .strictObject({ share: number, low: number, high: number })
    .optional()
    .describe('over the setting as it is, with its 99 % interval; absent with too few rounds'),
})
export type TuningProbe = z.infer<typeof probeSchema>

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
    state: z.enum(['recommended', 'likely', 'none', 'refused', 'invalid', 'nothing measured']),
    params: params.nullable(),
    throughputPerSecond: number.nullable(),
    loss: number.nullable(),
    lossLimits: range.nullable(),
    nearest: z
      .strictObject({
        id: z.string(),
        params,
        missed: z.array(
          z.strictObject({ condition: z.string(), value: number.describe('µs of a latency, else a share') }),
        ),
      })
      .nullable()
      .describe('when nothing meets the objective: what misses it by least'),
    reasons: z.array(z.string()),
  }),
  highestRate: z
    .strictObject({
      heldPerSecond: number.nullable(),
      failedPerSecond: number.nullable(),
      achievedPerSecond: number.nullable().describe('what was carried at the highest rate that held'),
      lateFromPerSecond: number.nullable().describe('from here on the generator was late'),
      carried: estimateSchema
        .nullable()
        .describe('at rates that failed, while everything was under way; null when none did'),
      isNarrow: z.boolean().describe('both ends are known and at most 10 % apart: a wider bracket is no answer'),
    })
    .nullable()
    .describe('the rate that the recommended settings hold lies between held and failed'),
  sizes: z.array(rowSchema).describe('the closed loop, cheapest first'),
  rates: z.array(rowSchema).describe('the open loops, in order of setting and rate'),
  probes: z.array(probeSchema).describe('what was tried on the chosen setting to find its limit'),
  limit: z.strictObject({
    what: z.enum(limitKinds),
    because: z.string().describe('names what was looked at; of `unknown`, what was not, and what would tell'),
    restsOn: z.array(z.string()).describe('the evidence that would have refuted it'),
    missing: z.array(z.string()).describe('of `unknown`: evidence that was not looked at, or was unclear'),
  }),
  whereTimeWent: z
    .strictObject({ id: z.string(), p50: breakdownSchema, p99: breakdownSchema })
    .nullable()
    .describe(
      'requests of one more block of the chosen setting, on connections of its own; null when none was followed',
    ),
  littlesLaw: z
    .strictObject({ ratePerSecond: number, serviceMs: number, busyConnections: number })
    .nullable()
    .describe('requests that are under way on average: rate × mean time of an answer'),
  scalabilityLaw: scalabilityFitSchema
    .nullable()
    .describe('Universal Scalability Law over the sizes of the plainest line'),
  ledger: z.strictObject({ blocksChecked: count, blocksAgreeing: count }).nullable(),
  snippets: z.array(snippetSchema),
})
export type Tuning = z.infer<typeof tuningSchema>

/** The tuning document as JSON text. */
export function renderTuningJson(tuning: Tuning): string {
  return `${JSON.stringify(tuning, undefined, 2)}\n`
}
