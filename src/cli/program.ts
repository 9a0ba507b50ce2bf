import { Command, CommanderError, Option } from 'commander'
import { UsageError } from '../bench-error.ts'
import { defaultBudgetMs, planDefaults } from '../plan/make-plan.ts'
import { renderJsonSchema } from '../report/json-schema.ts'
import { scenarioDefaults } from '../scenario/resolve-scenario.ts'
import { suiteNames } from '../scenario/suites.ts'
import { readOwnVersion } from '../target/environment.ts'
import { type ListCommandOptions, listCommand } from './commands/list.ts'
import { reportCommand } from './commands/report.ts'
import { defaultScenario, type RunCommandOptions, runCommand } from './commands/run.ts'
import { parse } from './parse.ts'
import {
  readDuration,
  readInteger,
  readIsolation,
  readNumber,
  readProtocols,
  readRtts,
  readTarget,
  readThinkTime,
} from './read-options.ts'
import { addReport, formatOption, type ReportFlags, reportHelp, reportOption } from './report-options.ts'
import { addServe } from './serve-options.ts'
import type { Terminal } from './terminal.ts'

/** The command line: parses arguments (without node and script), runs the command, resolves to the exit code. */
export interface Program {
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
  addRun(program, async (names, options) => {
    exitCode = await runCommand(names, options, terminal, signal)
  })
  program
    .command('list')
    .description('list the bundled scenarios by use: question, variants, targets, longest duration')
    .addOption(new Option('--suite <name>', 'only those of a suite').choices(suiteNames))
    .option('--tag <tag>', 'only those with this tag (may be repeated: any of them)', collect)
    .addOption(new Option('--format <format>', 'how to print them').choices(['text', 'json']).default('text'))
    .action(({ tag, ...options }: ListFlags) => listCommand({ tags: tag, ...options }, terminal, signal))
  addReport(program, (path, options) => reportCommand(path, options, terminal))
  program
    .command('schema')
    .description('print the JSON Schema of the results document')
    .action(() => terminal.print(renderJsonSchema()))
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
        return error.exitCode === 0 ? 0 : 2
      }
      return exitCode
    },
  }
}

const exitCodes = `
Exit codes: 0 all well, 1 a threshold failed, 2 invalid or nothing measured or wrong usage, 3 a threshold
undecided (with --inconclusive fail), 70 a bug, 130 interrupted.`

type ListFlags = Omit<ListCommandOptions, 'tags'> & { readonly tag?: string[] }

type RunFlags = Omit<RunCommandOptions, 'externalOrigin' | 'reports'> &
  ReportFlags & { target?: string; allowTarget?: string[] }

function addRun(program: Command, run: (names: string[], options: RunCommandOptions) => Promise<void>): void {
  const { blockMs, warmUpMs } = planDefaults
  program
    .command('run')
    .description('run scenarios and print a table and a verdict for each of their targets')
    .argument('[scenario...]', `names of bundled scenarios, or paths of modules (default: ${defaultScenario})`)
    .addOption(
      new Option('--suite <name>', 'run the bundled scenarios of a suite, instead of naming them').choices(suiteNames),
    )
    .option('--tag <tag>', 'run the bundled scenarios with this tag (may be repeated: any of them)', collect)
    .option(
      '--budget <time>',
      `most time for each table, warm-up included; what one does not use the next may (default: what a verdict takes, for two arms ${defaultBudgetMs('shared', 2) / 1_000}s in one process, ${defaultBudgetMs('process', 2) / 1_000}s in processes of their own)`,
      parse(readDuration),
    )
    .option(
      '--concurrency <n>',
      `requests under way at any time (default: the scenario's, else ${scenarioDefaults.concurrency})`,
      parse((text) => readInteger(text, 1, 10_000)),
    )
    .option(
      '--think-time <time>',
      "each worker's pause after an iteration: '500ms', '200ms-1s' (uniform) or 'exp:500ms' (exponential, its mean)",
      parse(readThinkTime),
    )
    .option(
      '--iterations <n>',
      'each block is exactly this many iterations, instead of a length of time',
      parse((text) => readInteger(text, 1, 10_000_000)),
    )
    .addOption(
      new Option(
        '--variant-per <lifetime>',
        "make variants once per process, or anew for every block (default: the scenario's)",
      ).choices(['process', 'block']),
    )
    .option(
      '--rate <n>',
      'an open loop: start this many iterations per second, however long they take',
      parse((text) => readNumber(text, 0.01, 100_000)),
    )
    .addOption(
      new Option('--arrivals <process>', 'of an open loop (default: constant)').choices(['constant', 'poisson']),
    )
    .option(
      '--max-in-flight <n>',
      `of an open loop: arrivals beyond it are dropped and counted (default: ${scenarioDefaults.maxInFlight.toLocaleString('en')})`,
      parse((text) => readInteger(text, 1, 100_000)),
    )
    .option(
      '--protocol <list>',
      "http, https, h2, or several: 'http,h2' (default: the scenario's)",
      parse(readProtocols),
    )
    .option('--rtt <list>', "added round-trip times in ms: '0,20' (default: the scenario's)", parse(readRtts))
    .option('--target <url>', 'measure this server instead of the bundled fixture server')
    .option('--allow-target <host>', 'a host beside this machine that --target may name (may be repeated)', collect)
    .option(
      '--seed <n>',
      'decides the order of the blocks (default: random; the report prints it)',
      parse((text) => readInteger(text, 0, 2 ** 32 - 1)),
    )
    .option('--block <time>', `shortest block; slow arms get longer ones (default: ${blockMs}ms)`, parse(readDuration))
    .option(
      '--warm-up <time>',
      `least warm-up per arm, with ${planDefaults.warmUpRequests.toLocaleString('en')} requests; at most twice the time (default: ${warmUpMs / 1_000}s)`,
      parse(readDuration),
    )
    .option(
      '--rounds <n>',
      'at most this many rounds, in each generation if there are several (default: as the budget allows)',
      parse((text) => readInteger(text, 1, 64)),
    )
    .option(
      '--generations <n>',
      'generations of fresh processes, with --isolation process (default: as the budget allows)',
      parse((text) => readInteger(text, 1, 64)),
    )
    .option(
      '--isolation <kind>',
      "shared: all arms in one process; process: each in its own, several generations (default: the scenario's)",
      parse(readIsolation),
    )
    .option(
      '--processes <n>',
      `processes that share the load of each arm, for more than one core (default: the scenario's, else ${scenarioDefaults.processes})`,
      parse((text) => readInteger(text, 1, 64)),
    )
    .addOption(
      new Option('--inconclusive <policy>', 'what a threshold that stays undecided does: fail (exit code 3) or warn')
        .choices(['fail', 'warn'])
        .default('warn'),
    )
    .option('--phases', 'also show where the time of requests went; costs some µs of CPU time per request')
    .addOption(formatOption())
    .option(
      '--out <file>',
      'also write the results, as JSON, to this file: after each table, so that they outlive a crash',
    )
    .addOption(reportOption())
    .addHelpText('after', reportHelp)
    .action((names: string[], flags: RunFlags) => run(names, readRunFlags(flags)))
}

function readRunFlags({ target, allowTarget = [], ...flags }: RunFlags & Record<string, unknown>): RunCommandOptions {
  const {
    budget,
    block,
    warmUp,
    rounds,
    rate,
    rtt,
    protocol,
    thinkTime,
    tag,
    report = [],
    ...rest
  } = flags as Record<string, unknown>
  if (target !== undefined && (rtt !== undefined || protocol !== undefined)) {
    throw new UsageError('--rtt and --protocol are for the bundled fixture server; leave them out with --target')
  }
  const closed = [
    rest.concurrency !== undefined && '--concurrency',
    thinkTime !== undefined && '--think-time',
    rest.iterations !== undefined && '--iterations',
  ].find((option) => option !== false)
  if (rate !== undefined && closed !== undefined) {
    throw new UsageError(`--rate makes an open loop and ${closed} a closed one; give one of them`)
  }
  return {
    ...(rest as Pick<RunCommandOptions, 'format' | 'inconclusive'>),
    tags: tag as string[] | undefined,
    reports: report as RunCommandOptions['reports'],
    budgetMs: budget as number | undefined,
    blockMs: block as number | undefined,
    warmUpMs: warmUp as number | undefined,
    maxRounds: rounds as number | undefined,
    thinkTimeMs: thinkTime as RunCommandOptions['thinkTimeMs'],
    arrivalRate: rate as number | undefined,
    rttsMs: rtt as number[] | undefined,
    protocols: protocol as RunCommandOptions['protocols'],
    externalOrigin: target === undefined ? undefined : readTarget(target, allowTarget),
  }
}

/** For an option that may be repeated. */
function collect(value: string, values: readonly string[] = []): string[] {
  return [...values, value]
}
