import { sumOf } from '../statistics/sum-of.ts'
import type { MeasuredStage } from './block.ts'
import { Histogram, type LatencySummary, summarizeHistogram } from './histogram.ts'

/** One stage of an arm, all its blocks taken together: of the arrivals that were due in it. */
export interface StageSummary {
  readonly intended: number
  readonly dropped: number
  readonly succeeded: number
  readonly failed: number
  /** Arrivals per second that were sent: the rate held. */
  readonly sentPerSecond: number
  readonly response: LatencySummary
  readonly service: LatencySummary
  readonly dispatchDelay: LatencySummary
}

type LatencyName = 'response' | 'service' | 'dispatchDelay'
const countNames = ['intended', 'dropped', 'succeeded', 'failed'] as const

/** The stages of several processes that shared one block's load; undefined when there were none. */
export function mergeStages(all: readonly (readonly MeasuredStage[])[]): MeasuredStage[] | undefined {
  const byStage = sameStages(all)
  if (byStage.length === 0) return undefined
  return byStage.map((same) => ({
    // They run at the same time.
    workMs: Math.max(...same.map(({ workMs }) => workMs)),
    ...sumCounts(same),
    ...mapLatencies((name) => mergeLatencies(same, name).encode()),
  }))
}

/** The stages of an arm's blocks; undefined when there were none. */
export function summarizeStages(all: readonly (readonly MeasuredStage[])[]): StageSummary[] | undefined {
  const byStage = sameStages(all)
  if (byStage.length === 0) return undefined
  return byStage.map((same) => {
    const counts = sumCounts(same)
    // They run one after another.
    const workMs = sumOf(same, (stage) => stage.workMs)
    const sent = counts.intended - counts.dropped
    return {
      ...counts,
      sentPerSecond: workMs === 0 ? 0 : (sent * 1_000) / workMs,
      ...mapLatencies((name) => summarizeHistogram(mergeLatencies(same, name))),
    }
  })
}

/** What belongs to the first stage, to the second… */
function sameStages(all: readonly (readonly MeasuredStage[])[]): MeasuredStage[][] {
  const count = Math.max(0, ...all.map(({ length }) => length))
  return Array.from({ length: count }, (_, index) => all.flatMap((stages) => stages[index] ?? []))
}

function sumCounts(same: readonly MeasuredStage[]) {
  const sums = countNames.map((name) => [name, sumOf(same, (stage) => stage[name])])
  return Object.fromEntries(sums) as Record<(typeof countNames)[number], number>
}

function mapLatencies<Value>(make: (name: LatencyName) => Value) {
  return { response: make('response'), service: make('service'), dispatchDelay: make('dispatchDelay') }
}

function mergeLatencies(same: readonly MeasuredStage[], name: LatencyName): Histogram {
  return Histogram.merge(same.map((stage) => stage[name]))
}
