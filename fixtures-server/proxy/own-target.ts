import type { Bound } from '../listen.ts'
import type { ProxyOptions } from './proxy.ts'

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
