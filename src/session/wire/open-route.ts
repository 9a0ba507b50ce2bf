import type { Socket } from 'node:net'
import { ProxyError, SessionError } from '../errors.ts'
import { type ProxyServer, proxyAuthError, proxyAuthorization } from '../policy/proxy.ts'
import { networkCode } from './map-error.ts'
import { type Endpoint, type OpenOptions, opened, openSocket, startTls, tooSlow } from './open-socket.ts'
import { readHead } from './read-socket.ts'
import { checkSocksName, connectSocks5 } from './socks5.ts'
import type { WireResponse } from './transport.ts'

/** A CONNECT answer longer than this is none. */
const MAX_HEAD_BYTES = 16 * 1024

/** Interim answers (1xx) before the one that counts. */
const MAX_INTERIM = 10

/**
 * Opens a socket to the endpoint through a proxy: a tunnel (CONNECT or SOCKS5) with TLS in it when the endpoint is
 * secure; for plain http through an http proxy, a socket to the proxy itself. One timeout holds for all steps.
 * @throws ProxyError, ConnectTimeout, or the error of TLS with the endpoint
 */
export async function openThroughProxy(endpoint: Endpoint, proxy: ProxyServer, options: OpenOptions): Promise<Socket> {
  checkSocksName(proxy, endpoint.hostname)
  let current: Socket | undefined
  const steps: OpenOptions = {
    ...options,
    connectTimeoutMs: 0,
    onSocket: (socket) => {
      current = socket
      options.onSocket(socket)
    },
  }
  const { connectTimeoutMs } = options
  const timer =
    connectTimeoutMs > 0
      ? setTimeout(() => current?.destroy(tooSlow(endpoint, connectTimeoutMs, proxy.shown)), connectTimeoutMs)
      : undefined
  try {
    const tunnel = await openTunnel(endpoint, proxy, steps)
    if (!endpoint.secure) return tunnel
    const secured = startTls(endpoint, steps, tunnel)
    steps.onSocket(secured)
    return await opened(secured, endpoint, steps)
  } catch (error) {
    current?.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** True when a response to a request in absolute form is the proxy's own word on its credentials, not the origin's. */
export function refusesCredentials({ status, headers }: Pick<WireResponse, 'status' | 'headers'>): boolean {
  if (status === 407) return true
  // tinyproxy says 401 to wrong ones, under its own name; to what it passes on, it adds Via.
  return status === 401 && headers.via === undefined && String(headers.server).startsWith('tinyproxy/')
}

/** True when requests go to the proxy with the whole URL on the request line. */
export function usesAbsoluteForm(secure: boolean, proxy: ProxyServer): boolean {
  return !secure && (proxy.kind === 'http' || proxy.kind === 'https')
}

async function openTunnel(endpoint: Endpoint, proxy: ProxyServer, options: OpenOptions): Promise<Socket> {
  try {
    const { tickets: _, ...own } = options
    const { hostname, port, kind } = proxy
    const socket = await openSocket(
      { hostname, port, secure: kind === 'https' },
      { ...own, tls: { ...options.tls, allowH2: false } },
    )
    if (kind === 'socks5' || kind === 'socks5h') await connectSocks5(socket, proxy, endpoint)
    else if (endpoint.secure) await connectTunnel(socket, proxy, endpoint)
    if (socket.readableLength > 0) throw spokeFirst(socket, proxy)
    return socket
  } catch (error) {
    throw asProxyError(error, proxy)
  }
}

async function connectTunnel(socket: Socket, proxy: ProxyServer, { hostname, port }: Endpoint): Promise<void> {
  const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
  const authorization = proxyAuthorization(proxy)
  const credentials = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`)
  const status = await readStatus(socket)
  if (status >= 200 && status <= 299) return
  // 401 is what tinyproxy says to wrong credentials; it can only come from the proxy here.
  if (status === 407 || status === 401) throw proxyAuthError(proxy)
  if (status === 0) {
    throw new ProxyError(`What answered at ${proxy.shown} is no HTTP proxy`, { code: 'PROXY_BAD_RESPONSE' })
  }
  throw new ProxyError(`The proxy ${proxy.shown} refused to connect to ${authority}: status ${status}`, {
    code: 'PROXY_REFUSED',
  })
}

/** The status of the final answer, or 0 when what came is none. */
async function readStatus(socket: Socket): Promise<number> {
  let status = 0
  for (let heads = 0; heads <= MAX_INTERIM; heads += 1) {
    const head = await readHead(socket, MAX_HEAD_BYTES)
    status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head ?? '')?.[1] ?? 0)
    if (status < 100 || status > 199 || status === 101) return status
  }
  return status
}

/** Neither TLS nor HTTP lets a server begin: what stands behind the proxy's answer belongs to no request of ours. */
function spokeFirst(socket: Socket, { shown }: ProxyServer): ProxyError {
  return new ProxyError(
    `The proxy ${shown} sent ${socket.readableLength} bytes behind its answer, before anything was asked for`,
    { code: 'PROXY_BAD_RESPONSE' },
  )
}

function asProxyError(error: unknown, proxy: ProxyServer): unknown {
  if (error instanceof SessionError || !(error instanceof Error)) return error
  const why = networkCode(error)?.[1] ?? error.message
  return new ProxyError(`The proxy ${proxy.shown} cannot be used: ${why}`, { code: 'PROXY_UNREACHABLE', cause: error })
}
