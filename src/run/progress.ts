import type { Block } from '../sample/block.ts'

/** What a run says while it works. */
export type Progress =
  | {
      readonly kind: 'comparison'
      readonly scenario: string
      readonly comparison: string
      readonly index: number
      readonly count: number
      readonly budgetMs: number
    }
  | { readonly kind: 'warm-up'; readonly comparison: string; readonly arm: string; readonly generation: number }
  | {
      readonly kind: 'round'
      readonly comparison: string
      readonly generation: number
      readonly round: number
      readonly blocks: readonly Block[]
    }

/** What measuring needs beside its plan. */
export interface MeasureContext {
  /** Ends the run when it aborts; what has been measured is kept. */
  readonly signal: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Gets every line that a scenario prints. */
  readonly onOutput?: (line: string) => void
}
