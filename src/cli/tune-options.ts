import type { Command } from 'commander'
import { renderExitCodes } from '../document/exit-code.ts'
import { readPage } from '../scenario/read-values.ts'
import { tuningDefaults, tuningOptionNames } from '../tune/tuning-plan.ts'
import { wrapText } from '../words/wrap-text.ts'
import type { TuneCommandOptions } from './commands/tune.ts'
import { formatOption } from './report-options.ts'
import { addOptions, checkFlags } from './table-options.ts'

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
    .option('--objective <conditions>', "what has to hold: 'p99<50ms,errors<0.1%'", tuningDefaults.objective)
    .option(
      '--vary <list>',
      `what to search: 'connections=1..64,pipelining=1..8', also concurrency, keepAliveTimeoutMs, retries; of a scenario its sweep (default: connections=${tuningDefaults.smallest}..${tuningDefaults.largest}, of a scenario its own values)`,
    )
    .option('--variant <name>', 'the variant of the scenario that is tuned (default: its only one)')
  addOptions(command, tuningOptionNames, wordings)
    .addOption(formatOption())
    .option(
      '--out <file>',
      'also write the answer, as JSON, to this file, and its events, as they happen, beside it as .ndjson',
    )
    .addHelpText('after', exitCodes)
    .action((scenario: string | undefined, options: TuneCommandOptions) => {
      checkFlags(options)
      return tune(scenario, options)
    })
}

/** Some things mean something else where settings are searched. */
const wordings: Parameters<typeof addOptions>[2] = {
  externalOrigin: {
    help: 'the page to load (with a scenario: its base URL) instead of the bundled fixture server',
    read: readPage,
  },
  arrivalRate: {
    help: 'find the fewest connections that hold this many per second',
    unset: 'the best, and the highest rate it holds',
  },
  arrivals: { help: 'of open loops' },
  concurrency: {
    help: 'requests under way in the closed loop',
    unset: 'connections × pipelining, of a scenario its own',
  },
  budgetMs: { help: 'most time that measuring takes', unset: undefined, fallback: tuningDefaults.budgetMs },
  warmUpMs: { help: 'least warm-up of the process', unset: undefined, fallback: tuningDefaults.warmUpMs },
  seed: { help: 'decides the order of blocks', unset: undefined },
  protocols: { flag: '--protocol <name>', help: 'of the fixture server: http, https or h2', unset: undefined },
  rttsMs: { flag: '--rtt <ms>', help: 'distance to the fixture server', unset: undefined },
}

const exitCodes = `
${wrapText(`Exit codes of tune: ${renderExitCodes('tune')}. Whatever happens, what is known by then is printed and written.`, 120)}`
