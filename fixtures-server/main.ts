import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { FixtureError } from './fixture-error.ts'
import type { FixtureServer } from './fixture-server.ts'
import { controlTokenVariable, type FixtureOptions } from './options.ts'
import { settleCollector } from './settle-collector.ts'
import { startFixtureServer } from './start-fixture-server.ts'

/** What the process tells a parent that started it with `fork`. */
export type FixtureMessage =
  | {
      readonly kind: 'ready'
      readonly urls: FixtureServer['urls']
      readonly ca: string
      readonly proxyCredentials: FixtureServer['proxyCredentials']
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'failed'; readonly message: string }

const usage = `usage: main.ts [OPTIONS AS JSON] [--host HOST] [--http PORT] [--https PORT] [--control PORT] [--seed N] [--workers N] [--control-token SECRET, or ${controlTokenVariable} in the environment]`

const text = { type: 'string' } as const

settleCollector()
await main()

async function main(): Promise<void> {
  try {
    const server = await startFixtureServer(readArguments(process.argv.slice(2)))
    stopWith(server)
    announce(server)
    await server.closed
    process.exit(0)
  } catch (error) {
    await fail(error as Error)
  }
}

function readArguments(args: string[]): FixtureOptions {
  const numeric = { http: text, https: text, control: text, seed: text, workers: text }
  const options = { ...numeric, host: text, 'control-token': text }
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
  const given = positionals[0] === undefined ? {} : (JSON.parse(positionals[0]) as FixtureOptions)
  const { host, seed, workers, 'control-token': tokenGiven, ...ports } = values
  const controlToken = tokenGiven ?? takeControlToken()
  return {
    ...given,
    ...(host !== undefined && { host }),
    ...(controlToken !== undefined && { controlToken }),
    ...numbersOf({ seed, workers }),
    ports: { ...given.ports, ...numbersOf(ports) },
  }
}

// Out of the environment at once: whatever is started from here has no business with it.
function takeControlToken(): string | undefined {
  const token = process.env[controlTokenVariable]
  delete process.env[controlTokenVariable]
  return token
}

function numbersOf(texts: Record<string, string | undefined>): Record<string, number> {
  const given = Object.entries(texts).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [name, Number(value)]))
}

function stopWith(server: FixtureServer): void {
  const stop = () => void server.close()
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // The parent has ended, however it ended: nobody is left to measure.
  process.on('disconnect', stop)
}

function announce({ urls, ca, proxyCredentials, warnings }: FixtureServer): void {
  const message: FixtureMessage = { kind: 'ready', urls, ca, proxyCredentials, warnings }
  if (process.send) return void process.send(message)
  for (const warning of warnings) console.error(`warning: ${warning}`)
  for (const [name, url] of Object.entries(urls)) console.log(`${name.padEnd(18)} ${url}`)
  console.log(`${'CA certificate'.padEnd(18)} ${writeCa(ca)}`)
}

// For clients that take a CA as a file, such as curl --cacert; it goes when the server does.
function writeCa(ca: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sessionbench-')), 'ca.pem')
  writeFileSync(path, ca)
  process.once('exit', () => rmSync(dirname(path), { recursive: true, force: true }))
  return path
}

async function fail(error: Error): Promise<void> {
  const usable = error instanceof FixtureError || error instanceof SyntaxError || error instanceof TypeError
  const message = usable ? error.message : (error.stack ?? error.message)
  if (process.send) {
    await new Promise<void>((resolve) =>
      process.send?.({ kind: 'failed', message } satisfies FixtureMessage, () => resolve()),
    )
  } else {
    console.error(`fixture server: ${message}`)
    if (!(error instanceof FixtureError)) console.error(usage)
  }
  process.exit(usable ? 2 : 70)
}
