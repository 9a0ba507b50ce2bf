import { writeFile } from 'node:fs/promises'
import {
  FixtureError,
  type FixtureOptions,
  type FixtureServer,
  startFixtureServer,
} from '../../../fixtures-server/index.ts'
import { UsageError } from '../../bench-error.ts'
import type { Terminal } from '../terminal.ts'

export interface ServeCommandOptions {
  readonly server: FixtureOptions
  /** Adds a listener behind a link of this round-trip time, for http and https each. */
  readonly rttsMs: readonly number[]
  /** Where to write the certificate authority, PEM. */
  readonly caFile?: string | undefined
  readonly format: 'text' | 'json'
}

/** Runs the fixture server alone, prints where it listens, and stops it when the signal aborts. */
export async function serveCommand(
  options: ServeCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const server = await start(options.server)
  try {
    if (options.caFile !== undefined) await writeCa(options.caFile, server.ca)
    for (const warning of server.warnings) terminal.note(`warning: ${warning}\n`)
    terminal.print(renderAddresses(await collectAddresses(server, options.rttsMs), options.format))
    await untilAborted(signal)
  } finally {
    await server.close()
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
  const width = Math.max(...Object.keys(addresses).map((name) => name.length))
  const lines = Object.entries(addresses).map(([name, url]) => `${name.padEnd(width)}  ${url}`)
  return `${lines.join('\n')}\nThe certificate authority of the TLS listeners: ${addresses.control}/ca.pem. Ctrl-C stops the server.\n`
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
