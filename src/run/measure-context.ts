/** What measuring needs beside its plan. */
export interface MeasureContext {
  /** Ends the run when it aborts; what has been measured is kept. */
  readonly signal: AbortSignal
  /** Gets every line that a scenario prints. */
  readonly onOutput?: (line: string) => void
}
