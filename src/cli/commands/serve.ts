import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  FixtureError,
  type FixtureOptions,
  type FixtureServer,
  startFixtureServer,
} from '../../../fixtures-server/index.ts'
import { settleCollector } from '../../../fixtures-server/settle-collector.ts'
import { UsageError } from '../../bench-error.ts'
import type { Terminal } from '../terminal.ts'

export interface ServeCommandOptions {
  readonly server: FixtureOptions
  /** Adds a listener behind a link of this round-trip time, for http and https each. */
  readonly rttsMs: readonly number[]
  /** Where to write the certificate authority, PEM. @default a folder of its own that goes when the server does */
  readonly caFile?: string | undefined
  readonly format: 'text' | 'json'
}

/** Runs the fixture server alone, prints where it listens, and stops it when the signal aborts. */
export async function serveCommand(
  options: ServeCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  settleCollector()
  const server = await start(options.server)
  const folder = options.caFile === undefined ? await mkdtemp(join(tmpdir(), 'sessionbench-')) : undefined
  try {
    const caFile = resolve(options.caFile ?? join(folder as string, 'ca.pem'))
    await writeCa(caFile, server.ca)
    for (const warning of server.warnings) terminal.note(`warning: ${warning}\n`)
    const addresses = await collectAddresses(server, options.rttsMs)
    const text = renderAddresses({ ...addresses, caFile }, options.format)
    if (options.format === 'json') terminal.printDocument(text)
    else terminal.print(text)
    // Without its addresses nobody can use it, nor knows of it.
    await terminal.flush()
    await untilAborted(signal)
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

async function writeCa(path: string, ca: string): Promise<void> {
  await writeFile(path, ca).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot write the certificate authority to ${path} (${cause.code})`, { cause })
  })
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

function renderAddresses(addresses: Readonly<Record<string, string>>, format: ServeCommandOptions['format']): string {
  if (format === 'json') return `${JSON.stringify(addresses)}\n`
  const { caFile, ...urls } = addresses
  const width = Math.max(...Object.keys(urls).map((name) => name.length))
  const lines = Object.entries(urls).map(([name, url]) => `${name.padEnd(width)}  ${url}`)
  const ca = `The certificate authority of the TLS listeners: ${caFile}, or ${urls.control}/ca.pem.`
  return `${lines.join('\n')}\n${ca} Ctrl-C stops the server.\n`
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((settle) => signal.addEventListener('abort', () => settle(), { once: true }))
}
