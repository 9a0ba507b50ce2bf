import type { ServerActivity } from './activity.ts'
import type { FaultPlan } from './faults.ts'
import type { Credentials } from './issue-certificate.ts'
import type { LedgerSnapshot, ListenerName, ProxyName } from './ledger-snapshot.ts'
import type { Lateness } from './link/lateness.ts'
import type { LinkOptions } from './link/link-options.ts'
import type { ProxyCredentials } from './proxy/proxy.ts'
import type { LoggedRequest } from './request-log.ts'

/** A link in front of a listener: requests to `url` reach the listener over it. */
export interface FixtureLink {
  readonly id: number
  readonly url: string
  close(): Promise<void>
}

/** Base URLs without a trailing slash. */
export type FixtureUrls = Readonly<Record<ListenerName | ProxyName | 'control', string>>

/** A running fixture server. */
export interface FixtureServer extends AsyncDisposable {
  readonly urls: FixtureUrls
  /** PEM of the CA that signed the https listener's certificate; made at start. */
  readonly ca: string
  /** What a client shows to the listener that asks for a certificate. */
  readonly clientCredentials: Credentials
  /** What the proxies that ask for credentials want. */
  readonly proxyCredentials: ProxyCredentials
  /** What the user should know, such as that the server can be reached from other machines. */
  readonly warnings: readonly string[]
  /** Settles when the server has closed, whoever asked for it. */
  readonly closed: Promise<void>
  openLink(options: LinkOptions): Promise<FixtureLink>
  /** Gives a link another distance, from what is sent next on, with the connections over it kept; false when there is none. */
  setLinkRtt(id: number, rttMs: number): Promise<boolean>
  /** How late pieces have come out of a link since this was last asked; undefined when there is none. */
  linkLateness(id: number): Promise<Lateness | undefined>
  /** Closes a link by its id; false when there is none. */
  closeLink(id: number): Promise<boolean>
  /** Exact counts since the start or the last reset. */
  ledger(): LedgerSnapshot
  /** CPU time and event loops of the server itself, since its process started. */
  activity(): ServerActivity
  resetLedger(): void
  /** The latest requests that carried an `X-Request-Id`. */
  requestLog(): LoggedRequest[]
  /** How often each id was tried on the routes that count attempts. */
  attempts(): Record<string, number>
  /** Makes requests go wrong as the plan says, on every listener; without a plan all goes well again. */
  setFaults(plan?: FaultPlan): void
  readonly faults: FaultPlan | undefined
  /** Lets what has already arrived be dealt with, so that the ledger has counted it. */
  settle(): Promise<void>
  /** Lets replies under way finish, then frees every port and thread. */
  close(): Promise<void>
}
