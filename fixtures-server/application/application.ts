import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { entryOf, type LedgerEntry } from '../listener-ledger.ts'
import { checkingIntervalMs, maxHeadBytes } from '../options.ts'
import type { ServerState } from '../server-state.ts'
import { type Choice, chooseRoute } from './answer.ts'
import { type Ask, splitTarget } from './ask.ts'
import { serveExchange } from './exchange.ts'
import { pauseExactly, pauseUntilClosed } from './pause.ts'
import { faultIn, refuseConnection, refuseRequest } from './refuse-connection.ts'
import { type Answer, type Misbehaviour, refusal, replyFields, type Wire } from './reply.ts'
import type { Router } from './router.ts'
import { streamBody } from './stream-body.ts'

interface ApplicationParts {
  readonly state: ServerState
  readonly router: Router
}

const noBytes = Buffer.alloc(0)

/**
 * The full node:http application. It never listens: the listeners hand it connections, with
 * `application.emit('connection', socket)`.
 */
export function makeApplication(parts: ApplicationParts): Server {
  const { idleTimeoutMs, headTimeoutMs } = parts.state.options
  const application = createServer({
    maxHeaderSize: maxHeadBytes,
    keepAliveTimeout: idleTimeoutMs,
    headersTimeout: headTimeoutMs,
    requestTimeout: 0,
    connectionsCheckingInterval: checkingIntervalMs(headTimeoutMs),
  })
  // By default node:http hides what exceeds a number of headers, from its own checks and from faultIn's; the size of a head
  // is limited already.
  application.maxHeadersCount = 0
  application.on('request', (request, response) => serve(parts, request, response))
  application.on('clientError', (error, socket) => refuseConnection(error, socket as Socket))
  // node:http starts to look for heads that are too slow when it listens, which this server never does.
  application.emit('listening')
  return application
}

function serve({ state, router }: ApplicationParts, request: IncomingMessage, response: ServerResponse): void {
  const entry = entryOf(request.socket)
  const fault = faultIn(request)
  if (fault !== undefined) {
    refuseRequest(response, fault)
    return
  }
  entry.ledger.countRequest(entry.connection, request.httpVersionMinor === 1 ? 'HTTP/1.1' : 'HTTP/1.0')
  const ask = makeAsk(state, { request, response, nth: entry.connection.carried })
  const choice = chooseRoute(router, ask.method, ask.path)
  const send = (answer: Answer) => sendOver({ ask, choice, entry, response }, answer)
  const body = {
    stream: request,
    hasArrived: () => request.complete || !hasBody(request),
    receivedBytes: () => request.socket.bytesRead,
  }
  const answerState = () => (response.writableFinished ? 'sent' : response.headersSent ? 'under way' : 'none')
  serveExchange({ ask, choice, body, answerState, send, drop: () => request.socket.destroy() })
}

// Told from the head: a request without a body is not complete yet either when it is announced.
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly nth: number
}

function makeAsk(state: ServerState, { request, response, nth }: Arrival): Ask {
  return {
    ...splitTarget(request.url as string),
    method: request.method as string,
    rawHeaders: request.rawHeaders,
    scheme: 'encrypted' in request.socket ? 'https' : 'http',
    remoteAddress: request.socket.remoteAddress ?? '',
    body: noBytes,
    state,
    pause: (ms) => pauseUntilClosed(response, ms),
    pauseUntil: (dueMs) => pauseExactly(response, state.pacer, dueMs),
    nth,
  }
}

interface Sending {
  readonly ask: Ask
  readonly choice: Choice
  readonly entry: LedgerEntry
  readonly response: ServerResponse
}

function sendOver(sending: Sending, answer: Answer): void {
  const { ask, choice, entry, response } = sending
  if (response.destroyed || response.headersSent) return
  if ('misbehave' in answer) {
    // Not before it is this request's turn: replies to earlier ones may still be on their way.
    if (response.socket) misbehave(sending, answer)
    else response.once('socket', () => misbehave(sending, answer))
    return
  }
  try {
    // node:http then announces the end itself.
    if (isLast(ask)) response.shouldKeepAlive = false
    response.writeHead(answer.status, replyFields(ask, answer))
  } catch (error) {
    // A header value that came from the request and cannot be one: only our own refusal is sure to fit.
    sendOver(sending, refusal(400, (error as Error).message))
    return
  }
  entry.ledger.replyCounter(choice.template, answer.status).count++
  if (answer.afterwards) response.once('finish', () => takeConnection(sending, (wire) => answer.afterwards?.(wire)))
  if (ask.method === 'HEAD') response.end()
  else if (typeof answer.body === 'string') response.end(answer.body)
  else if (Buffer.isBuffer(answer.body)) endWith(response, answer.body)
  else void streamBody(response, answer.body)
}

const maxTextBytes = 16 * 1024

// As text the head and a small body go out in one write; as bytes they would be gathered from two places.
function endWith(response: ServerResponse, body: Buffer): void {
  if (body.length > maxTextBytes) response.end(body)
  else response.end(body.toString('latin1'), 'latin1')
}

function isLast({ nth, state }: Ask): boolean {
  const { maxRequestsPerConnection } = state.options
  return maxRequestsPerConnection !== undefined && nth >= maxRequestsPerConnection
}

function misbehave(sending: Sending, answer: Misbehaviour): void {
  sending.entry.ledger.replyCounter(sending.choice.template, answer.status).count++
  takeConnection(sending, (wire) => answer.misbehave(wire))
}

// A connection goes wrong once; what was pipelined behind the request that did it gets no answer.
const taken = new WeakSet<object>()

function takeConnection(sending: Sending, act: (wire: Wire) => void): void {
  const { socket } = sending.entry.connection
  if (taken.has(socket)) return
  taken.add(socket)
  act(wireOf(sending))
}

function wireOf({ ask, entry, response }: Sending): Wire {
  const { socket } = entry.connection
  return {
    write: (bytes) => void (socket.writable && socket.write(bytes)),
    end: () => socket.destroySoon(),
    reset: entry.reset,
    pause: (ms) => (response.writableFinished ? pauseUntilClosed(socket, ms) : ask.pause(ms)),
    get isGone() {
      return socket.destroyed
    },
  }
}
