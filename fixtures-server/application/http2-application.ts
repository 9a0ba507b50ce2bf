import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { LedgerEntry } from '../listener-ledger.ts'
import { recordOf } from '../record-of.ts'
import type { ServerState } from '../server-state.ts'
import { type Choice, chooseRoute } from './answer.ts'
import { type Ask, splitTarget } from './ask.ts'
import { serveExchange } from './exchange.ts'
import { pauseExactly, pauseUntilClosed } from './pause.ts'
import { type Answer, refusal, replyFields, type Wire } from './reply.ts'
import type { Router } from './router.ts'
import { streamBody } from './stream-body.ts'

interface ApplicationParts {
  readonly state: ServerState
  readonly router: Router
}

/** The same routes over HTTP/2, on connections that chose it by ALPN. */
export class Http2Application {
  readonly #parts: ApplicationParts
  readonly #server: Http2Server = createServer()
  readonly #sessions = new Set<ServerHttp2Session>()

  constructor(parts: ApplicationParts) {
    this.#parts = parts
    // A session or a stream that breaks has nobody to tell but the ledger, which sees its socket.
    this.#server.on('sessionError', () => {})
  }

  /** Takes over a connection. */
  serve(entry: LedgerEntry): void {
    this.#server.once('session', (session: ServerHttp2Session) => this.#serveSession(entry, session))
    this.#server.emit('connection', entry.connection.socket)
  }

  /** Asks every client to finish: streams under way still end, no new ones begin. */
  closeSessions(): void {
    for (const session of this.#sessions) session.close()
  }

  #serveSession(entry: LedgerEntry, session: ServerHttp2Session): void {
    this.#sessions.add(session)
    session.once('close', () => this.#sessions.delete(session))
    session.setTimeout(this.#parts.state.options.idleTimeoutMs, () => {
      entry.connection.endsIdle()
      session.close()
    })
    session.on(
      'stream',
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) =>
        this.#serveStream(entry, stream, headers, rawHeaders),
    )
  }

  #serveStream(
    entry: LedgerEntry,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rawHeaders: string[],
  ): void {
    stream.on('error', () => {})
    entry.ledger.countRequest(entry.connection, 'HTTP/2')
    const { maxRequestsPerConnection: most } = this.#parts.state.options
    if (most !== undefined && entry.connection.carried >= most) stream.session?.close()
    const ask = this.#makeAsk(entry, stream, headers, rawHeaders)
    const choice = chooseRoute(this.#parts.router, ask.method, ask.path)
    const send = (answer: Answer) => sendOver({ ask, choice, entry, stream }, answer)
    const body = {
      stream,
      hasArrived: () => stream.endAfterHeaders || (stream.state.state ?? 0) >= halfClosedByClient,
      receivedBytes: () => entry.connection.socket.bytesRead,
    }
    const answerState = () => (stream.writableFinished ? 'sent' : stream.headersSent ? 'under way' : 'none')
    serveExchange({ ask, choice, body, answerState, send, drop: () => stream.close(noError) })
  }

  #makeAsk(entry: LedgerEntry, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: string[]): Ask {
    return {
      ...splitTarget(String(headers[':path'] ?? '/')),
      method: String(headers[':method']),
      rawHeaders: plainHeaders(headers, rawHeaders),
      scheme: 'https',
      remoteAddress: entry.connection.remoteAddress,
      body: noBytes,
      state: this.#parts.state,
      pause: (ms) => pauseUntilClosed(stream, ms),
      pauseUntil: (dueMs) => pauseExactly(stream, this.#parts.state.pacer, dueMs),
      nth: entry.connection.carried,
    }
  }
}

const noBytes = Buffer.alloc(0)

// HTTP/2 says in `:authority` what HTTP/1.1 says in Host (RFC 9113 §8.3.1).
function plainHeaders(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): string[] {
  const plain = 'host' in headers ? [] : ['host', String(headers[':authority'] ?? '')]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!rawHeaders[i]?.startsWith(':')) plain.push(rawHeaders[i] as string, rawHeaders[i + 1] as string)
  }
  return plain
}

interface Sending {
  readonly ask: Ask
  readonly choice: Choice
  readonly entry: LedgerEntry
  readonly stream: ServerHttp2Stream
}

function sendOver(sending: Sending, answer: Answer): void {
  const { ask, choice, entry, stream } = sending
  if (stream.destroyed || stream.headersSent) return
  const counter = entry.ledger.replyCounter(choice.template, answer.status)
  if ('misbehave' in answer) {
    counter.count++
    answer.misbehave(wireOf(stream))
    return
  }
  const bodiless = ask.method === 'HEAD' || answer.body === ''
  try {
    stream.respond({ ':status': answer.status, ...fieldsOf(replyFields(ask, answer)) }, { endStream: bodiless })
  } catch (error) {
    sendOver(sending, refusal(400, (error as Error).message))
    return
  }
  counter.count++
  if (answer.afterwards) stream.once('finish', () => answer.afterwards?.(wireOf(stream)))
  if (bodiless) return
  if (typeof answer.body === 'string' || Buffer.isBuffer(answer.body)) stream.end(answer.body)
  else void streamBody(stream, answer.body)
}

// Fields of one connection have no place in HTTP/2 (RFC 9113 §8.2.2).
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade'])

function fieldsOf(flat: readonly string[]): Record<string, string | string[]> {
  const fields = recordOf<string | string[]>()
  for (let i = 0; i < flat.length; i += 2) {
    const name = (flat[i] as string).toLowerCase()
    const value = flat[i + 1] as string
    if (hopByHop.has(name)) continue
    const before = fields[name]
    fields[name] = before === undefined ? value : [before, value].flat()
  }
  return fields
}

const { NGHTTP2_NO_ERROR: noError, NGHTTP2_INTERNAL_ERROR: internalError } = constants
const halfClosedByClient = constants.NGHTTP2_STREAM_STATE_HALF_CLOSED_REMOTE

function wireOf(stream: ServerHttp2Stream): Wire {
  const close = () => stream.close(internalError)
  return {
    write: () => {},
    end: close,
    reset: close,
    pause: (ms) => pauseUntilClosed(stream, ms),
    get isGone() {
      return stream.destroyed
    },
  }
}
