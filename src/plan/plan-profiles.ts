import { UsageError } from '../bench-error.ts'
import type { Isolation } from '../scenario/scenario-parts.ts'
import { type RateStage, totalDurationMs } from '../scenario/stages.ts'

/** How much of a comparison is measured. */
export interface PlannedAmount {
  readonly blockMs: number
  /** Rounds that are laid down in each generation, and the most that are run. */
  readonly mostRounds: number
  readonly maxRounds: number
  readonly generations?: number
  readonly budgetMs: number
}

interface ProfileOptions {
  readonly stages: readonly RateStage[]
  readonly isolation: Isolation
  readonly arms: number
  /** Longest warm-up of one arm. */
  readonly warmUpMs: number
  /** What the user asked for; the budget may be the scenario's. */
  readonly asked: {
    readonly maxRounds?: number | undefined
    readonly generations?: number | undefined
    readonly blockMs?: number | undefined
    readonly budgetMs?: number | undefined
  }
}

/** Starting processes and making variants, ms. */
const startMs = 5_000
/** Beside its time a block takes so much for its last iterations, the ledger and messages, ms. */
const overheadPerProfileMs = 1_000

/**
 * A block of stages is their whole profile, and may take minutes. So unless more is asked for there is one round (each arm
 * twice, mirrored), in one generation of processes: enough to see every stage, not for a verdict. The budget is what that
 * takes. @throws UsageError
 */
export function planProfiles({ stages, isolation, arms, warmUpMs, asked }: ProfileOptions): PlannedAmount {
  const profileMs = totalDurationMs(stages)
  if (asked.blockMs !== undefined) {
    throw new UsageError(
      `a block of stages is their whole profile, here ${profileMs} ms, got a block of ${asked.blockMs} ms; leave out --block`,
    )
  }
  const { maxRounds = 1, generations = 1 } = asked
  const perGenerationMs = startMs + arms * (warmUpMs + 2 * maxRounds * (1.02 * profileMs + overheadPerProfileMs))
  const units = isolation === 'shared' ? 1 : generations
  return {
    ...{ blockMs: profileMs, mostRounds: maxRounds, maxRounds, generations },
    budgetMs: asked.budgetMs ?? units * perGenerationMs,
  }
}
