import { median } from './quantile.ts'

/** What counts as one independent observation: a mirrored round, or a generation of fresh processes. */
export const unitNames = ['quad', 'generation'] as const
export type Unit = (typeof unitNames)[number]

/** Fewer independent observations than this give no interval at all, whatever the level. */
export const LEAST_UNITS = 6

/** The contrast of one round, with the generation of processes that it was measured in. */
export interface RoundDifference {
  readonly generation: number
  readonly difference: number
}

/**
 * The independent observations in these rounds: each round's difference when the arms share a process, or each
 * generation's median difference when every arm has processes of its own, for a process has a speed of its own.
 */
export function makeUnits(rounds: readonly RoundDifference[], unit: Unit): number[] {
  switch (unit) {
    case 'quad':
      return rounds.map((round) => round.difference)
    case 'generation':
      return [...Map.groupBy(rounds, (round) => round.generation).values()].map((generation) =>
        median(generation.map((round) => round.difference)),
      )
    default:
      return unit satisfies never
  }
}
