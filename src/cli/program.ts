import { Command, CommanderError } from 'commander'
import { exitCodeOfError, renderExitCodes } from '../document/exit-code.ts'
import type { Options } from '../scenario/options.ts'
import { readOwnVersion } from '../target/environment.ts'
import { keysOf } from '../words/keys-of.ts'
import { wrapText } from '../words/wrap-text.ts'
import type { CommandContext, ProgramContext } from './command-context.ts'
import { checkFlags } from './option-flags.ts'
import { namesUrl } from './read-url.ts'

type Add = (program: Command, context: ProgramContext) => void

/** Each is in a file of its own that is loaded when it is wanted: no command waits for what another one needs. */
const commands = {
  url: async () => (await import('./commands/url.ts')).addUrl,
  run: async () => (await import('./commands/run.ts')).addRun,
  compare: async () => (await import('./commands/compare.ts')).addCompare,
  check: async () => (await import('./commands/check.ts')).addCheck,
  baseline: async () => (await import('./commands/baseline.ts')).addBaseline,
  tune: async () => (await import('./commands/tune.ts')).addTune,
  calibrate: async () => (await import('./commands/calibrate.ts')).addCalibrate,
  list: async () => (await import('./commands/list.ts')).addList,
  report: async () => (await import('./commands/report.ts')).addReport,
  schema: async () => (await import('./commands/schema.ts')).addSchema,
  serve: async () => (await import('./commands/serve.ts')).addServe,
} as const satisfies Record<string, () => Promise<Add>>

/**
 * Parses arguments (without node and script), runs the command, and resolves to the exit code. Rejects with BenchError for what the
 * user can mend; commander's own words go to stderr.
 */
export async function runProgram(given: readonly string[], { terminal, signal }: CommandContext): Promise<number> {
  // A URL where a command's name would be is a command of its own.
  const args = namesUrl(given) ? ['url', ...given] : given
  let exitCode = 0
  const exit = (code: number) => {
    exitCode = code
  }
  const program = makeProgram(terminal)
  const names = keysOf(commands)
  const named = names.filter((name) => name === args[0])
  for (const name of named.length > 0 ? named : names) (await commands[name]())(program, { terminal, signal, exit })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    // commander has printed already what it throws: help and version end well, everything else is a usage error.
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : exitCodeOfError.usage
  }
  return exitCode
}

function makeProgram(terminal: CommandContext['terminal']): Command {
  return new Command('sessionbench')
    .description('Measures what a kept HTTP connection buys: stateless calls against a session, side by side.')
    .version(readOwnVersion())
    .exitOverride()
    .configureOutput({ writeOut: terminal.print, writeErr: terminal.note })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help shows what is expected)')
    .addHelpText('after', `\n${wrapText(`Exit codes: ${renderExitCodes('run')}.`, 105)}`)
    .hook('preAction', (_, command) => checkFlags(command.opts() as Options))
}
