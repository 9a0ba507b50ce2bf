import { type Command, Option } from 'commander'
import { tuningDefaults } from '../tune/tuning-plan.ts'
import type { TuneCommandOptions } from './commands/tune.ts'
import { addLoadLimits } from './load-limit-options.ts'
import { parse } from './parse.ts'
import { readDuration, readInteger, readNumber, readProtocols, readRtts } from './read-options.ts'
import { formatOption } from './report-options.ts'

/** Adds the command that answers which settings to use. */
export function addTune(
  program: Command,
  tune: (scenario: string | undefined, options: TuneCommandOptions) => Promise<void>,
): void {
  const command = program
    .command('tune')
    .description(
      'find the settings to use: the fewest connections that lose nothing that matters, and the highest rate',
    )
    .argument('[scenario]', 'a bundled scenario or the path of a module, with a sweep (default: one GET by a session)')
    .option('--target <url>', 'the page to load (with a scenario: its base URL) instead of the bundled fixture server')
    .option(
      '--allow-target <host>',
      'a host beside this machine that may be loaded, by --target, a redirect or a URL of the scenario (may be repeated)',
      collect,
    )
    .option('--objective <conditions>', "what has to hold: 'p99<50ms,errors<0.1%'", tuningDefaults.objective)
    .option(
      '--vary <list>',
      `what to search: 'connections=1..64,pipelining=1..8', also concurrency, keepAliveTimeoutMs, retries; of a scenario its sweep (default: connections=${tuningDefaults.smallest}..${tuningDefaults.largest}, of a scenario its own values)`,
    )
    .option('--variant <name>', 'the variant of the scenario that is tuned (default: its only one)')
    .option(
      '--rate <n>',
      'find the fewest connections that hold this many per second (default: the best, and the highest rate it holds)',
      parse((text) => readNumber(text, 0.01, 100_000)),
    )
    .addOption(new Option('--arrivals <process>', 'of open loops (default: constant)').choices(['constant', 'poisson']))
    .option(
      '--concurrency <n>',
      'requests under way in the closed loop (default: connections × pipelining, of a scenario its own)',
      parse((text) => readInteger(text, 1, 10_000)),
    )
  addBounds(command).action((scenario: string | undefined, options: TuneCommandOptions) => tune(scenario, options))
}

function addBounds(command: Command): Command {
  return addLoadLimits(
    command
      .addOption(durationOption('--budget <time>', 'most time that measuring takes', tuningDefaults.budgetMs))
      .addOption(durationOption('--warm-up <time>', 'least warm-up of the process', tuningDefaults.warmUpMs))
      .option(
        '--seed <n>',
        'decides the order of blocks',
        parse((text) => readInteger(text, 0, 2 ** 32 - 1)),
      )
      .option('--protocol <name>', 'of the fixture server: http, https or h2', parse(readProtocols))
      .option('--rtt <ms>', 'distance to the fixture server', parse(readRtts)),
  )
    .addOption(formatOption())
    .option('--out <file>', 'also write the answer, as JSON, to this file')
    .addHelpText('after', exitCodes)
}

function durationOption(flags: string, description: string, defaultMs: number): Option {
  return new Option(flags, description).argParser(parse(readDuration)).default(defaultMs, `${defaultMs / 1_000}s`)
}

const exitCodes = `
Exit codes of tune: 0 an answer, 1 nothing meets the objective, 2 refused, invalid, stopped or failed, or wrong usage,
70 a bug, 130 interrupted. Whatever happens, what is known by then is printed and written.`

function collect(value: string, values: readonly string[] = []): string[] {
  return [...values, value]
}
