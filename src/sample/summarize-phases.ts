import * as z from 'zod'
import { exemplarBandSchema, mergeExemplars } from './exemplars.ts'
import { latencySchema, summarizeHistogram } from './histogram.ts'
import {
  type BlockPhases,
  blockPhasesSchema,
  breakDown,
  breakdownSchema,
  mergeBands,
  mergePhaseHistograms,
  phaseNames,
} from './phases.ts'

/** Where the time of an arm's iterations went. */
export const phaseFigureSchema = z.strictObject({
  histograms: z.partialRecord(z.enum(phaseNames), latencySchema).describe('per request, or per connection opened'),
  bands: blockPhasesSchema.shape.bands,
  p50: breakdownSchema.describe('of the iterations between the 45th and the 55th percentile of latency'),
  p99: breakdownSchema.describe('between the 98.5th and the 99.5th'),
  exemplars: z.array(exemplarBandSchema),
})
export type PhaseSummary = z.infer<typeof phaseFigureSchema>

/** What several processes saw of one block, as one; undefined when none followed phases. */
export function mergeBlockPhases(all: readonly (BlockPhases | undefined)[]): BlockPhases | undefined {
  const blocks = all.flatMap((phases) => phases ?? [])
  if (blocks.length === 0) return undefined
  const histograms = mergePhaseHistograms(blocks.map((block) => block.histograms))
  return {
    histograms: Object.fromEntries([...histograms].map(([name, merged]) => [name, merged.encode()])),
    bands: mergeBands(blocks.map(({ bands }) => bands)),
    exemplars: mergeExemplars(blocks.map(({ exemplars }) => exemplars)),
  }
}

/** Merges the phases of an arm's blocks; undefined when none of them has any iteration traced. */
export function summarizePhases(blocks: readonly (BlockPhases | undefined)[]): PhaseSummary | undefined {
  const traced = blocks.flatMap((phases) => phases ?? [])
  const bands = mergeBands(traced.map((block) => block.bands))
  const [p50, p99] = [breakDown(bands, 50), breakDown(bands, 99)]
  if (p50 === undefined || p99 === undefined) return undefined
  const histograms = mergePhaseHistograms(traced.map((block) => block.histograms))
  return {
    histograms: Object.fromEntries([...histograms].map(([name, merged]) => [name, summarizeHistogram(merged)])),
    ...{ bands, p50, p99 },
    exemplars: mergeExemplars(traced.map((block) => block.exemplars)),
  }
}
