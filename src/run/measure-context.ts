import type { ArmHost } from '../arm/arm-host.ts'

/** What measuring needs beside its plan. */
export interface MeasureContext {
  /** Where arms live. */
  readonly host: ArmHost
  /** Ends the run when it aborts; what has been measured is kept. */
  readonly signal: AbortSignal
  /** Gets every line that a scenario prints. */
  readonly onOutput?: (line: string) => void
}
