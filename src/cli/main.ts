import { BenchError } from '../bench-error.ts'
import { makeProgram } from './program.ts'
import { readTerminal } from './terminal.ts'

/** A mistake of the program, not of its user (EX_SOFTWARE of sysexits.h). */
const exitCodeOfBug = 70
const exitCodeOfUsage = 2
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

try {
  const exitCode = await makeProgram(terminal, interrupt.signal).run(process.argv.slice(2))
  process.exitCode = exitCode
} catch (error) {
  if (interrupt.signal.aborted) {
    process.exitCode = exitCodeOfInterrupt
  } else if (error instanceof BenchError) {
    terminal.note(`sessionbench: ${error.message}\n`)
    process.exitCode = exitCodeOfUsage
  } else {
    terminal.note(`sessionbench has a bug, please report it:\n${(error as Error)?.stack ?? error}\n`)
    process.exitCode = exitCodeOfBug
  }
}
