import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { entryOf, type ListenerLedger } from '../listener-ledger.ts'
import { maxHeadBytes } from '../options.ts'
import type { ServerState } from '../server-state.ts'
import { answer, bodyRefusal, bodyTooLarge, type Choice, chooseRoute } from './answer.ts'
import { type Ask, splitTarget } from './ask.ts'
import { readBody } from './read-body.ts'
import { faultIn, refuseConnection, refuseRequest } from './refuse-connection.ts'
import { type Reply, refusal, replyFields } from './reply.ts'
import type { Router } from './router.ts'

interface ApplicationParts {
  readonly state: ServerState
  readonly router: Router
}

const noBytes = Buffer.alloc(0)

interface Exchange {
  readonly ask: Ask
  readonly choice: Choice
  readonly ledger: ListenerLedger
  readonly response: ServerResponse
}

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
    connectionsCheckingInterval: Math.max(50, Math.ceil(headTimeoutMs / 4)),
  })
  application.on('request', (request, response) => serve(parts, request, response))
  application.on('clientError', (error, socket) => refuseConnection(error, socket as Socket))
  // node:http starts to look for heads that are too slow when it listens, which this server never does.
  application.emit('listening')
  return application
}

function serve({ state, router }: ApplicationParts, request: IncomingMessage, response: ServerResponse): void {
  const { connection, ledger } = entryOf(request.socket)
  const fault = faultIn(request)
  if (fault !== undefined) {
    refuseRequest(response, fault)
    return
  }
  ledger.countRequest(connection, `HTTP/${request.httpVersion}`)
  const ask = makeAsk(state, request, response)
  const choice = chooseRoute(router, ask.method, ask.path)
  const exchange = { ask, choice, ledger, response }
  if (choice.route.readsBody) void serveWithBody(exchange, request)
  else settle(exchange)
}

// A reply that is there at once goes out without a turn through the promise queue.
function settle(exchange: Exchange): void {
  const reply = answer(exchange.choice, exchange.ask)
  if (reply instanceof Promise) reply.then((late) => send(exchange, late))
  else send(exchange, reply)
}

async function serveWithBody(exchange: Exchange, request: IncomingMessage): Promise<void> {
  const { maxBodyBytes } = exchange.ask.state.options
  const refused = bodyRefusal(request.rawHeaders, maxBodyBytes)
  if (refused) return send(exchange, refused)
  // When the client leaves, or its chunks are malformed, node:http has already ended the connection.
  const body = await readBody(request, maxBodyBytes).catch(() => null)
  if (body === null) return
  if (body === undefined) return send(exchange, bodyTooLarge(maxBodyBytes))
  settle({ ...exchange, ask: { ...exchange.ask, body } })
}

function makeAsk(state: ServerState, request: IncomingMessage, response: ServerResponse): Ask {
  return {
    ...splitTarget(request.url as string),
    method: request.method as string,
    rawHeaders: request.rawHeaders,
    scheme: 'encrypted' in request.socket ? 'https' : 'http',
    remoteAddress: request.socket.remoteAddress ?? '',
    body: noBytes,
    state,
    pause: (ms) => pause(response, ms),
  }
}

function pause(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      response.off('close', end)
      resolve()
    }
    const timer = setTimeout(end, Math.max(0, ms))
    response.once('close', end)
  })
}

function send(exchange: Exchange, reply: Reply): void {
  const { ask, choice, ledger, response } = exchange
  if (response.destroyed || response.headersSent) return
  try {
    response.writeHead(reply.status, replyFields(ask, reply))
  } catch (error) {
    // A header value that came from the request and cannot be one: only our own refusal is sure to fit.
    send(exchange, refusal(400, (error as Error).message))
    return
  }
  ledger.replyCounter(choice.template, reply.status).count++
  if (ask.method === 'HEAD') response.end()
  else if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) response.end(reply.body)
  else void stream(response, reply.body)
}

async function stream(response: ServerResponse, body: AsyncIterable<Buffer>): Promise<void> {
  try {
    for await (const chunk of body) {
      if (response.destroyed) return
      if (!response.write(chunk)) await Promise.race([drained(response), finished(response)])
    }
    response.end()
  } catch {
    response.destroy()
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('drain', resolve))
}
