import type { LookupFunction } from 'node:net'
import { isIPv6 } from 'node:net'
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
  /** Asked for when given. */
  readonly credentials?: ProxyCredentials | undefined
  /** Whether a port of this machine is one of the server's own listeners or links. */
  isOwnPort(port: number): boolean
}

/** A running proxy. */
export interface RunningProxy {
  readonly port: number
  readonly ledger: ProxyLedger
  close(): Promise<void>
}

/** Whether a target is one of this server's own listeners; nothing else is ever connected to. */
export function isOwnTarget({ host, isOwnPort }: ProxyOptions, target: { host: string; port: number }): boolean {
  const name = target.host.replace(/^\[|\]$/g, '').toLowerCase()
  return ['localhost', '127.0.0.1', '::1', host.toLowerCase()].includes(name) && isOwnPort(target.port)
}

/** The address that every target of a proxy has. */
export function ownAddress(host: string): string {
  if (host === '0.0.0.0' || host === 'localhost') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

/** Resolves every name to the server's own address: no name service is asked, no other host reached. */
export function ownLookup(host: string): LookupFunction {
  const address = ownAddress(host)
  const family = isIPv6(address) ? 6 : 4
  return (_name, options, callback) => {
    if (options.all) callback(null, [{ address, family }])
    else callback(null, address, family)
  }
}
