import type { ResolvedWorkload } from '../scenario/resolve-scenario.ts'
import type { RateStage } from '../scenario/stages.ts'

/** A rate over time, integrated. */
export interface RateProfile {
  readonly durationMs: number
  /** Arrivals expected in all. */
  readonly total: number
  /** The time, ms since the start, up to which `expected` arrivals (0 to less than `total`) are expected. */
  timeOf(expected: number): number
  /** When each stage is, ms since the start. */
  readonly spans: readonly { readonly startMs: number; readonly endMs: number }[]
  /** The stage of a time: one that begins just then, not the one that ends. */
  stageAt(ms: number): number
}

interface PlacedStage extends RateStage {
  readonly startMs: number
  /** Arrivals expected before it, and within it. */
  readonly before: number
  readonly within: number
}

export function makeProfile(stages: readonly RateStage[]): RateProfile {
  const placed = placeStages(stages)
  const last = placed.at(-1)
  return {
    durationMs: last === undefined ? 0 : last.startMs + last.durationMs,
    total: last === undefined ? 0 : last.before + last.within,
    spans: placed.map(({ startMs, durationMs }) => ({ startMs, endMs: startMs + durationMs })),
    timeOf(expected) {
      const stage = placed.find(({ before, within }) => expected < before + within)
      if (stage === undefined) throw new RangeError(`the profile ends before ${expected} arrivals`)
      return stage.startMs + timeWithin(stage, expected - stage.before)
    },
    stageAt(ms) {
      const stage = placed.findIndex(({ startMs, durationMs }) => ms < startMs + durationMs)
      return stage === -1 ? placed.length - 1 : stage
    },
  }
}

/** The stages of a workload whose rate changes; undefined for every other. */
export function stagesOf(workload: ResolvedWorkload): readonly RateStage[] | undefined {
  return workload.model === 'open' ? workload.stages : undefined
}

function placeStages(stages: readonly RateStage[]): PlacedStage[] {
  let startMs = 0
  let before = 0
  return stages.map((stage) => {
    const within = ((stage.fromRate + stage.toRate) / 2_000) * stage.durationMs
    const placed = { ...stage, startMs, before, within }
    startMs += stage.durationMs
    before += within
    return placed
  })
}

/**
 * Solves a·t + (b − a)·t² / 2d = n for t, with the rates a and b per ms: in the form that does not cancel where the ramp
 * is flat (Press et al., Numerical Recipes, 5.6).
 */
function timeWithin({ fromRate, toRate, durationMs }: RateStage, expected: number): number {
  if (expected === 0) return 0
  const from = fromRate / 1_000
  const slope = (toRate - fromRate) / 1_000 / durationMs
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * expected))
  return Math.min(durationMs, (2 * expected) / (from + root))
}
