import * as z from 'zod'
import { sumOf } from '../statistics/sum-of.ts'
import { coreFields, throughputPerSecond, timedOf } from './block-core.ts'
import { mergeFailures } from './failure-tally.ts'
import { field } from './field.ts'
import {
  highestTold,
  latenciesOf,
  meanOverPlaces,
  percentile,
  requestsOf,
  spanOf,
  sum,
  sumTold,
  unitOf,
  valuesOf,
} from './field-merges.ts'
import { latencySchema, mergeEncoded, summarizeEncoded } from './histogram.ts'
import { mergeOpenLoops, openLoopFigureSchema, summarizeOpenLoops } from './open-loop.ts'
import { failureSummarySchema } from './outcome.ts'
import { blockPhasesSchema } from './phases.ts'
import { mergeStages, stageFigureSchema, stageSchema, summarizeStages } from './stages.ts'
import { statusesSchema, sumStatuses } from './statuses.ts'
import { mergeSteps, stepFigureSchema, stepSchema, summarizeSteps } from './steps.ts'
import { mergeBlockPhases, phaseFigureSchema, summarizePhases } from './summarize-phases.ts'
import { carrierCountsSchema, sumCarrierCounts, sumWireCounts, wireCountsSchema } from './wire-counts.ts'

const count = z.int().min(0)
const atLeast0 = z.number().min(0)
const number = z.number()

/** Of a field that no figure of an arm tells: rules and reports read it block by block. */
const figures = {}

/** What the load came to: of each field its schema, how processes that shared a block make one value of it, and what an arm tells of it. */
export const loadFields = {
  startedAt: field(z.iso.datetime(), {
    shards: (all) => valuesOf(all).reduce((first, other) => (other < first ? other : first)),
    figures,
  }),
  elapsedMs: field(coreFields.elapsedMs, { shards: spanOf, figures }),
  workMs: field(coreFields.workMs, {
    shards: meanOverPlaces,
    figures: {
      throughputPerSecond: {
        schema: number,
        of: (all) => throughputPerSecond({ succeeded: sumOf(all, ({ block }) => timedOf(block)), workMs: sum(all) }),
      },
    },
  }),
  succeeded: field(coreFields.succeeded, { shards: sum, figures: { succeeded: { schema: count, of: sum } } }),
  failed: field(count.describe('iterations'), { shards: sum, figures: { failed: { schema: count, of: sum } } }),
  untimed: field(coreFields.untimed, { shards: sumTold, figures }),
  failures: field(z.array(failureSummarySchema), {
    shards: (all) => mergeFailures(valuesOf(all)),
    figures: {
      failures: { schema: z.array(failureSummarySchema), of: (all) => mergeFailures(valuesOf(all)) },
    },
  }),
  service: field(coreFields.service, {
    shards: (all) => mergeEncoded(valuesOf(all), unitOf(all)),
    figures: {
      latency: {
        schema: latencySchema.describe('response time in an open loop, service time in a closed one'),
        of: (all) => summarizeEncoded(latenciesOf(all), unitOf(all)),
      },
      service: {
        schema: latencySchema.describe('start to end of successful iterations: connect and TLS included'),
        of: (all) => summarizeEncoded(valuesOf(all), unitOf(all)),
      },
    },
  }),
  failedService: field(z.string().describe('the same of failed iterations'), {
    shards: (all) => mergeEncoded(valuesOf(all), unitOf(all)),
    figures: { failedService: { schema: latencySchema, of: (all) => summarizeEncoded(valuesOf(all), unitOf(all)) } },
  }),
  statuses: field(statusesSchema, {
    shards: (all) => sumStatuses(valuesOf(all)),
    figures: { statuses: { schema: statusesSchema, of: (all) => sumStatuses(valuesOf(all)) } },
  }),
  steps: field(z.array(stepSchema).optional().describe('named parts of iterations; absent when there were none'), {
    shards: (all) => mergeSteps(valuesOf(all)),
    figures: {
      steps: {
        schema: z
          .array(stepFigureSchema)
          .readonly()
          .optional()
          .describe('named parts of iterations, by service time; latency above is that of whole iterations'),
        of: (all) => summarizeSteps(valuesOf(all)),
      },
    },
  }),
  openLoop: field(coreFields.openLoop, {
    shards: (all) => mergeOpenLoops(valuesOf(all)),
    figures: { openLoop: { schema: openLoopFigureSchema.optional(), of: summarizeOpenLoops } },
  }),
  stages: field(
    z
      .array(stageSchema)
      .optional()
      .describe("in the order of the workload's stages; absent when the rate stays, and in warm-up"),
    {
      shards: (all) => mergeStages(valuesOf(all)),
      figures: {
        stages: {
          schema: z
            .array(stageFigureSchema)
            .readonly()
            .optional()
            .describe("in the order of the workload's stages: of the arrivals that were due in each, in all blocks"),
          of: (all) => summarizeStages(valuesOf(all)),
        },
      },
    },
  ),
  histogramUnit: field(coreFields.histogramUnit, {
    shards: unitOf,
    figures: {
      histogramUnit: {
        schema: coreFields.histogramUnit.describe('unit of the values in encoded histograms if not µs'),
        of: unitOf,
      },
    },
  }),
  inFlightMs: field(
    atLeast0
      .optional()
      .describe('iterations under way, integrated over time; absent for engines that do not count them'),
    { shards: sumTold, figures },
  ),
  lastAnswerMs: field(
    atLeast0
      .optional()
      .describe(
        'ms into the block at which an iteration last ended by itself, 0 for none; absent when none had to be aborted',
      ),
    {
      // A process in which none had to be aborted was answered to the end.
      shards: (all) => (valuesOf(all).includes(undefined) ? undefined : highestTold(all)),
      figures,
    },
  ),
  phases: field(blockPhasesSchema.optional().describe('where the time went; only when phases were asked for'), {
    shards: (all) => mergeBlockPhases(valuesOf(all)),
    figures: {
      phases: {
        schema: phaseFigureSchema.optional().describe('where the time went; only when phases were asked for'),
        of: (all) => summarizePhases(valuesOf(all)),
      },
    },
  }),
  p50Us: field(atLeast0.describe('percentiles of latency; 0 when no iteration succeeded'), {
    shards: percentile(50),
    figures,
  }),
  p90Us: field(atLeast0, { shards: percentile(90), figures }),
  p99Us: field(atLeast0, { shards: percentile(99), figures }),
  wire: field(coreFields.wire, {
    shards: (all) => sumWireCounts(valuesOf(all)),
    figures: {
      wire: {
        schema: wireCountsSchema.describe('in the measured blocks; what the ledger is compared with'),
        of: (all) => sumWireCounts(valuesOf(all)),
      },
    },
  }),
  loadRequests: field(coreFields.loadRequests, {
    shards: (all) => (sumTold(all) === undefined ? undefined : requestsOf(all)),
    figures: {
      loadRequests: {
        schema: count.describe('requests of the iterations, without those of making and closing variants and users'),
        of: requestsOf,
      },
    },
  }),
  newCarriers: field(carrierCountsSchema, {
    shards: (all) => sumCarrierCounts(valuesOf(all)),
    figures: {
      carriers: {
        schema: carrierCountsSchema.describe(
          'connections that carried the measured requests, those opened in warm-up included',
        ),
        of: (all) => sumCarrierCounts(valuesOf(all)),
      },
    },
  }),
  elsewhere: field(
    z
      .array(z.string())
      .optional()
      .describe(
        'where connections that carried something led, other than to the target: some of them; absent for none',
      ),
    {
      shards: (all) => {
        const places = new Set(valuesOf(all).flatMap((own) => own ?? []))
        return places.size === 0 ? undefined : [...places]
      },
      figures,
    },
  ),
  unconnected: field(
    count.optional().describe('sockets that ended before they were connected, as far as the client knew'),
    { shards: sum, figures },
  ),
  unanswered: field(count.describe('requests that ended without their answer: given up by the client, or lost'), {
    shards: sum,
    figures,
  }),
}
