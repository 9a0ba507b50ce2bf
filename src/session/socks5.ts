import { lookup } from 'node:dns/promises'
import { isIP, type Socket } from 'node:net'
import { ProxyError } from './errors.ts'
import type { Endpoint } from './open-socket.ts'
import { type ProxyServer, proxyAuthError } from './proxy.ts'
import { readBytes } from './read-socket.ts'

const REFUSALS: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
  7: 'command not supported',
  8: 'address type not supported',
}

/** Asks a SOCKS5 proxy, over an open socket, to connect to the endpoint (RFC 1928, RFC 1929). @throws ProxyError */
export async function connectSocks5(socket: Socket, proxy: ProxyServer, { hostname, port }: Endpoint): Promise<void> {
  await greet(socket, proxy)
  const host = proxy.kind === 'socks5' && isIP(hostname) === 0 ? (await lookup(hostname)).address : hostname
  const portBytes = Buffer.from([port >> 8, port & 0xff])
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), addressBytes(host), portBytes]))
  const [version, reply, , type] = await readBytes(socket, 4)
  if (version !== 5) throw badAnswer(proxy)
  if (reply !== 0) {
    const why = REFUSALS[reply as number] ?? `reply ${reply}`
    throw new ProxyError(`The proxy ${proxy.shown} refused to connect to ${hostname}:${port}: ${why}`, {
      code: 'PROXY_REFUSED',
    })
  }
  const length = type === 1 ? 4 : type === 4 ? 16 : ((await readBytes(socket, 1))[0] as number)
  await readBytes(socket, length + 2)
}

async function greet(socket: Socket, proxy: ProxyServer): Promise<void> {
  socket.write(Buffer.from(proxy.credentials === null ? [5, 1, 0] : [5, 2, 0, 2]))
  const [version, method] = await readBytes(socket, 2)
  if (version !== 5) throw badAnswer(proxy)
  if (method === 0) return
  if (method !== 2 || proxy.credentials === null) throw proxyAuthError(proxy)
  const user = Buffer.from(proxy.credentials.username)
  const password = Buffer.from(proxy.credentials.password)
  if (user.length > 255 || password.length > 255) throw proxyAuthError(proxy)
  socket.write(Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]))
  const [, status] = await readBytes(socket, 2)
  if (status !== 0) throw proxyAuthError(proxy)
}

function addressBytes(host: string): Buffer {
  const family = isIP(host)
  if (family === 4) return Buffer.from([1, ...host.split('.').map(Number)])
  if (family === 6) return Buffer.concat([Buffer.from([4]), ipv6Bytes(host)])
  const name = Buffer.from(host)
  return Buffer.concat([Buffer.from([3, name.length]), name])
}

function ipv6Bytes(host: string): Buffer {
  const [head = '', tail] = host.split('::', 2)
  const words = (text: string) => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)))
  const front = words(head)
  const back = tail === undefined ? [] : words(tail)
  const middle = Array<number>(8 - front.length - back.length).fill(0)
  return Buffer.from([...front, ...middle, ...back].flatMap((word) => [word >> 8, word & 0xff]))
}

function badAnswer(proxy: ProxyServer): ProxyError {
  return new ProxyError(`What answered at ${proxy.shown} is no SOCKS5 proxy`, { code: 'PROXY_BAD_RESPONSE' })
}
