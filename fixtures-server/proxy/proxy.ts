import type { ProxyLedger } from './proxy-ledger.ts'

/** User and password of the proxies that ask for them. */
export interface ProxyCredentials {
  readonly user: string
  readonly password: string
}

/** What every proxy needs. */
export interface ProxyOptions {
  readonly host: string
  readonly port: number
  /** How long the head of a request may take. */
  readonly headTimeoutMs: number
  /** Asked for when given. */
  readonly credentials?: ProxyCredentials | undefined
  /** The address that one of the server's own listeners or links has this port of. */
  addressOf(port: number): string | undefined
}

/** A running proxy. */
export interface RunningProxy {
  readonly port: number
  readonly ledger: ProxyLedger
  close(): Promise<void>
}
