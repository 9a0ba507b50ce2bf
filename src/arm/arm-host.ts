import type { ArmReplyTo, ArmRequest } from './messages.ts'

/**
 * Where arms live: in child processes of this machine, at agents elsewhere, or in programs that are written in another
 * language. Whoever measures asks the processes that a host opens, by messages that are plain data, and knows nothing else of it.
 */
export interface ArmHost {
  /**
   * Opens fresh processes, as many as are to share the load of their arms, that behave as one. It need not wait until they are
   * there: what is asked does. Throws the signal's reason when that has aborted already.
   */
  open(processes: number, options?: ArmProcessOptions): ArmProcess
}

/** The asking side of a process that arms live in. */
export interface ArmProcess extends AsyncDisposable {
  /** Sends one request and resolves to its reply; rejects with ArmFailure or LoadStopped, after which the process is gone. */
  ask<Kind extends ArmRequest['kind']>(
    request: Extract<ArmRequest, { kind: Kind }>,
    options: { readonly timeoutMs: number },
  ): Promise<ArmReplyTo<Kind>>
  /** What came from its stdout and stderr since it was last asked for something. */
  printedBytes(): number
  /** Ends the process at once, and all that it has started. */
  kill(): Promise<void>
}

export interface ArmProcessOptions {
  /** Gets every line that the scenario prints, from stdout and stderr. */
  readonly onOutput?: (line: string) => void
  /** Ends the process when it aborts. */
  readonly signal?: AbortSignal
}
