import type { Terminal } from './terminal.ts'

/** What a command is given beside its arguments. */
export interface CommandContext {
  readonly terminal: Terminal
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal
  /** Says what the program is to end with; 0 when nobody does. */
  readonly exit: (code: number) => void
}
