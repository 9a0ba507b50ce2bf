import { type Command, Option } from 'commander'
import { UsageError } from '../../bench-error.ts'
import { type ExitCode, exitCodeOf } from '../../document/exit-code.ts'
import { renderJson } from '../../document/json.ts'
import { renderUrlText } from '../../report/url-text.ts'
import type { OptionName } from '../../scenario/options.ts'
import { placesOf } from '../../store/event-log.ts'
import { planReports, type ReportsAsked } from '../../store/plan-reports.ts'
import { checkReports, writeReport } from '../../store/reports.ts'
import type { CommandContext, ProgramContext } from '../command-context.ts'
import { type MeasureRequest, measure } from '../measure.ts'
import { addFlags, checkFlags, parse } from '../option-flags.ts'
import { readBody, readMethod, readUrl } from '../read-url.ts'
import { reportFlag, reportHelp } from '../report-flags.ts'
import { openUrlScenario, type UrlLoad } from '../url-scenario.ts'

interface UrlRequest
  extends Omit<MeasureRequest, 'names' | 'concurrency'>,
    Pick<ReportsAsked, 'reports'>,
    Pick<UrlLoad, 'client'> {
  readonly concurrency?: number
  readonly url: URL
  readonly method?: string
  readonly body?: string
  readonly json?: boolean
}

const defaults = { concurrency: 10, durationMs: 8_000, warmUpMs: 500, client: 'raw' as const }

/** Those of the table that a URL has a use for. */
const optionsOfUrl = [
  ...(['concurrency', 'durationMs', 'arrivalRate', 'arrivals', 'maxInFlight', 'warmUpMs'] as const),
  ...(['headers', 'ca', 'insecure', 'allowedHosts', 'maxRate', 'maxConnections', 'abortOn'] as const),
  ...(['processes', 'seed'] as const),
] satisfies OptionName[]

/** Adds what a URL alone stands for: that URL measured, with a connection for each request and with kept ones. */
export function addUrl(program: Command, context: ProgramContext): void {
  const command = program
    .command('url')
    .description(
      'measure one URL, with a connection for each request and with kept ones (sessionbench URL is the same)',
    )
    .argument('<url>', 'what to ask for: http://localhost:3000/', parse(readUrl))
  addFlags(command, optionsOfUrl, {
    concurrency: {
      flag: '-c, --concurrency <n>',
      help: 'connections, each with one request under way',
      unset: '{default}',
    },
    durationMs: { flag: '-d, --duration <time>', help: 'measure for so long in all', fallback: defaults.durationMs },
    arrivalRate: { flag: '-r, --rate <n>' },
    warmUpMs: { unset: undefined, fallback: defaults.warmUpMs },
    headers: { flag: '-H, --header <header>', help: "a header, as 'Name: value' (may be repeated; never printed)" },
    insecure: { flag: '-k, --insecure' },
  })
    .option('-m, --method <method>', 'the method (default: GET, with a body POST)', parse(readMethod))
    .option('-b, --body <text>', 'a body, as text or as @file', parse(readBody))
    .addOption(
      new Option(
        '--client <client>',
        'what sends: bare sockets (raw), or this package’s Session and its stateless calls',
      )
        .choices(['raw', 'session'])
        .default(defaults.client),
    )
    .option('--json', 'print the results as JSON')
    .option('--out <file>', 'also write the results, as JSON, to this file, and each event, as it happens, beside it')
    .addOption(reportFlag())
    .addHelpText('after', reportHelp)
    // Options that need a target have one.
    .setOptionValue('externalOrigin', 'http://localhost')
    .action(async (url: URL, flags: Omit<UrlRequest, 'url'>) => {
      context.exit(await measureUrl({ ...flags, url }, context))
    })
}

async function measureUrl(
  { url, method, body, json = false, client, concurrency = defaults.concurrency, reports, ...asked }: UrlRequest,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context
  checkFlags({ ...asked, externalOrigin: url.origin })
  const plan = planReports({ reports, format: json ? 'json' : undefined }, terminal)
  const { printed } = plan
  if (printed !== 'table' && printed !== 'json') {
    throw new UsageError(`${printed}=- is not printed of one URL: give it a file`)
  }
  await checkReports(plan.written, placesOf(asked.out))
  const load = { url, client, concurrency, body, method: method ?? (body === undefined ? 'GET' : 'POST') }
  await using scenario = await openUrlScenario(load)
  const request = { ...asked, externalOrigin: url.origin, isolation: 'shared' as const, names: [scenario.path] }
  const { results, saveError } = await measure(request, context)
  for (const report of plan.written) await writeReport(report, results)
  if (printed === 'table') terminal.print(renderUrlText(results, { ...terminal, ...load }))
  else terminal.printDocument(renderJson(results))
  if (saveError !== undefined) throw saveError
  return exitCodeOf(results, { inconclusive: 'warn', suspect: 'warn' })
}
