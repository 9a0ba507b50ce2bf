import type { Block } from './block.ts'
import { type ExemplarBand, mergeExemplars } from './exemplars.ts'
import { type LatencySummary, summarizeHistogram } from './histogram.ts'
import {
  type BlockPhases,
  type Breakdown,
  breakDown,
  mergeBands,
  mergePhaseHistograms,
  type PhaseBand,
  type PhaseName,
} from './phases.ts'

/** Where the time of an arm's iterations went. */
export interface PhaseSummary {
  readonly histograms: Partial<Record<PhaseName, LatencySummary>>
  readonly bands: PhaseBand[]
  readonly p50: Breakdown
  readonly p99: Breakdown
  readonly exemplars: ExemplarBand[]
}

/** What several processes saw of one block, as one. */
export function mergeBlockPhases(blocks: readonly BlockPhases[]): BlockPhases {
  const histograms = mergePhaseHistograms(blocks.map((block) => block.histograms))
  return {
    histograms: Object.fromEntries([...histograms].map(([name, merged]) => [name, merged.encode()])),
    bands: mergeBands(blocks.map(({ bands }) => bands)),
    exemplars: mergeExemplars(blocks.map(({ exemplars }) => exemplars)),
  }
}

/** Merges the phases of an arm's blocks; undefined when none of them has any iteration traced. */
export function summarizePhases(blocks: readonly Pick<Block, 'phases'>[]): PhaseSummary | undefined {
  const traced = blocks.flatMap(({ phases }) => phases ?? [])
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
