import { setImmediate as nextTurn } from 'node:timers/promises'
import { makeApplication } from './application/application.ts'
import { makeRouter } from './application/router.ts'
import { makeCertificates } from './certificates.ts'
import { type Control, openControl } from './control.ts'
import type { FixtureLink, FixtureServer, FixtureUrls } from './fixture-server.ts'
import type { LedgerSnapshot, ListenerName } from './ledger-snapshot.ts'
import { type LinkOptions, readLinkOptions } from './link/link-options.ts'
import { Links } from './link/links.ts'
import { type Listener, openListener } from './listener.ts'
import { type FixtureOptions, isLoopback, type ResolvedFixtureOptions, resolveFixtureOptions } from './options.ts'
import { routeTable } from './routes/route-table.ts'
import { makeServerState } from './server-state.ts'

// How long replies that are under way may take once the server has been asked to close.
const drainMs = 2_000

interface Parts {
  readonly options: ResolvedFixtureOptions
  readonly ca: string
  readonly listeners: Readonly<Record<ListenerName, Listener>>
}

/** Starts the fixture server; every port is open when the promise resolves. */
export async function startFixtureServer(options: FixtureOptions = {}): Promise<FixtureServer> {
  const resolved = resolveFixtureOptions(options)
  const { ca, leaf } = await makeCertificates()
  const state = makeServerState(resolved)
  const router = makeRouter(routeTable)
  const parts = { state, router, application: makeApplication({ state, router }) }
  const opened: { close(drainMs: number): Promise<void> }[] = []
  try {
    const http = await openListener(parts, { port: resolved.ports.http })
    opened.push(http)
    const https = await openListener(parts, { port: resolved.ports.https, credentials: leaf })
    opened.push(https)
    const server = new Server({ options: resolved, ca, listeners: { http, https } })
    await server.openControl()
    return server
  } catch (error) {
    await Promise.all(opened.map((listener) => listener.close(0)))
    throw error
  }
}

class Server implements FixtureServer {
  readonly ca: string
  readonly warnings: readonly string[]
  readonly closed: Promise<void>
  readonly #options: ResolvedFixtureOptions
  readonly #listeners: Readonly<Record<ListenerName, Listener>>
  readonly #links = new Links()
  readonly #closing = Promise.withResolvers<void>()
  #control: Control | undefined
  #isClosing = false

  constructor({ options, ca, listeners }: Parts) {
    this.#options = options
    this.#listeners = listeners
    this.ca = ca
    this.closed = this.#closing.promise
    this.warnings = isLoopback(options.host) ? [] : [`Bound to ${options.host}: other machines can reach this server`]
  }

  get urls(): FixtureUrls {
    return {
      http: this.#url('http', this.#listeners.http.port),
      https: this.#url('https', this.#listeners.https.port),
      control: this.#url('http', this.#control?.port ?? 0),
    }
  }

  async openControl(): Promise<void> {
    this.#control = await openControl(this, { host: this.#options.host, port: this.#options.ports.control })
  }

  async openLink(options: LinkOptions): Promise<FixtureLink> {
    const { listener, ...shape } = readLinkOptions(options)
    const target = { host: this.#options.host, targetPort: this.#listeners[listener].port }
    const { id, port } = await this.#links.open(target, shape)
    return { id, url: this.#url(listener, port), close: async () => void (await this.closeLink(id)) }
  }

  closeLink(id: number): Promise<boolean> {
    return this.#links.close(id)
  }

  ledger(): LedgerSnapshot {
    const { http, https } = this.#listeners
    return { schemaVersion: 1, listeners: { http: http.ledger.snapshot(), https: https.ledger.snapshot() } }
  }

  resetLedger(): void {
    this.#listeners.http.ledger.reset()
    this.#listeners.https.ledger.reset()
  }

  async settle(): Promise<void> {
    // One turn for what the kernel had queued, one for what that turn started (a TLS handshake ends in the second).
    for (let turn = 0; turn < 3; turn++) await nextTurn()
  }

  close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true
      this.#closeAll().then(this.#closing.resolve, this.#closing.reject)
    }
    return this.closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #closeAll(): Promise<void> {
    const { http, https } = this.#listeners
    await Promise.all([this.#control?.close(), http.close(drainMs), https.close(drainMs)])
    await this.#links.end()
  }

  #url(scheme: string, port: number): string {
    return `${scheme}://${urlHost(this.#options.host)}:${port}`
  }
}

// "Every address" is no address to connect to, and an IPv6 address stands in brackets.
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
