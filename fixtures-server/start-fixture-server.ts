import { setImmediate as nextTurn } from 'node:timers/promises'
import { makeApplication } from './application/application.ts'
import { Http2Application } from './application/http2-application.ts'
import { makeRouter } from './application/router.ts'
import { type Certificates, type Credentials, makeCertificates } from './certificates.ts'
import { type Control, openControl } from './control.ts'
import { type FaultPlan, readFaultPlan } from './faults.ts'
import type { FixtureLink, FixtureServer, FixtureUrls } from './fixture-server.ts'
import { type LedgerSnapshot, type ListenerName, listenerNames } from './ledger-snapshot.ts'
import { type LinkOptions, readLinkOptions } from './link/link-options.ts'
import { Links } from './link/links.ts'
import { type Listener, openListener, type TlsOptions } from './listener.ts'
import { type FixtureOptions, isLoopback, type ResolvedFixtureOptions, resolveFixtureOptions } from './options.ts'
import type { LoggedRequest } from './request-log.ts'
import { routeTable } from './routes/route-table.ts'
import { makeServerState, type ServerState } from './server-state.ts'

// How long replies that are under way may take once the server has been asked to close.
const drainMs = 2_000

interface Parts {
  readonly options: ResolvedFixtureOptions
  readonly certificates: Certificates
  readonly listeners: Listeners
  readonly state: ServerState
}

type Listeners = Readonly<Record<ListenerName, Listener>>

/** Starts the fixture server; every port is open when the promise resolves. */
export async function startFixtureServer(options: FixtureOptions = {}): Promise<FixtureServer> {
  const resolved = resolveFixtureOptions(options)
  const certificates = await makeCertificates()
  const state = makeServerState(resolved)
  const listeners = await openListeners(state, certificates)
  const server = new Server({ options: resolved, certificates, listeners, state })
  try {
    await server.openControl()
    return server
  } catch (error) {
    await closeListeners(Object.values(listeners), 0)
    throw error
  }
}

async function openListeners(state: ServerState, certificates: Certificates): Promise<Listeners> {
  const { options } = state
  const shared = { state, router: makeRouter(routeTable) }
  const parts = { ...shared, application: makeApplication(shared), http2: new Http2Application(shared) }
  const tls: Readonly<Record<ListenerName, TlsOptions | undefined>> = {
    http: undefined,
    https: certificates.leaf,
    expired: certificates.expired,
    wrongHost: certificates.wrongHost,
    selfSigned: certificates.selfSigned,
    clientCertificate: { ...certificates.leaf, clientCa: certificates.ca },
  }
  const opened: Partial<Record<ListenerName, Listener>> = {}
  try {
    for (const name of listenerNames)
      opened[name] = await openListener(parts, { port: options.ports[name], tls: tls[name] })
    return opened as Listeners
  } catch (error) {
    await closeListeners(Object.values(opened), 0)
    throw error
  }
}

async function closeListeners(listeners: readonly Listener[], drainMs: number): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close(drainMs)))
}

class Server implements FixtureServer {
  readonly ca: string
  readonly warnings: readonly string[]
  readonly closed: Promise<void>
  readonly #options: ResolvedFixtureOptions
  readonly clientCredentials: Credentials
  readonly #listeners: Listeners
  readonly #state: ServerState
  readonly #links = new Links()
  readonly #closing = Promise.withResolvers<void>()
  #control: Control | undefined
  #isClosing = false

  constructor({ options, certificates, listeners, state }: Parts) {
    this.#options = options
    this.#listeners = listeners
    this.#state = state
    this.ca = certificates.ca
    this.clientCredentials = certificates.client
    this.closed = this.#closing.promise
    this.warnings = isLoopback(options.host) ? [] : [`Bound to ${options.host}: other machines can reach this server`]
  }

  get urls(): FixtureUrls {
    const urls = listenerNames.map((name) => [name, this.#url(schemeOf(name), this.#listeners[name].port)])
    return { ...Object.fromEntries(urls), control: this.#url('http', this.#control?.port ?? 0) }
  }

  async openControl(): Promise<void> {
    this.#control = await openControl(this, { host: this.#options.host, port: this.#options.ports.control })
  }

  async openLink(options: LinkOptions): Promise<FixtureLink> {
    const { listener, ...shape } = readLinkOptions(options)
    const target = { host: this.#options.host, targetPort: this.#listeners[listener].port }
    const { id, port } = await this.#links.open(target, shape)
    return { id, url: this.#url(schemeOf(listener), port), close: async () => void (await this.closeLink(id)) }
  }

  closeLink(id: number): Promise<boolean> {
    return this.#links.close(id)
  }

  ledger(): LedgerSnapshot {
    const counts = listenerNames.map((name) => [name, this.#listeners[name].ledger.snapshot()])
    return { schemaVersion: 1, listeners: Object.fromEntries(counts) }
  }

  resetLedger(): void {
    for (const name of listenerNames) this.#listeners[name].ledger.reset()
    this.#state.log.reset()
    this.#state.attempts.clear()
  }

  requestLog(): LoggedRequest[] {
    return this.#state.log.snapshot()
  }

  attempts(): Record<string, number> {
    return Object.fromEntries(this.#state.attempts.entries())
  }

  get faults(): FaultPlan | undefined {
    return this.#state.faults.plan
  }

  setFaults(plan?: FaultPlan): void {
    this.#state.faults.set(plan === undefined ? undefined : readFaultPlan(plan), performance.now())
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
    await Promise.all([this.#control?.close(), closeListeners(Object.values(this.#listeners), drainMs)])
    await this.#links.end()
  }

  #url(scheme: string, port: number): string {
    return `${scheme}://${urlHost(this.#options.host)}:${port}`
  }
}

function schemeOf(name: ListenerName): 'http' | 'https' {
  return name === 'http' ? 'http' : 'https'
}

// "Every address" is no address to connect to, and an IPv6 address stands in brackets.
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
