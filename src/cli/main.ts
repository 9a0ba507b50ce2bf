import { BenchError } from '../bench-error.ts'
import { makeProgram } from './program.ts'
import { readTerminal } from './terminal.ts'

const exitCodeOfUsage = 2
/** A mistake of the program, not of its user (EX_SOFTWARE of sysexits.h). */
const exitCodeOfBug = 70
const exitCodeOfInterrupt = 130

const terminal = readTerminal()
const interrupt = new AbortController()

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The first asks for an orderly end, a second one means it.
    if (interrupt.signal.aborted) process.exit(exitCodeOfInterrupt)
    interrupt.abort()
  })
}
process.on('uncaughtException', (error) => process.exit(explain(error)))

try {
  const exitCode = await makeProgram(terminal, interrupt.signal).run(process.argv.slice(2))
  await terminal.flush()
  process.exitCode = exitCode
} catch (error) {
  process.exitCode = explain(error)
}

/** Says what went wrong, unless the user knows, and returns the exit code for it. */
function explain(error: unknown): number {
  if (interrupt.signal.aborted && error === interrupt.signal.reason) return exitCodeOfInterrupt
  if (error instanceof BenchError) {
    // Lines that came with a name or from somebody else must not look like messages of their own.
    terminal.note(`sessionbench: ${error.message.replaceAll('\n', '\n  ')}\n`)
    return exitCodeOfUsage
  }
  terminal.note(`sessionbench has a bug, please report it:\n${(error as Error)?.stack ?? error}\n`)
  return exitCodeOfBug
}
