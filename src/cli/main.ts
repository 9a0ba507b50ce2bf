import { BenchError } from '../bench-error.ts'
import { type ExitCode, exitCodeOfError } from '../document/exit-code.ts'
import { runProgram } from './program.ts'
import { readTerminal } from './terminal.ts'

const terminal = readTerminal()
const interrupt = new AbortController()

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The first asks for an orderly end, a second one means it.
    if (interrupt.signal.aborted) process.exit(exitCodeOfError.interrupted)
    interrupt.abort()
  })
}
process.on('uncaughtException', (error) => process.exit(explain(error)))

try {
  const exitCode = await runProgram(process.argv.slice(2), { terminal, signal: interrupt.signal })
  await terminal.flush()
  process.exitCode = exitCode
} catch (error) {
  process.exitCode = explain(error)
}

/** Says what went wrong, unless the user knows, and returns the exit code for it. */
function explain(error: unknown): ExitCode {
  if (interrupt.signal.aborted && error === interrupt.signal.reason) return exitCodeOfError.interrupted
  if (error instanceof BenchError) {
    // Lines that came with a name or from somebody else must not look like messages of their own.
    terminal.note(`sessionbench: ${error.message.replaceAll('\n', '\n  ')}\n`)
    return exitCodeOfError.usage
  }
  terminal.note(`sessionbench has a bug, please report it:\n${error instanceof Error ? error.stack : error}\n`)
  return exitCodeOfError.bug
}
