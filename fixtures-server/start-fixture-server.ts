import { isIPv6 } from 'node:net'
import { readActivity, type ServerActivity } from './activity.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { type Control, openControl } from './control.ts'
import { type FaultPlan, readFaultPlan } from './faults.ts'
import type { FixtureLink, FixtureServer, FixtureUrls } from './fixture-server.ts'
import { isLoopback } from './is-loopback.ts'
import type { Credentials } from './issue-certificate.ts'
import {
  type LedgerSnapshot,
  type ListenerName,
  listenerNames,
  type ProxyName,
  proxyNames,
  sumCounts,
  sumRecords,
} from './ledger-snapshot.ts'
import type { Lateness } from './link/lateness.ts'
import { type LinkOptions, readLinkOptions, readRttMs } from './link/link-options.ts'
import { Links } from './link/links.ts'
import { type Bound, ensureFree } from './listen.ts'
import { type FixtureOptions, type ResolvedFixtureOptions, resolveFixtureOptions } from './options.ts'
import { closeProxies, openProxies, type Proxies, proxyCredentials } from './proxy/open-proxies.ts'
import { connectableAddress } from './proxy/own-target.ts'
import type { LoggedRequest } from './request-log.ts'
import { Serving, type ServingMemory } from './serving.ts'
import { settle } from './settle.ts'
import { ServingThread } from './workers/serving-thread.ts'

// How long replies that are under way may take once the server has been asked to close.
const drainMs = 2_000

interface Parts {
  readonly options: ResolvedFixtureOptions
  readonly certificates: Certificates
  readonly serving: Serving
  readonly threads: readonly ServingThread[]
  readonly links: Links
  readonly proxies: Proxies
}

/** Starts the fixture server; every port is open when the promise resolves. */
export async function startFixtureServer(options: FixtureOptions = {}): Promise<FixtureServer> {
  const resolved = resolveFixtureOptions(options)
  const certificates = await makeCertificates()
  if (resolved.workers > 1) for (const name of listenerNames) await ensureFree(resolved.host, resolved.ports[name])
  const serving = await Serving.open(resolved, certificates)
  const opened: { close(drainMs: number): Promise<void> }[] = [serving]
  try {
    const ports = { ...resolved.ports, ...serving.ports }
    const threads: ServingThread[] = []
    while (threads.length < resolved.workers - 1) {
      const thread = await ServingThread.start({ ...resolved, ports }, certificates)
      threads.push(thread)
      opened.push(thread)
    }
    const links = new Links()
    const addressOf = (port: number) => [...serving.bounds, ...links.bounds].find((own) => own.port === port)?.address
    const proxies = await openProxies(resolved, addressOf)
    opened.push({ close: () => closeProxies(Object.values(proxies)) })
    const server = new Server({ options: resolved, certificates, serving, threads, links, proxies })
    await server.openControl()
    return server
  } catch (error) {
    await Promise.all(opened.map((each) => each.close(0)))
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
  readonly #serving: Serving
  readonly #threads: readonly ServingThread[]
  readonly #links: Links
  readonly #proxies: Proxies
  readonly #closing = Promise.withResolvers<void>()
  #control: Control | undefined
  #isClosing = false

  constructor({ options, certificates, serving, threads, links, proxies }: Parts) {
    this.#options = options
    this.#links = links
    this.#proxies = proxies
    this.#serving = serving
    this.#threads = threads
    this.ca = certificates.ca
    this.clientCredentials = certificates.client
    this.closed = this.#closing.promise
    this.warnings = isLoopback(options.host) ? [] : [`Bound to ${options.host}: other machines can reach this server`]
  }

  get urls(): FixtureUrls {
    const { ports } = this.#serving
    const urls = listenerNames.map((name) => [name, this.#url(schemeOf(name), ports[name])])
    const proxies = proxyNames.map((name) => [name, this.#url(proxyScheme(name), this.#proxies[name].port)])
    const control = `http://${urlHost(controlHost(this.#options.host))}:${this.#control?.port ?? 0}`
    return { ...Object.fromEntries([...urls, ...proxies]), control }
  }

  async openControl(): Promise<void> {
    const options = this.#options
    this.#control = await openControl(this, { host: controlHost(options.host), port: options.ports.control, options })
  }

  async openLink(options: LinkOptions): Promise<FixtureLink> {
    const { listener, ...shape } = readLinkOptions(options)
    const { address, port: targetPort } = this.#serving.bounds[listenerNames.indexOf(listener)] as Bound
    const target = { address: connectableAddress(address), port: targetPort }
    const { id, port } = await this.#links.open({ host: this.#options.host, target }, shape)
    return { id, url: this.#url(schemeOf(listener), port), close: async () => void (await this.closeLink(id)) }
  }

  setLinkRtt(id: number, rttMs: number): Promise<boolean> {
    return this.#links.setRttMs(id, readRttMs(rttMs))
  }

  linkLateness(id: number): Promise<Lateness | undefined> {
    return this.#links.readLateness(id)
  }

  closeLink(id: number): Promise<boolean> {
    return this.#links.close(id)
  }

  ledger(): LedgerSnapshot {
    const all = [this.#serving.counts(), ...this.#threads.map((thread) => thread.ask({ kind: 'counts' }))]
    const counts = listenerNames.map((name) => [name, sumCounts(all.map((each) => each[name]))])
    const proxies = proxyNames.map((name) => [name, this.#proxies[name].ledger.snapshot()])
    return { schemaVersion: 1, listeners: Object.fromEntries(counts), proxies: Object.fromEntries(proxies) }
  }

  activity(): ServerActivity {
    const threads = this.#threads.map(({ performance }) => performance)
    return readActivity(threads, this.#links.performance)
  }

  resetLedger(): void {
    this.#serving.reset()
    for (const thread of this.#threads) thread.ask({ kind: 'reset' })
    for (const name of proxyNames) this.#proxies[name].ledger.reset()
  }

  requestLog(): LoggedRequest[] {
    return this.#memories().flatMap(({ log }) => log)
  }

  attempts(): Record<string, number> {
    return sumRecords(...this.#memories().map(({ attempts }) => attempts))
  }

  get faults(): FaultPlan | undefined {
    return this.#serving.faults
  }

  setFaults(plan?: FaultPlan): void {
    const read = plan === undefined ? undefined : readFaultPlan(plan)
    this.#serving.setFaults(read)
    for (const thread of this.#threads) thread.ask({ kind: 'faults', plan: read })
  }

  async settle(): Promise<void> {
    await Promise.all([settle(), ...this.#threads.map((thread) => thread.settle())])
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
    const serving = [this.#serving, ...this.#threads].map((each) => each.close(drainMs))
    await Promise.all([this.#control?.close(), ...serving, closeProxies(Object.values(this.#proxies))])
    await this.#links.end()
  }

  #memories(): readonly ServingMemory[] {
    return [this.#serving.memory(), ...this.#threads.map((thread) => thread.ask({ kind: 'memory' }))]
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

// Whoever the other listeners are for, control is for this machine.
function controlHost(host: string): string {
  if (isLoopback(host)) return host
  return isIPv6(host) ? '::1' : '127.0.0.1'
}

function urlHost(host: string): string {
  const address = connectableAddress(host)
  return isIPv6(address) ? `[${address}]` : address
}
