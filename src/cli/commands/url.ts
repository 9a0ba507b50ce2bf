import { type Command, Option } from 'commander'
import { UsageError } from '../../bench-error.ts'
import { type ExitCode, exitCodeOf } from '../../document/exit-code.ts'
import { resolveCaps } from '../../plan/load-caps.ts'
import { renderUrlText } from '../../report/url-text.ts'
import type { OptionName, Options } from '../../scenario/options.ts'
import { readInteger } from '../../scenario/read-values.ts'
import { placesOf } from '../../store/event-log.ts'
import { planReports, type ReportsAsked } from '../../store/plan-reports.ts'
import { checkReports } from '../../store/reports.ts'
import type { CommandContext, ProgramContext } from '../command-context.ts'
import { deliverReports } from '../deliver-reports.ts'
import { type MeasureRequest, measure } from '../measure.ts'
import { addFlags, checkFlags, flagNamed, parse } from '../option-flags.ts'
import { readBody, readMethod, readUrl } from '../read-url.ts'
import { reportFlag, reportHelp } from '../report-flags.ts'
import { openUrlScenario, type UrlLoad } from '../url-scenario.ts'

interface UrlRequest extends Omit<MeasureRequest, 'names'>, Pick<ReportsAsked, 'reports'>, Pick<UrlLoad, 'client'> {
  readonly url: URL
  readonly method?: string
  readonly body?: Buffer
  /** `--concurrency`, which beside a rate is how many connections are kept. */
  readonly connections?: number
  readonly json?: boolean
}

const defaults = { connections: 10, durationMs: 8_000, warmUpMs: 500, client: 'raw' as const }
const mostConnections = 10_000

/** Those of the table that a URL has a use for. */
const optionsOfUrl = [
  ...(['durationMs', 'arrivalRate', 'arrivals', 'maxInFlight', 'warmUpMs'] as const),
  ...(['headers', 'ca', 'insecure', 'allowedHosts', 'maxRate', 'maxConnections', 'abortOn'] as const),
  ...(['processes', 'seed'] as const),
] satisfies OptionName[]

/** Adds what a URL alone stands for: that URL measured, with a connection for each request and with kept ones. */
export function addUrl(program: Command, context: ProgramContext): void {
  const command = program
    .command('url')
    .description('measure one URL, with a connection for each request and with kept ones: what sessionbench URL does')
    .argument('<url>', 'what to ask for: http://localhost:3000/')
    .addOption(connectionsFlag())
  addFlags(command, optionsOfUrl, {
    durationMs: { flag: '-d, --duration <time>', help: 'measure for so long in all', fallback: defaults.durationMs },
    arrivalRate: { flag: '-r, --rate <n>' },
    warmUpMs: { unset: undefined, fallback: defaults.warmUpMs },
    headers: { flag: '-H, --header <header>', help: "a header, as 'Name: value' (may be repeated; never printed)" },
    insecure: { flag: '-k, --insecure' },
  })
    .option('-m, --method <method>', 'the method (default: GET, with a body POST)', parse(readMethod))
    .option('-b, --body <text>', 'a body, as text or as @file', parse(readBody))
    .addOption(
      new Option('--client <client>', "what sends: bare sockets (raw), or sessionbench's Session and stateless calls")
        .choices(['raw', 'session'])
        .default(defaults.client),
    )
    .option('--json', 'print the results as JSON')
    .option('--out <file>', 'also write the results, as JSON, to this file, and each event, as it happens, beside it')
    .addOption(reportFlag())
    .addHelpText('after', reportHelp)
    // Options that need a target have one.
    .setOptionValue('externalOrigin', 'http://localhost')
    .action(async (url: string, flags: Omit<UrlRequest, 'url'>) => {
      // Read here: commander would repeat what is wrong with it, a password too.
      context.exit(await measureUrl({ ...flags, url: readUrl(url) }, context))
    })
}

/** Of another name than the option of the table, which does not go with a rate. */
function connectionsFlag(): Option {
  const usual = `default: ${defaults.connections}, with --rate enough for answers that take half a second`
  const help = `requests under way at any time, each on a connection of its own; with --rate, connections that are kept (${usual})`
  return flagNamed('connections', '-c, --concurrency <n>', help).argParser(
    parse((text) => readInteger(text, 1, mostConnections)),
  )
}

async function measureUrl(
  { url, method, body, json = false, client, connections: given, reports, ...asked }: UrlRequest,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context
  const options = { ...asked, externalOrigin: url.origin, isolation: 'shared' as const }
  checkFlags(options)
  const connections = given ?? usualConnections(options)
  checkConnections(connections, options)
  const plan = planReports({ reports, format: json ? 'json' : undefined }, terminal)
  const { printed } = plan
  if (printed !== 'table' && printed !== 'json') {
    throw new UsageError(`${printed}=- is not printed of one URL: give it a file`)
  }
  await checkReports(plan.written, placesOf(asked.out))
  const load = { url, client, connections, body, method: method ?? (body === undefined ? 'GET' : 'POST') }
  using scenario = await openUrlScenario(load)
  const { results, saveError } = await measure({ ...options, names: [scenario.path] }, context)
  await deliverReports(results, plan, terminal, (all) => renderUrlText(all, { ...terminal, ...load }))
  if (saveError !== undefined) throw saveError
  return exitCodeOf(results, { inconclusive: 'warn', suspect: 'warn' })
}

/** An answer that takes longer than this keeps a request waiting for a connection, at a rate. */
const usualAnswerS = 0.5

function usualConnections({ arrivalRate, maxInFlight = mostConnections, ...options }: Options): number {
  const { maxConnections = mostConnections } = resolveCaps(options)
  const wanted = arrivalRate === undefined ? 0 : Math.ceil(arrivalRate * usualAnswerS)
  return Math.min(Math.max(wanted, defaults.connections), maxInFlight, maxConnections, mostConnections)
}

/** Throws UsageError where a process would have none, or the target would get more than it may. */
function checkConnections(connections: number, options: Options): void {
  const { processes = 1, arrivalRate } = options
  if (processes > connections) {
    throw new UsageError(
      `expected at most one process for each connection, got ${processes} processes for --concurrency ${connections}`,
    )
  }
  const { maxConnections = connections, maxRate } = resolveCaps(options)
  if (connections > maxConnections) {
    throw new UsageError(
      `--concurrency ${connections} is above the cap of ${maxConnections} connections: lower it, or raise --max-connections`,
    )
  }
  if (maxRate !== undefined && arrivalRate === undefined) {
    throw new UsageError(
      `a target that gets at most ${maxRate} per second is not asked as fast as it answers: say --rate, as --rate ${maxRate}`,
    )
  }
}
