import type { Server as HttpServer } from 'node:http'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { Scheme } from './application/ask.ts'
import type { Router } from './application/router.ts'
import type { Credentials } from './certificates.ts'
import { FixtureError } from './fixture-error.ts'
import { KnownHeads } from './lane/known-heads.ts'
import { Lane } from './lane/lane.ts'
import { ListenerLedger } from './listener-ledger.ts'
import type { ServerState } from './server-state.ts'

interface ListenerParts {
  readonly state: ServerState
  readonly router: Router
  readonly application: HttpServer
}

/** One listening port, with its ledger and every socket that it has accepted. */
export interface Listener {
  readonly port: number
  readonly ledger: ListenerLedger
  /** Stops accepting, lets replies that are under way finish for at most `drainMs`, then ends every connection. */
  close(drainMs: number): Promise<void>
}

/** Opens the http listener, or with `credentials` the https one. */
export async function openListener(
  parts: ListenerParts,
  { port, credentials }: { port: number; credentials?: Credentials },
): Promise<Listener> {
  const ledger = new ListenerLedger()
  const lanes = new Set<Lane>()
  const serve = makeServe(parts, { ledger, lanes, scheme: credentials ? 'https' : 'http' })
  const server = credentials ? makeTlsListener(credentials, ledger, serve) : makeTcpListener(ledger, serve)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const opened = await listen(server, { host: parts.state.options.host, port })
  return { port: opened, ledger, close: (drainMs) => closeListener(server, { sockets, lanes, drainMs, parts }) }
}

type Serve = (socket: Socket) => void

interface ServeOptions {
  readonly ledger: ListenerLedger
  readonly lanes: Set<Lane>
  readonly scheme: Scheme
}

function makeServe({ state, router, application }: ListenerParts, { ledger, lanes, scheme }: ServeOptions): Serve {
  // What a reply says depends on who asks, so each address has known heads of its own; there is hardly ever more than one.
  const headsByAddress = new Map<string, KnownHeads>()
  const headsOf = (address: string) => {
    if (headsByAddress.size > 64) headsByAddress.clear()
    const heads = headsByAddress.get(address) ?? new KnownHeads({ state, router, ledger, scheme })
    headsByAddress.set(address, heads)
    return heads
  }
  return (socket) => {
    const heads = headsOf(socket.remoteAddress ?? '')
    const lane = new Lane(ledger.open(socket), { heads, application, options: state.options })
    lanes.add(lane)
    socket.once('close', () => lanes.delete(lane))
  }
}

function makeTcpListener(ledger: ListenerLedger, serve: Serve): Server {
  return createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    ledger.accept()
    serve(socket)
  })
}

function makeTlsListener({ cert, key }: Credentials, ledger: ListenerLedger, serve: Serve): Server {
  const server = createTlsServer({
    cert,
    key,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    noDelay: true,
  })
  server.on('connection', () => ledger.accept())
  server.on('secureConnection', (socket: TLSSocket) => {
    ledger.handshake(socket.isSessionReused() ? 'resumed' : 'full')
    serve(socket)
  })
  const failed = new WeakSet<TLSSocket>()
  server.on('tlsClientError', (_error, socket) => {
    if (failed.has(socket)) return
    failed.add(socket)
    socket.destroy()
    ledger.failHandshake()
  })
  return server
}

/** Starts to listen; a port that cannot be had is an error that names it. */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      resolve((server.address() as { port: number }).port)
    })
  })
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): FixtureError {
  if (cause.code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is in use: stop what listens there, or ask for port 0 to get a free one`
    return new FixtureError('port-in-use', message, { cause })
  }
  return new FixtureError('cannot-listen', `Cannot listen on ${host} port ${port}: ${cause.message}`, { cause })
}

interface Closing {
  readonly sockets: Set<Socket>
  readonly lanes: Set<Lane>
  readonly drainMs: number
  readonly parts: ListenerParts
}

async function closeListener(server: Server, { sockets, lanes, drainMs, parts }: Closing): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const deadline = setTimeout(() => destroyAll(sockets), drainMs)
  for (const lane of lanes) lane.end()
  const idle = setInterval(() => parts.application.closeIdleConnections(), 20)
  parts.application.closeIdleConnections()
  await closed
  clearInterval(idle)
  clearTimeout(deadline)
}

function destroyAll(sockets: Set<Socket>): void {
  for (const socket of sockets) socket.destroy()
}
