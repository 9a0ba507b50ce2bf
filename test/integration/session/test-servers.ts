import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { generate } from 'selfsigned'

/** A server on a port that the system picked, and what it has seen of connections. */
export type TestServer = AsyncDisposable & {
  readonly url: string
  readonly port: number
  readonly server: Server
  connections: number
  open: number
  readonly sockets: Set<Socket>
}

/** Starts a server and counts its connections. */
export async function listen(server: Server, scheme = 'http'): Promise<TestServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const sockets = new Set<Socket>()
  const started: TestServer = {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    server,
    connections: 0,
    open: 0,
    sockets,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  server.on('connection', (socket: Socket) => {
    started.connections += 1
    started.open += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      started.open -= 1
      sockets.delete(socket)
    })
  })
  return started
}

/** An HTTP server around one listener. */
export function serveHttp(listener: RequestListener): Promise<TestServer> {
  return listen(createServer({ keepAliveTimeout: 60_000 }, listener))
}

/** An HTTPS server around one listener, with the given certificate. */
export function serveHttps(
  listener: RequestListener,
  tls: { cert: string; key: string; ca?: string; requestCert?: boolean; rejectUnauthorized?: boolean },
): Promise<TestServer> {
  return listen(createTlsServer({ keepAliveTimeout: 60_000, ...tls }, listener), 'https')
}

/** Replies with what came: method, url, headers and body, as JSON. */
export const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method, url, headers } = request
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }))
  })
}

/** What `echo` replies. */
export type Echo = { method: string; url: string; headers: Record<string, string>; body: string }

/** A certificate and its key. */
export type Identity = { cert: string; key: string }

/** Makes an authority, or a certificate signed by one. */
export async function makeIdentity(
  commonName: string,
  options: { ca?: Identity; isAuthority?: boolean; expired?: boolean; hosts?: string[] } = {},
): Promise<Identity> {
  const day = 24 * 3600 * 1000
  const names = (options.hosts ?? ['localhost']).map((value) => ({ type: 2 as const, value }))
  const made = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 10 * day),
    notAfterDate: new Date(Date.now() + (options.expired === true ? -day : 10 * day)),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    extensions: options.isAuthority
      ? [
          { name: 'basicConstraints', cA: true, critical: true },
          { name: 'keyUsage', keyCertSign: true, critical: true },
        ]
      : [
          { name: 'basicConstraints', cA: false, critical: true },
          {
            name: 'subjectAltName',
            altNames: options.hosts === undefined ? [...names, { type: 7 as const, ip: '127.0.0.1' }] : names,
          },
        ],
  })
  return { cert: made.cert, key: made.private }
}

/** Resolves when the condition holds, checked at every turn of the event loop; gives up before the test's own timeout. */
export async function until(condition: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + 20_000
  while (!condition()) {
    if (performance.now() > giveUpAtMs) throw new Error(`waited in vain for ${condition}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
