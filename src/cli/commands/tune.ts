import type { Command } from 'commander'
import { makeLocalHost } from '../../arm/local-host.ts'
import { type ExitCode, exitCodeFor, type Outcome, renderExitCodes, weigh } from '../../document/exit-code.ts'
import { readPage } from '../../scenario/read-values.ts'
import { checkPlaces, openEventLog } from '../../store/event-log.ts'
import { writeWholeFile } from '../../store/write-file.ts'
import { readEnvironment } from '../../target/environment.ts'
import { makeTuning } from '../../tune/report/make-tuning.ts'
import { renderTuningJson, type Tuning } from '../../tune/report/model.ts'
import { renderTuning } from '../../tune/report/text.ts'
import { makeTuningStatus } from '../../tune/report/tuning-status.ts'
import { resolveTuning, type TuningRequest } from '../../tune/resolve-tuning.ts'
import { runTuning } from '../../tune/run-tuning.ts'
import { makePlannedTuning, type TuningEvent } from '../../tune/tuning-event.ts'
import { tuningDefaults, tuningOptionNames } from '../../tune/tuning-plan.ts'
import { wrapText } from '../../words/wrap-text.ts'
import type { CommandContext, ProgramContext } from '../command-context.ts'
import { lostIfKilled } from '../follow.ts'
import { addFlags } from '../option-flags.ts'
import { openProgress } from '../progress.ts'
import { formatFlag } from '../report-flags.ts'

interface TuneRequest extends TuningRequest {
  readonly format?: 'table' | 'json' | undefined
  readonly out?: string | undefined
}

/** Some things mean something else where settings are searched. */
const wordings: Parameters<typeof addFlags>[2] = {
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

/** Adds `tune`: which settings to use. */
export function addTune(program: Command, context: ProgramContext): void {
  const { objective, smallest, largest } = tuningDefaults
  const command = program
    .command('tune')
    .description(
      'find the settings to use: the fewest connections that lose nothing that matters, and the highest rate',
    )
    .argument('[scenario]', 'a bundled scenario or the path of a module, with a sweep (default: one GET by a session)')
    .option('--objective <conditions>', "what has to hold: 'p99<50ms,errors<0.1%'", objective)
    .option(
      '--vary <list>',
      `what to search: 'connections=1..64,pipelining=1..8', also concurrency, keepAliveTimeoutMs, retries; of a scenario its sweep (default: connections=${smallest}..${largest}, of a scenario its own values)`,
    )
    .option('--variant <name>', 'the variant of the scenario that is tuned (default: its only one)')
  addFlags(command, tuningOptionNames, wordings)
    .addOption(formatFlag())
    .option(
      '--out <file>',
      'also write the answer, as JSON, to this file, and its events, as they happen, beside it as .ndjson',
    )
    .addHelpText('after', exitCodes)
    .action(async (scenario: string | undefined, flags: Omit<TuneRequest, 'scenario'>) => {
      context.exit(await tune({ scenario, ...flags }, context))
    })
}

/** Searches settings, prints the answer and resolves to the exit code. */
async function tune({ format, out, ...request }: TuneRequest, { terminal, signal }: CommandContext): Promise<ExitCode> {
  await checkPlaces(out)
  const [host, { workingFolder }] = [makeLocalHost(), terminal]
  const plan = await resolveTuning(request, { host, workingFolder })
  const told = { startedAt: new Date().toISOString(), environment: readEnvironment(workingFolder) }
  using progress = openProgress({ terminal, signal }, makeTuningStatus(plan))
  await using log = openEventLog(out, { onFailure: ({ message }) => progress.line(lostIfKilled(message)) })
  await log.append(makePlannedTuning(plan, told))
  const onEvent = async (event: TuningEvent) => {
    await log.append(event)
    progress.show(event)
  }
  const run = await runTuning(plan, { host, signal, onEvent, onOutput: progress.line })
  progress.close()
  const tuning = makeTuning(run, told)
  if (format === 'json') terminal.printDocument(renderTuningJson(tuning))
  else terminal.print(renderTuning(tuning, terminal))
  if (out !== undefined) await writeWholeFile(out, renderTuningJson(tuning))
  // What went wrong in this program is told once what it knew is safe.
  if (run.bug !== undefined) throw run.bug
  return exitCodeFor(outcomeOf(tuning))
}

/** What a tuning comes to: that nothing meets the objective is its one failure, and no answer that can be stood behind is none. */
function outcomeOf({ partial, end, answer: { state } }: Tuning): Outcome {
  const hasAnswer = state === 'recommended' || state === 'likely'
  const isFailed = state === 'none'
  return weigh({ interrupted: partial, invalid: end.state === 'failed' || !(hasAnswer || isFailed), failed: isFailed })
}
