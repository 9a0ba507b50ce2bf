import { Command, CommanderError, Option } from 'commander'
import { exitCodeOfError, renderExitCodes } from '../document/exit-code.ts'
import { suiteNames } from '../scenario/suites.ts'
import { readOwnVersion } from '../target/environment.ts'
import { wrapText } from '../words/wrap-text.ts'
import { addCalibrate } from './add-calibrate.ts'
import { addBaseline, addCheck } from './add-check.ts'
import { addCompare } from './add-compare.ts'
import { addRun } from './add-run.ts'
import { addSchema } from './add-schema.ts'
import type { CommandContext } from './command-context.ts'
import { type ListCommandOptions, listCommand } from './commands/list.ts'
import { reportCommand } from './commands/report.ts'
import { collect } from './measure-options.ts'
import { addReport } from './report-options.ts'
import { addServe } from './serve-options.ts'
import type { Terminal } from './terminal.ts'
import { addTune } from './tune-options.ts'

/** The command line: parses arguments (without node and script), runs the command, resolves to the exit code. */
interface Program {
  run(args: readonly string[]): Promise<number>
}

/** Builds the command line. Rejects with BenchError for what the user can mend; commander's own words go to stderr. */
export function makeProgram(terminal: Terminal, signal: AbortSignal): Program {
  let exitCode = 0
  const program = new Command('sessionbench')
    .description('Measures what a kept HTTP connection buys: stateless calls against a session, side by side.')
    .version(readOwnVersion())
    .exitOverride()
    .configureOutput({ writeOut: terminal.print, writeErr: terminal.note })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help shows what is expected)')
    .addHelpText('after', exitCodes)
  const context: CommandContext = {
    terminal,
    signal,
    exit: (code: number) => {
      exitCode = code
    },
  }
  addRun(program, context)
  addCompare(program, context)
  addCheck(program, context)
  addBaseline(program, context)
  addTune(program, async (scenario, options) => {
    const { tuneCommand } = await import('./commands/tune.ts')
    exitCode = await tuneCommand(scenario, options, terminal, signal)
  })
  addCalibrate(program, context)
  program
    .command('list')
    .description('list the bundled scenarios by use: question, variants, targets, longest duration')
    .addOption(new Option('--suite <name>', 'only those of a suite').choices(suiteNames))
    .option('--tag <tag>', 'only those with this tag (may be repeated: any of them)', collect)
    .addOption(new Option('--format <format>', 'how to print them').choices(['text', 'json']).default('text'))
    .action(({ tag, ...options }: ListFlags) => listCommand({ tags: tag, ...options }, terminal, signal))
  addReport(program, (path, options) => reportCommand(path, options, terminal))
  addSchema(program, context)
  addServe(program, async (options) => {
    // Loaded when it is wanted: the server is a program of its own, and no other command needs it in this process.
    const { serveCommand } = await import('./commands/serve.ts')
    await serveCommand(options, terminal, signal)
  })
  return {
    async run(args) {
      try {
        await program.parseAsync(args, { from: 'user' })
      } catch (error) {
        // commander has printed already what it throws: help and version end well, everything else is a usage error.
        if (!(error instanceof CommanderError)) throw error
        return error.exitCode === 0 ? 0 : exitCodeOfError.usage
      }
      return exitCode
    },
  }
}

const exitCodes = `\n${wrapText(`Exit codes: ${renderExitCodes('run')}.`, 105)}`

type ListFlags = Omit<ListCommandOptions, 'tags'> & { readonly tag?: string[] }
