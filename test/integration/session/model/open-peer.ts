import { createSecureServer } from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { Identity } from '../test-servers.ts'
import { resetSocket } from './answer-h1.ts'
import type { Accept, PeerRequest } from './behaviours.ts'
import { serveH1 } from './serve-h1.ts'
import { serveH2 } from './serve-h2.ts'

/** How the peer is reached. */
export const WAYS = ['kept', 'one-shot', 'tls', 'h2', 'forward', 'connect', 'socks'] as const
export type Way = (typeof WAYS)[number]

/** What may happen to a connection. */
export const STRIKES = ['reset', 'close', 'end', 'garbage'] as const
export type Strike = (typeof STRIKES)[number]

/** The scripted server of one scenario, and what it has seen. */
export type Peer = AsyncDisposable & {
  readonly port: number
  /** Connections that were accepted. */
  accepted: number
  /** Open now, oldest first. */
  readonly open: Set<Socket>
  /** Requests that arrived whole, in order. */
  readonly requests: PeerRequest[]
  /** How often something was done to a connection. */
  struck: number
  /** Does something to one of the open connections, whatever it is doing; -1 is the latest. */
  strike(which: number, how: Strike): void
}

/** Opens a peer that treats its nth connection as `accepts` says. */
export async function openPeer(way: Way, accepts: readonly Accept[], identity: Identity): Promise<Peer> {
  const server = createServer({ allowHalfOpen: true })
  const open = new Set<Socket>()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const peer: Peer = {
    port: (server.address() as AddressInfo).port,
    accepted: 0,
    struck: 0,
    open,
    requests: [],
    strike(which, how) {
      peer.struck += 1
      const socket = [...open].at(which)
      if (socket !== undefined && !socket.destroyed) strikeSocket(socket, how)
    },
    [Symbol.asyncDispose]: () => closeServer(server, open),
  }
  server.on('connection', (socket: Socket) => {
    const accept = accepts[peer.accepted] ?? 'serve'
    peer.accepted += 1
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
    // Whoever has half closed is answered with the other half, unless a request is still being answered.
    socket.on('end', () => setImmediate(() => socket.end()))
    let taken = 0
    const onRequest: OnRequest = (request) => {
      peer.requests.push(request)
      taken += 1
      if (accept !== 'once') return request
      if (way !== 'h2') return { ...request, behaviour: 'close' }
      return taken === 1 ? { ...request, behaviour: 'goaway-others' } : request
    }
    if (accept === 'serve' || accept === 'once') SERVE[way](socket, identity, onRequest)
    else refuse(socket, accept)
  })
  return peer
}

async function closeServer(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  for (const socket of open) socket.destroy()
  await closed
}

function refuse(socket: Socket, accept: Exclude<Accept, 'serve' | 'once'>): void {
  if (accept === 'reset') socket.resetAndDestroy()
  else if (accept === 'close') socket.destroy()
  else if (accept === 'end') socket.end()
  else if (accept === 'garbage') socket.write('\u0000What is this?\r\n\r\n')
  socket.resume()
}

/** Told of a request, says what it is to be treated as. */
type OnRequest = (request: PeerRequest) => PeerRequest

const SERVE: Readonly<Record<Way, (socket: Socket, identity: Identity, onRequest: OnRequest) => void>> = {
  kept: (socket, _identity, onRequest) => serveH1(socket, onRequest),
  'one-shot': (socket, _identity, onRequest) => serveH1(socket, onRequest),
  forward: (socket, _identity, onRequest) => serveH1(socket, onRequest),
  tls: (socket, identity, onRequest) => serveTls(socket, identity, onRequest),
  h2: (socket, identity, onRequest) => serveSession(socket, identity, onRequest),
  connect: (socket, identity, onRequest) =>
    takeHead(socket, () => {
      sayInTwo(socket, 'HTTP/1.1 200 OK\r\n\r\n')
      serveTls(socket, identity, onRequest)
    }),
  socks: (socket, _identity, onRequest) => serveSocks(socket, onRequest),
}

// What is spoken on, where that is not the socket itself; undefined until TLS is there.
const upper = new WeakMap<Socket, TLSSocket | undefined>()

/** Does something to a connection. Node loses a socket that is ended or reset beneath TLS. */
function strikeSocket(socket: Socket, how: Strike): void {
  if (how === 'garbage') socket.write('HTTP/9.9 nonsense\r\n\r\n')
  else if (how === 'end') (upper.has(socket) ? upper.get(socket) : socket)?.end()
  else if (how === 'reset' && !upper.has(socket)) resetSocket(socket)
  else socket.destroy()
}

function serveTls(socket: Socket, identity: Identity, onRequest: OnRequest): void {
  beginTls(socket)
  const server = createTlsServer(identity, (secured) => {
    upper.set(socket, secured)
    watchEnd(socket, secured)
    serveH1(secured, onRequest)
  })
  server.on('tlsClientError', () => socket.destroy())
  server.emit('connection', socket)
}

function serveSession(socket: Socket, identity: Identity, onRequest: OnRequest): void {
  beginTls(socket)
  const end = (how: 'close' | 'garbage') => strikeSocket(socket, how)
  const server = createSecureServer(identity)
  server.on('tlsClientError', () => socket.destroy())
  server.on('sessionError', () => {})
  server.on('secureConnection', (secured: Socket) => watchEnd(socket, secured))
  server.on('session', (session) => serveH2(session, end, onRequest))
  server.emit('connection', socket)
}

/** From now on TLS has the socket, and ends when the other side does: nobody else hears of that before the handshake is over. */
function beginTls(socket: Socket): void {
  upper.set(socket, undefined)
  socket.allowHalfOpen = false
}

/** What is beneath ends with what is on it. */
function watchEnd(socket: Socket, secured: Socket): void {
  secured.on('error', () => socket.destroy())
  secured.on('close', () => socket.destroy())
}

/** Calls back when the head of a request has come; what follows it is left to others. */
function takeHead(socket: Socket, onHead: () => void): void {
  let head = ''
  const take = () => {
    for (let byte = socket.read(1); byte !== null; byte = socket.read(1)) {
      head += byte
      if (!head.endsWith('\r\n\r\n')) continue
      socket.off('readable', take)
      return onHead()
    }
  }
  socket.on('readable', take)
}

function serveSocks(socket: Socket, onRequest: OnRequest): void {
  socket.once('data', () => {
    sayInTwo(socket, Buffer.from([5, 0]))
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
      serveH1(socket, onRequest)
    })
  })
}

/** In two segments, as far as the system lets us. */
function sayInTwo(socket: Socket, answer: string | Buffer): void {
  socket.write(answer.slice(0, 1))
  socket.write(answer.slice(1))
}
