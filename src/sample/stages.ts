import * as z from 'zod'
import { sumOf } from '../statistics/sum-of.ts'
import { durationMs } from './duration-ms.ts'
import { latencySchema, mergeEncoded, summarizeEncoded } from './histogram.ts'

const count = z.int().min(0)

/** What became of the arrivals that were due in one stage of an open loop, in one block. */
export const stageSchema = z.strictObject({
  workMs: durationMs.describe('how long it lasted, or sending took where that was longer'),
  intended: count.describe('arrivals that were due in it'),
  dropped: count,
  succeeded: count.describe('of those that were due in it, whenever they ended'),
  failed: count,
  response: z.string().describe('as in openLoop, of the arrivals that were due in it'),
  service: z.string(),
  dispatchDelay: z.string(),
})
export type MeasuredStage = z.infer<typeof stageSchema>

/** The same of all blocks of an arm. */
export const stageFigureSchema = z.strictObject({
  intended: count,
  dropped: count,
  succeeded: count,
  failed: count,
  sentPerSecond: z.number().describe('the rate held'),
  response: latencySchema,
  service: latencySchema,
  dispatchDelay: latencySchema,
})
type StageResult = z.infer<typeof stageFigureSchema>

type StageLists = readonly (readonly MeasuredStage[] | undefined)[]

/** The stages of several processes that shared one block's load; undefined when there were none. */
export function mergeStages(all: StageLists): MeasuredStage[] | undefined {
  return mapStages(all, (same) => ({
    // They run at the same time.
    workMs: Math.max(...same.map(({ workMs }) => workMs)),
    ...sumStageCounts(same),
    ...mapLatencies((name) => mergeEncoded(same.map((stage) => stage[name]))),
  }))
}

/** The stages of an arm's blocks; undefined when there were none. */
export function summarizeStages(all: StageLists): StageResult[] | undefined {
  return mapStages(all, (same) => {
    const counts = sumStageCounts(same)
    // They run one after another.
    const workMs = sumOf(same, (stage) => stage.workMs)
    const sent = counts.intended - counts.dropped
    return {
      ...counts,
      sentPerSecond: workMs === 0 ? 0 : (sent * 1_000) / workMs,
      ...mapLatencies((name) => summarizeEncoded(same.map((stage) => stage[name]))),
    }
  })
}

/** Of what belongs to the first stage, to the second… */
function mapStages<Stage>(lists: StageLists, make: (same: readonly MeasuredStage[]) => Stage): Stage[] | undefined {
  const all = lists.flatMap((stages) => (stages === undefined ? [] : [stages]))
  const length = Math.max(0, ...all.map((stages) => stages.length))
  if (length === 0) return undefined
  return Array.from({ length }, (_, index) => make(all.flatMap((stages) => stages[index] ?? [])))
}

function sumStageCounts(same: readonly MeasuredStage[]) {
  return {
    intended: sumOf(same, ({ intended }) => intended),
    dropped: sumOf(same, ({ dropped }) => dropped),
    succeeded: sumOf(same, ({ succeeded }) => succeeded),
    failed: sumOf(same, ({ failed }) => failed),
  }
}

function mapLatencies<Value>(make: (name: 'response' | 'service' | 'dispatchDelay') => Value) {
  return { response: make('response'), service: make('service'), dispatchDelay: make('dispatchDelay') }
}
