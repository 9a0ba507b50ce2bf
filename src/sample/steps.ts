import * as z from 'zod'
import { sumOf } from '../statistics/sum-of.ts'
import { latencySchema, mergeEncoded, summarizeEncoded } from './histogram.ts'

const count = z.int().min(0)

/** What became of the named parts of iterations in one block, by name. */
export const stepSchema = z.strictObject({
  name: z.string(),
  succeeded: count,
  failed: count,
  service: z.string().describe('start to end of those that succeeded, µs: HdrHistogram V2 compressed, base64'),
})
type BlockStep = z.infer<typeof stepSchema>

/** The same of all blocks of an arm. */
export const stepFigureSchema = z.strictObject({
  name: z.string(),
  succeeded: count,
  failed: count,
  service: latencySchema,
})
export type StepResult = z.infer<typeof stepFigureSchema>

type StepLists = readonly (readonly BlockStep[] | undefined)[]

/** Of processes that shared a block, in the order in which names first came up; undefined when there were none. */
export function mergeSteps(all: StepLists): BlockStep[] | undefined {
  return mapSteps(all, ({ services, ...step }) => ({ ...step, service: mergeEncoded(services) }))
}

/** Of an arm's blocks, in the order in which names first came up; undefined when there were none. */
export function summarizeSteps(all: StepLists): StepResult[] | undefined {
  return mapSteps(all, ({ services, ...step }) => ({ ...step, service: summarizeEncoded(services) }))
}

/** All that several blocks counted under one name. */
interface StepGroup extends Pick<BlockStep, 'name' | 'succeeded' | 'failed'> {
  /** Encoded histograms of service time, one of each block. */
  readonly services: readonly string[]
}

function mapSteps<Step>(lists: StepLists, make: (group: StepGroup) => Step): Step[] | undefined {
  const all = lists.flatMap((steps) => steps ?? [])
  if (all.length === 0) return undefined
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, same]) =>
    make({
      name,
      succeeded: sumOf(same, ({ succeeded }) => succeeded),
      failed: sumOf(same, ({ failed }) => failed),
      services: same.map(({ service }) => service),
    }),
  )
}
