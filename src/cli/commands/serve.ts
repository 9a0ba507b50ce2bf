import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import {
  FixtureError,
  type FixtureOptions,
  type FixtureServer,
  startFixtureServer,
} from '../../../fixtures-server/index.ts'
import { controlTokenVariable, fixtureDefaults } from '../../../fixtures-server/options.ts'
import { settleCollector } from '../../../fixtures-server/settle-collector.ts'
import { UsageError } from '../../bench-error.ts'
import { readDuration, readInteger, readRtts } from '../../scenario/read-values.ts'
import { writeWholeFile } from '../../store/write-file.ts'
import type { CommandContext } from '../command-context.ts'
import { flagNamed, parse } from '../option-flags.ts'

interface ServeRequest extends FixtureOptions {
  readonly port?: number
  readonly httpsPort?: number
  readonly controlPort?: number
  /** Adds a listener behind a link of this round-trip time, for http and https each. */
  readonly rttsMs?: readonly number[]
  /** Where to write the certificate authority, PEM. @default a folder of its own that goes when the server does */
  readonly caFile?: string
  readonly format: 'text' | 'json'
}

/** Adds `serve`: the fixture server alone. */
export function addServe(program: Command, context: CommandContext): void {
  const port = parse((text) => readInteger(text, 0, 65_535))
  program
    .command('serve')
    .description('run the bundled fixture server alone and print its addresses, until Ctrl-C')
    .option('--port <n>', 'port of the http listener (default: one that is free)', port)
    .option('--https-port <n>', 'port of the https listener (default: one that is free)', port)
    .option('--control-port <n>', 'port of the control listener: ledger, links (default: one that is free)', port)
    .option('--host <address>', `address to bind (default: ${fixtureDefaults.host})`)
    .addOption(
      new Option(
        '--control-token <secret>',
        'what requests to the control listener must bring: "Authorization: Bearer"',
      ).env(controlTokenVariable),
    )
    .addOption(
      flagNamed(
        'rttsMs',
        '--rtt <list>',
        "also listen behind links with these round-trip times in ms: '20,100'",
      ).argParser(parse(readRtts)),
    )
    .option(
      '--seed <n>',
      `seed of everything random (default: ${fixtureDefaults.seed})`,
      parse((text) => readInteger(text, 0, 2 ** 32 - 1)),
    )
    .option(
      '--workers <n>',
      `threads that serve, with one ledger (default: ${fixtureDefaults.workers})`,
      parse((text) => readInteger(text, 1, 64)),
    )
    .addOption(
      flagNamed(
        'idleTimeoutMs',
        '--idle-timeout <time>',
        `how long a kept connection may be idle (default: ${fixtureDefaults.idleTimeoutMs / 1_000}s)`,
      ).argParser(parse(readDuration)),
    )
    .option('--no-session-tickets', 'give TLS clients nothing to resume a session with')
    .option('--ca-file <file>', 'where to write the CA of the TLS listeners, as PEM (default: a temporary file)')
    .addOption(new Option('--format <format>', 'how to print the addresses').choices(['text', 'json']).default('text'))
    .action((flags: ServeRequest) => serve(flags, context))
}

/** Runs the fixture server alone, prints where it listens, and stops it when the signal aborts. */
async function serve(
  { port, httpsPort, controlPort, rttsMs = [], caFile: givenFile, format, ...options }: ServeRequest,
  { terminal, signal }: CommandContext,
): Promise<void> {
  settleCollector()
  const server = await start({ ...options, ports: { http: port, https: httpsPort, control: controlPort } })
  const folder = givenFile === undefined ? await mkdtemp(join(tmpdir(), 'sessionbench-')) : undefined
  try {
    const caFile = resolve(givenFile ?? join(folder as string, 'ca.pem'))
    await writeWholeFile(caFile, server.ca)
    for (const warning of server.warnings) terminal.note(`warning: ${warning}\n`)
    const addresses = await collectAddresses(server, rttsMs)
    const text = renderAddresses({ ...addresses, caFile }, format)
    if (format === 'json') terminal.printDocument(text)
    else terminal.print(text)
    // Without its addresses nobody can use it, nor knows of it.
    await terminal.flush()
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await server.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}

async function start(options: FixtureOptions): Promise<FixtureServer> {
  try {
    return await startFixtureServer(options)
  } catch (error) {
    if (error instanceof FixtureError) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

async function collectAddresses(server: FixtureServer, rttsMs: readonly number[]): Promise<Record<string, string>> {
  const { control, ...listeners } = server.urls
  const addresses: Record<string, string> = { ...listeners }
  for (const rttMs of rttsMs) {
    for (const listener of ['http', 'https'] as const) {
      addresses[`${listener}, ${rttMs} ms RTT`] = (await server.openLink({ listener, rttMs })).url
    }
  }
  return { ...addresses, control }
}

function renderAddresses(addresses: Readonly<Record<string, string>>, format: ServeRequest['format']): string {
  if (format === 'json') return `${JSON.stringify(addresses)}\n`
  const { caFile, ...urls } = addresses
  const width = Math.max(...Object.keys(urls).map((name) => name.length))
  const lines = Object.entries(urls).map(([name, url]) => `${name.padEnd(width)}  ${url}`)
  const ca = `The certificate authority of the TLS listeners: ${caFile}, or ${urls.control}/ca.pem.`
  return `${lines.join('\n')}\n${ca} Ctrl-C stops the server.\n`
}
