import { lookup } from 'node:dns/promises'
import { isIP, type Socket } from 'node:net'
import { at } from '../at.ts'
import { ConnectionError, InvalidUrl, ProxyError } from '../errors.ts'
import { type ProxyServer, proxyAuthError, SOCKS_FIELD_BYTES } from '../policy/proxy.ts'
import type { Endpoint } from './open-socket.ts'
import { readBytes, whileOpen } from './read-socket.ts'

// Own code, and not a package's: `socks` throws outside its promise (and so ends the process) on a user of 256 bytes,
// hands bytes behind the reply to nobody, and keeps the password in its errors; undici's client is not exported.

const REFUSALS: ReadonlyMap<number, string> = new Map([
  [1, 'general failure'],
  [2, 'not allowed by its rules'],
  [3, 'network unreachable'],
  [4, 'host unreachable'],
  [5, 'connection refused'],
  [6, 'TTL expired'],
  [7, 'command not supported'],
  [8, 'address type not supported'],
])

/** Before a connection is made: a name that SOCKS5 has no room for cannot be asked for. @throws InvalidUrl */
export function checkSocksName({ kind, shown }: ProxyServer, hostname: string): void {
  const bytes = Buffer.byteLength(hostname)
  if (kind !== 'socks5h' || bytes <= SOCKS_FIELD_BYTES) return
  throw new InvalidUrl(
    `The host ${hostname.slice(0, 40)}… cannot be asked for at ${shown}: its name has ${bytes} bytes, SOCKS5 has room for ${SOCKS_FIELD_BYTES}`,
    { code: 'INVALID_URL' },
  )
}

/** Asks a SOCKS5 proxy, over an open socket, to connect to the endpoint (RFC 1928, RFC 1929). @throws ProxyError */
export async function connectSocks5(socket: Socket, proxy: ProxyServer, endpoint: Endpoint): Promise<void> {
  await greet(socket, proxy)
  const { hostname, port } = endpoint
  const host =
    proxy.kind === 'socks5' && isIP(hostname) === 0 ? await whileOpen(socket, resolveHere(hostname, proxy)) : hostname
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), addressBytes(host), Buffer.from([port >> 8, port & 0xff])]))
  const [version, reply] = await readBytes(socket, 2)
  if (version !== 5) throw badAnswer(proxy)
  if (reply !== 0) {
    const why = REFUSALS.get(reply as number) ?? `reply ${reply}`
    throw new ProxyError(`The proxy ${proxy.shown} refused to connect to ${hostname}:${port}: ${why}`, {
      code: 'PROXY_REFUSED',
    })
  }
  await skipAddress(socket, proxy)
}

async function greet(socket: Socket, proxy: ProxyServer): Promise<void> {
  const { credentials } = proxy
  socket.write(Buffer.from(credentials === null ? [5, 1, 0] : [5, 2, 0, 2]))
  const [version, method] = await readBytes(socket, 2)
  if (version !== 5) throw badAnswer(proxy)
  if (method === 0) return
  if (method === 0xff) throw credentials === null ? proxyAuthError(proxy) : noWayIn(proxy)
  if (method !== 2 || credentials === null) throw badAnswer(proxy)
  socket.write(Buffer.concat([Buffer.from([1]), field(credentials.username), field(credentials.password)]))
  const [, status] = await readBytes(socket, 2)
  if (status !== 0) throw proxyAuthError(proxy)
}

/** The address that the proxy connects from, and its port: of no use here. */
async function skipAddress(socket: Socket, proxy: ProxyServer): Promise<void> {
  const [, type] = await readBytes(socket, 2)
  if (type !== 1 && type !== 3 && type !== 4) throw badAnswer(proxy)
  const length = type === 1 ? 4 : type === 4 ? 16 : at(await readBytes(socket, 1), 0)
  await readBytes(socket, length + 2)
}

async function resolveHere(hostname: string, proxy: ProxyServer): Promise<string> {
  try {
    return (await lookup(hostname)).address
  } catch (cause) {
    throw new ConnectionError(
      `The name ${hostname} does not resolve on this machine: check it, or let the proxy ${proxy.shown} resolve names (socks5h://)`,
      { code: 'DNS_FAILED', cause },
    )
  }
}

function addressBytes(host: string): Buffer {
  const family = isIP(host)
  if (family === 4) return Buffer.from([1, ...host.split('.').map(Number)])
  if (family === 6) return Buffer.concat([Buffer.from([4]), ipv6Bytes(host)])
  return Buffer.concat([Buffer.from([3]), field(host)])
}

/** A text behind its length. A length that did not fit its byte would make the rest of the text a frame of its own. */
function field(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > SOCKS_FIELD_BYTES) throw new RangeError(`${bytes.length} bytes do not fit a SOCKS5 frame`)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function ipv6Bytes(address: string): Buffer {
  // The URL's own form: no zone, and no IPv4 in the last words.
  const host = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const [head = '', tail] = host.split('::', 2)
  const words = (text: string) => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)))
  const front = words(head)
  const back = tail === undefined ? [] : words(tail)
  const middle = Array<number>(8 - front.length - back.length).fill(0)
  return Buffer.from([...front, ...middle, ...back].flatMap((word) => [word >> 8, word & 0xff]))
}

function noWayIn(proxy: ProxyServer): ProxyError {
  return new ProxyError(
    `The proxy ${proxy.shown} takes neither a user and password nor nobody: nothing else can be offered to it`,
    { code: 'PROXY_AUTH' },
  )
}

function badAnswer(proxy: ProxyServer): ProxyError {
  return new ProxyError(`What answered at ${proxy.shown} is no SOCKS5 proxy`, { code: 'PROXY_BAD_RESPONSE' })
}
