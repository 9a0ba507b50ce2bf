import { constants } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { Scheme } from './application/ask.ts'
import type { Http2Application } from './application/http2-application.ts'
import { encodeRefusal } from './application/refuse-connection.ts'
import { refusal } from './application/reply.ts'
import type { Router } from './application/router.ts'
import type { Credentials } from './issue-certificate.ts'
import { KnownHeads } from './lane/known-heads.ts'
import { Lane } from './lane/lane.ts'
import { type Bound, listen } from './listen.ts'
import { type LedgerEntry, ListenerLedger } from './listener-ledger.ts'
import type { ServerState } from './server-state.ts'

interface ListenerParts {
  readonly state: ServerState
  readonly router: Router
  readonly application: HttpServer
  readonly http2: Http2Application
}

/** What a TLS listener shows and asks for. */
export interface TlsOptions extends Credentials {
  /** Only clients with a certificate of this CA are let in. */
  readonly clientCa?: string
  /** A client that does not offer HTTP/2 is not served. */
  readonly onlyHttp2?: true
}

/** One listening port, with its ledger and every socket that it has accepted. */
export interface Listener {
  readonly bound: Bound
  readonly ledger: ListenerLedger
  /** Stops accepting, lets replies that are under way finish for at most `drainMs`, then ends every connection. */
  close(drainMs: number): Promise<void>
}

/** Opens a listener, with `tls` for https. */
export async function openListener(
  parts: ListenerParts,
  { port, tls }: { port: number; tls?: TlsOptions | undefined },
): Promise<Listener> {
  const ledger = new ListenerLedger()
  const lanes = new Set<Lane>()
  const serve = makeServe(parts, { ledger, lanes, scheme: tls ? 'https' : 'http' })
  const server = tls ? makeTlsListener(tls, { ledger, serve, parts }) : makeTcpListener(ledger, serve)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const { host, workers } = parts.state.options
  const bound = await listen(server, { host, port, shared: workers > 1 })
  return { bound, ledger, close: (drainMs) => closeListener(server, { sockets, lanes, drainMs, parts }) }
}

type Serve = (entry: LedgerEntry) => void

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
  return (entry) => {
    const { socket, remoteAddress } = entry.connection
    const lane = new Lane(entry, { heads: headsOf(remoteAddress), application, state })
    lanes.add(lane)
    socket.once('close', () => lanes.delete(lane))
  }
}

function makeTcpListener(ledger: ListenerLedger, serve: Serve): Server {
  return createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    ledger.accept()
    serve(ledger.open(socket, () => socket.resetAndDestroy()))
  })
}

interface TlsParts {
  readonly ledger: ListenerLedger
  readonly serve: Serve
  readonly parts: ListenerParts
}

function makeTlsListener({ cert, key, clientCa, onlyHttp2 }: TlsOptions, { ledger, serve, parts }: TlsParts): Server {
  const { sessionTickets, tlsVersion } = parts.state.options
  const server = createTlsServer({
    cert,
    key,
    ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
    ...(!sessionTickets && { secureOptions: constants.SSL_OP_NO_TICKET }),
    minVersion: `TLSv${tlsVersion ?? '1.2'}`,
    maxVersion: `TLSv${tlsVersion ?? '1.3'}`,
    ALPNProtocols: onlyHttp2 ? ['h2'] : ['h2', 'http/1.1'],
    noDelay: true,
  })
  // Only the socket below TLS can be reset; the port of its peer says which one belongs to which TLS socket.
  const rawByPeer = new Map<string, Socket>()
  server.on('connection', (raw: Socket) => {
    ledger.accept()
    const peer = peerOf(raw)
    rawByPeer.set(peer, raw)
    raw.once('close', () => rawByPeer.get(peer) === raw && rawByPeer.delete(peer))
  })
  server.on('secureConnection', (socket: TLSSocket) => {
    ledger.handshake(socket.isSessionReused() ? 'resumed' : 'full')
    const raw = rawByPeer.get(peerOf(socket))
    const entry = ledger.open(socket, () => raw?.resetAndDestroy())
    if (socket.alpnProtocol === 'h2') parts.http2.serve(entry)
    else if (onlyHttp2) refuseOldVersion(entry)
    else serve(entry)
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

// A client that offers no protocol at all gets through the handshake, and would be answered over HTTP/1.1.
function refuseOldVersion({ connection: { socket }, ledger }: LedgerEntry): void {
  ledger.countRefused(505)
  const reply = refusal(505, 'this listener speaks HTTP/2 only, chosen by ALPN', [['Connection', 'close']])
  socket.resume().end(encodeRefusal(505, 'HTTP Version Not Supported', reply))
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
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
  parts.http2.closeSessions()
  const idle = setInterval(() => parts.application.closeIdleConnections(), 20)
  parts.application.closeIdleConnections()
  await closed
  clearInterval(idle)
  clearTimeout(deadline)
}

function destroyAll(sockets: Set<Socket>): void {
  for (const socket of sockets) socket.destroy()
}
