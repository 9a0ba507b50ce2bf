import * as z from 'zod'
import { sumOf } from '../statistics/sum-of.ts'
import { coreFields } from './block-core.ts'
import { durationMs } from './duration-ms.ts'
import { field, placedField, type Seen } from './field.ts'
import { highest, highestTold, meanOverTime, perRequest, sum, valuesOf } from './field-merges.ts'

const count = z.int().min(0)
const atLeast0 = z.number().min(0)
const share = z.number().min(0).max(1)
const number = z.number()

/** Of a field that no figure of an arm tells: rules and reports read it block by block. */
const figures = {}

/**
 * How busy the arm's process and its machine were: of each vital its schema, how processes that shared a block make one value of
 * it (an event loop is the busiest one's, a machine is all of it), and what an arm tells of it. Beside where it is measured, this is
 * the one place that knows of a vital.
 */
export const vitalFields = {
  cpuUserUs: field(coreFields.cpuUserUs, {
    shards: sum,
    figures: {
      cpuUsPerRequest: {
        schema: number,
        of: (all) =>
          perRequest(
            all,
            sumOf(all, ({ block }) => block.cpuUserUs + block.cpuSystemUs),
          ),
      },
    },
  }),
  cpuSystemUs: field(coreFields.cpuSystemUs, { shards: sum, figures }),
  eventLoopUtilization: field(
    share.describe('share of the time that the event loop had work; spinning until an arrival is due is none'),
    { shards: highest, figures: { eventLoopUtilization: { schema: number, of: (all) => meanOverTime(all) ?? 0 } } },
  ),
  eventLoopDelayP99Us: field(atLeast0.optional().describe('how late timers were, µs; known to the ms'), {
    shards: highestTold,
    figures,
  }),
  eventLoopDelayMaxUs: field(atLeast0.optional(), {
    shards: highestTold,
    figures: {
      eventLoopDelayMaxUs: {
        schema: number.optional().describe('how late a timer was at most'),
        of: highestTold,
      },
    },
  }),
  cpuStealShare: field(
    share
      .optional()
      .describe("share of all CPUs' time that the hypervisor gave to others; absent where the system does not tell"),
    {
      shards: highestTold,
      figures: {
        cpuStealShare: {
          schema: number.optional().describe("share of all CPUs' time that the hypervisor gave to others"),
          of: meanOverTime,
        },
      },
    },
  ),
  cpuIdleShare: field(
    share.optional().describe("share of all CPUs' time that nobody used; absent where the system does not tell"),
    { shards: highestTold, figures },
  ),
  timeWaitSockets: field(
    count.optional().describe('sockets in TIME_WAIT at the end of the block, on the whole machine'),
    {
      shards: highestTold,
      figures: {
        timeWaitSockets: {
          schema: count.optional().describe('the most that were in TIME_WAIT after a block, on the whole machine'),
          of: highestTold,
        },
      },
    },
  ),
  localPorts: field(count.optional().describe('local ports that the system gives to connections'), {
    shards: highestTold,
    figures: {
      localPorts: {
        schema: count.optional().describe('local ports that the system gives to connections'),
        of: highestTold,
      },
    },
  }),
  gcMs: field(durationMs.describe('time in garbage collection pauses'), { shards: sum, figures }),
  speedControlMs: field(z.tuple([number, number]).describe('a fixed piece of work, timed before and after the block'), {
    shards: (all): [number, number] => [
      sumOf(valuesOf(all), ([before]) => before) / all.length,
      sumOf(valuesOf(all), ([, after]) => after) / all.length,
    ],
    figures,
  }),
}

const serverSchema = z
  .strictObject({
    cpuUserUs: atLeast0,
    cpuSystemUs: atLeast0,
    eventLoopUtilization: share.describe('of the busiest serving thread'),
  })
  .optional()
  .describe("the fixture server's own; its CPU time includes its links' and the reading of the ledger")

const serverFigureSchema = z
  .strictObject({ cpuUsPerRequest: number, eventLoopUtilization: number })
  .optional()
  .describe("the fixture server's own; absent for other targets")

/** How busy the fixture server was: read once for a block, from its ledger. */
export const serverField = placedField(serverSchema, { server: { schema: serverFigureSchema, of: summarizeServer } })

function summarizeServer(all: readonly Seen<z.infer<typeof serverSchema>>[]): z.infer<typeof serverFigureSchema> {
  const loops = all.map(({ value, block }) => ({ value: value?.eventLoopUtilization, block }))
  const eventLoopUtilization = meanOverTime(loops)
  if (eventLoopUtilization === undefined) return undefined
  const cpuUs = sumOf(all, ({ value }) => (value === undefined ? 0 : value.cpuUserUs + value.cpuSystemUs))
  return { cpuUsPerRequest: perRequest(all, cpuUs), eventLoopUtilization }
}
