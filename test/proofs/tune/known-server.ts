// A server with a limit that is known, in a process of its own: what kind is the first argument, as JSON (see KnownServer).
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'

/** What a server does with a request, in this order; what is left out takes no time and has no limit. */
export interface KnownServer {
  /** Further connections are closed at once. */
  readonly mostConnections?: number
  /** Each connection has a worker of its own, and further ones wait unheard until one is free. */
  readonly prefork?: number
  /** What is more than so many in a second of the clock is answered 429. */
  readonly perSecond?: number
  /** More than so many at a time are answered 503. */
  readonly mostAtOnce?: number
  /** This share is answered 500. */
  readonly failShare?: number
  /** For any number of requests at a time. */
  readonly delayMs?: number
  /** One thread computes so long. */
  readonly cpuMs?: number
  /** So many at a time, each so long, the others in a queue. */
  readonly workers?: number
  readonly serviceMs?: number
  /** The body comes bit by bit over so long, for any number at a time. */
  readonly bodyMs?: number
  readonly bodyBytes?: number
  /** Of all bodies together. */
  readonly bytesPerSecond?: number
  /** Answers as cheaply as can be, without node:http. */
  readonly isLean?: boolean
}

const known = JSON.parse(process.argv[2] ?? '{}') as KnownServer
const free = Array<number>(known.workers ?? 0).fill(0)
const linkFree = { atMs: 0 }
const window = { second: 0, count: 0 }
let [underWay, requests, computedMs] = [0, 0, 0]

const server = open()
if (known.mostConnections !== undefined) server.maxConnections = known.mostConnections
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send?.({ cpuPerSecond: computedMs === 0 ? 0 : (requests * 1_000) / computedMs }))
process.on('disconnect', () => process.exit())

function open() {
  if (known.isLean) return createLean()
  if (known.prefork !== undefined) return serveEachAlone(known.prefork)
  const http = createServer((request, response) => void answer(request, response))
  http.keepAliveTimeout = 60_000
  return http
}

async function answer(_: IncomingMessage, response: ServerResponse): Promise<void> {
  const status = refuse()
  if (status !== 200) return void response.writeHead(status).end()
  underWay++
  if (known.delayMs) await until(performance.now() + known.delayMs)
  if (known.cpuMs) compute(known.cpuMs)
  if (known.serviceMs) await until(takeWorker(known.serviceMs))
  await send(response)
  underWay--
}

function refuse(): number {
  requests++
  if (known.perSecond !== undefined) {
    const second = Math.floor(performance.now() / 1_000)
    if (second !== window.second) Object.assign(window, { second, count: 0 })
    if (++window.count > known.perSecond) return 429
  }
  if (known.failShare !== undefined && (requests * known.failShare) % 1 < known.failShare) return 500
  return known.mostAtOnce !== undefined && underWay >= known.mostAtOnce ? 503 : 200
}

/** The queue is reckoned, not slept through: a timer that is late makes an answer late, and no worker. */
function takeWorker(serviceMs: number): number {
  const first = free.indexOf(Math.min(...free))
  const endMs = Math.max(performance.now(), free[first] as number) + serviceMs
  free[first] = endMs
  return endMs
}

function compute(ms: number): void {
  const beganMs = performance.now()
  while (performance.now() < beganMs + ms);
  computedMs += performance.now() - beganMs
}

async function send(response: ServerResponse): Promise<void> {
  const { bodyMs = 0, bodyBytes = 2, bytesPerSecond } = known
  response.setHeader('content-length', bodyBytes)
  if (bytesPerSecond !== undefined) return sendThroughLink(response, bodyBytes, bytesPerSecond)
  const pieces = bodyMs > 0 ? 10 : 1
  const startMs = performance.now()
  response.flushHeaders()
  for (let piece = 1; piece <= pieces; piece++) {
    if (bodyMs > 0) await until(startMs + (piece * bodyMs) / pieces)
    const bytes = Math.floor((piece * bodyBytes) / pieces) - Math.floor(((piece - 1) * bodyBytes) / pieces)
    if (bytes > 0) response.write('x'.repeat(bytes))
  }
  response.end()
}

async function sendThroughLink(response: ServerResponse, bytes: number, bytesPerSecond: number): Promise<void> {
  const beginMs = Math.max(performance.now(), linkFree.atMs)
  linkFree.atMs = beginMs + (bytes * 1_000) / bytesPerSecond
  response.flushHeaders()
  await until(linkFree.atMs)
  response.end('x'.repeat(bytes))
}

/** Never early: a timer of 20 ms may end after 18.3, for it counts whole ms from a clock that stands still while others run. */
function until(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.ceil(atMs - performance.now()) + 1)))
}

/** What is accepted and not read looks to a client as what waits to be accepted does. */
function serveEachAlone(workers: number) {
  const http = createServer((request, response) => void answer(request, response))
  http.keepAliveTimeout = 60_000
  const waiting: Socket[] = []
  let serving = 0
  const next = () => {
    while (serving < workers && waiting.length > 0) {
      const socket = waiting.shift() as Socket
      if (socket.destroyed) continue
      serving++
      socket.once('close', () => {
        serving--
        next()
      })
      http.emit('connection', socket)
    }
  }
  // As node:http does for its own: else a body that follows its head waits 40 ms for an acknowledgement.
  return createTcpServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {})
    waiting.push(socket)
    next()
  })
}

function createLean() {
  const reply = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
  return createTcpServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => {})
    // A GET has no body: each empty line ends one.
    socket.on('data', (chunk: Buffer) =>
      socket.write(reply.repeat(chunk.toString('latin1').split('\r\n\r\n').length - 1)),
    )
  })
}
