import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Certificates, type Credentials, makeCertificates } from './certificates.ts'
import { type Control, openControl } from './control.ts'
import { type FaultPlan, readFaultPlan } from './faults.ts'
import type { FixtureLink, FixtureServer, FixtureUrls } from './fixture-server.ts'
import { type LedgerSnapshot, type ListenerName, listenerNames, type ProxyName, proxyNames } from './ledger-snapshot.ts'
import { type LinkOptions, readLinkOptions } from './link/link-options.ts'
import { Links } from './link/links.ts'
import { closeListeners, type Listeners, openListeners } from './open-listeners.ts'
import { type FixtureOptions, isLoopback, type ResolvedFixtureOptions, resolveFixtureOptions } from './options.ts'
import { closeProxies, openProxies, type Proxies, proxyCredentials } from './proxy/open-proxies.ts'
import type { LoggedRequest } from './request-log.ts'
import { makeServerState, type ServerState } from './server-state.ts'

// How long replies that are under way may take once the server has been asked to close.
const drainMs = 2_000

interface Parts {
  readonly certificates: Certificates
  readonly listeners: Listeners
  readonly links: Links
  readonly proxies: Proxies
  readonly state: ServerState
}

/** Starts the fixture server; every port is open when the promise resolves. */
export async function startFixtureServer(options: FixtureOptions = {}): Promise<FixtureServer> {
  const resolved = resolveFixtureOptions(options)
  const certificates = await makeCertificates()
  const state = makeServerState(resolved)
  const listeners = await openListeners(state, certificates)
  const links = new Links()
  const own = new Set(Object.values(listeners).map(({ port }) => port))
  let proxies: Proxies | undefined
  try {
    proxies = await openProxies(resolved, (port) => own.has(port) || links.hasPort(port))
    const server = new Server({ certificates, listeners, links, proxies, state })
    await server.openControl()
    return server
  } catch (error) {
    await Promise.all([closeListeners(Object.values(listeners), 0), closeProxies(Object.values(proxies ?? {}))])
    throw error
  }
}

class Server implements FixtureServer {
  readonly ca: string
  readonly clientCredentials: Credentials
  readonly proxyCredentials = proxyCredentials
  readonly warnings: readonly string[]
  readonly closed: Promise<void>
  readonly #options: ResolvedFixtureOptions
  readonly #listeners: Listeners
  readonly #state: ServerState
  readonly #links: Links
  readonly #proxies: Proxies
  readonly #closing = Promise.withResolvers<void>()
  #control: Control | undefined
  #isClosing = false

  constructor({ certificates, listeners, links, proxies, state }: Parts) {
    const { options } = state
    this.#options = options
    this.#links = links
    this.#proxies = proxies
    this.#listeners = listeners
    this.#state = state
    this.ca = certificates.ca
    this.clientCredentials = certificates.client
    this.closed = this.#closing.promise
    this.warnings = isLoopback(options.host) ? [] : [`Bound to ${options.host}: other machines can reach this server`]
  }

  get urls(): FixtureUrls {
    const urls = listenerNames.map((name) => [name, this.#url(schemeOf(name), this.#listeners[name].port)])
    const proxies = proxyNames.map((name) => [name, this.#url(proxyScheme(name), this.#proxies[name].port)])
    const control = this.#url('http', this.#control?.port ?? 0)
    return { ...Object.fromEntries([...urls, ...proxies]), control }
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
    const proxies = proxyNames.map((name) => [name, this.#proxies[name].ledger.snapshot()])
    return { schemaVersion: 1, listeners: Object.fromEntries(counts), proxies: Object.fromEntries(proxies) }
  }

  resetLedger(): void {
    for (const name of listenerNames) this.#listeners[name].ledger.reset()
    for (const name of proxyNames) this.#proxies[name].ledger.reset()
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
    const listeners = Object.values(this.#listeners)
    await Promise.all([
      this.#control?.close(),
      closeListeners(listeners, drainMs),
      closeProxies(Object.values(this.#proxies)),
    ])
    await this.#links.end()
  }

  #url(scheme: string, port: number): string {
    return `${scheme}://${urlHost(this.#options.host)}:${port}`
  }
}

function schemeOf(name: ListenerName): 'http' | 'https' {
  return name === 'http' ? 'http' : 'https'
}

function proxyScheme(name: ProxyName): 'http' | 'socks5' {
  return name.startsWith('socks') ? 'socks5' : 'http'
}

// "Every address" is no address to connect to, and an IPv6 address stands in brackets.
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
