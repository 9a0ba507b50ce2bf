import { createServer } from 'node:net'
import { onTestFinished } from 'vitest'
import { type FixtureOptions, type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'

/** A fixture server for as long as the test runs. */
export async function startFixture(options: FixtureOptions = {}): Promise<FixtureServer> {
  const server = await startFixtureServer(options)
  onTestFinished(() => server.close())
  return server
}

/** A server that does with each of its connections what it is told to, as long as the test runs; returns its origin. */
export async function listen(onConnection: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(onConnection)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}
