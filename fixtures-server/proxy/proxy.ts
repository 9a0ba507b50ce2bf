import type { Bound } from '../listen.ts'
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

const loopbackNames = Object.freeze(['localhost', '127.0.0.1', '::1'])
const everyAddress = Object.freeze(['0.0.0.0', '::'])

/**
 * Where a proxy connects to for a target: an address and a port that this server itself has bound, or nowhere. The
 * target's name only says whether it may mean this server; no name service is asked, and a server of somebody else's
 * that has the same port on another address of this machine is not reached.
 */
export function ownTarget({ host, addressOf }: ProxyOptions, target: Bound): Bound | undefined {
  const address = addressOf(target.port)
  if (address === undefined) return undefined
  const name = target.address.replace(/^\[|\]$/g, '').toLowerCase()
  const isLocal = loopbackNames.includes(address) || everyAddress.includes(address)
  const names = isLocal ? [...loopbackNames, host.toLowerCase(), address] : [host.toLowerCase(), address]
  return names.includes(name) ? { address: connectableAddress(address), port: target.port } : undefined
}

/** "Every address" is no address to connect to. */
export function connectableAddress(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : address
}
