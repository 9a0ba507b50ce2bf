import { BlockList, isIP } from 'node:net'
import { at } from '../at.ts'
import type { RequestTarget } from '../head/target.ts'

/**
 * True when a NO_PROXY list names the target. Entries are separated by commas or blanks: `*` is everything; a name is
 * itself and its subdomains, with or without a leading dot; `host:port` holds for that port; an address is itself, and
 * with a prefix length (`10.0.0.0/8`, `fd00::/8`) its network.
 */
export function bypassesProxy(target: Pick<RequestTarget, 'hostname' | 'port'>, noProxy: string): boolean {
  return noProxy.split(/[\s,]+/).some((entry) => entry !== '' && matchesEntry(target, entry.toLowerCase()))
}

function matchesEntry({ hostname, port }: Pick<RequestTarget, 'hostname' | 'port'>, entry: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return inNetwork(hostname, entry)
  const named = splitPort(entry)
  if (named.port !== undefined && named.port !== port) return false
  if (isIP(named.host) > 0) return inNetwork(hostname, named.host)
  const name = named.host.replace(/^\*?\.+/, '').replace(/\.$/, '')
  const host = hostname.toLowerCase().replace(/\.$/, '')
  return name !== '' && (host === name || host.endsWith(`.${name}`))
}

function splitPort(entry: string): { readonly host: string; readonly port: number | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry)
  if (bracketed !== null) return { host: at(bracketed, 1), port: toPort(bracketed[2]) }
  if (isIP(entry) === 6) return { host: entry, port: undefined }
  const [host = '', port] = entry.split(':', 2)
  return { host, port: toPort(port) }
}

function toPort(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text)
}

function inNetwork(hostname: string, network: string): boolean {
  const [address = '', length] = network.replace(/[[\]]/g, '').split('/', 2)
  const family = isIP(address)
  const hostFamily = isIP(hostname)
  if (family === 0 || hostFamily === 0) return false
  const all = family === 4 ? 32 : 128
  // Nothing behind the slash is no network, not all of them.
  if (length !== undefined && !/^\d+$/.test(length)) return false
  const bits = length === undefined ? all : Number(length)
  if (bits > all) return false
  const list = new BlockList()
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
  return list.check(hostname, hostFamily === 4 ? 'ipv4' : 'ipv6')
}
