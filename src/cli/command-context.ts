import type { Terminal } from './terminal.ts'

/** What a command is given beside what is asked of it. */
export interface CommandContext {
  readonly terminal: Terminal
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal
}

/** What the program gives a command besides: whom to tell what it is to end with, which is 0 when nobody does. */
export interface ProgramContext extends CommandContext {
  readonly exit: (code: number) => void
}
