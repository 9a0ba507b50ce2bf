import { constants, type Http2Session, type ServerHttp2Stream } from 'node:http2'
import { type Behaviour, bodyOf, type PeerRequest, readPath } from './behaviours.ts'

const { NGHTTP2_NO_ERROR, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = constants

/** Ends the socket beneath a session. */
type EndSocket = (how: 'close' | 'garbage') => void

/** One request that is to be answered. */
type Asked = {
  readonly stream: ServerHttp2Stream
  readonly session: Http2Session
  readonly id: string
  readonly body: string
  readonly end: EndSocket
  readonly respond: (status?: number, headers?: Record<string, string>) => void
  /** The whole answer. */
  readonly say: (status?: number, headers?: Record<string, string>) => void
}

const CHALLENGE = { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' }

/** What is not here is answered plainly. */
const ANSWERS: Partial<Record<Behaviour, (asked: Asked) => void>> = {
  slow: ({ stream, body, respond }) => {
    respond()
    later(stream, () => later(stream, () => stream.end(body)))
  },
  never: () => {},
  stall: ({ stream, body, respond }) => {
    respond()
    stream.write(body.slice(0, 5))
  },
  cut: ({ stream, body, respond }) => {
    respond()
    stream.write(body.slice(0, 5))
    later(stream, () => stream.destroy(new Error('cut')))
  },
  reset: ({ end }) => end('close'),
  fin: ({ end }) => end('close'),
  garbage: ({ end }) => end('garbage'),
  interim: ({ stream, say }) => {
    stream.additionalHeaders({ ':status': 103 })
    say()
  },
  interims: ({ stream }) => {
    const timer = setInterval(() => {
      if (stream.destroyed) clearInterval(timer)
      else stream.additionalHeaders({ ':status': 103 })
    }, 5)
  },
  early: ({ say }) => say(413),
  'reset-after': ({ say, end }) => {
    say()
    setImmediate(() => end('close'))
  },
  'fin-after': ({ say, end }) => {
    say()
    setImmediate(() => end('close'))
  },
  redirect: ({ stream, id, respond }) => {
    respond(303, { location: `/${id}/ok` })
    stream.end()
  },
  busy: ({ say }) => say(503, { 'retry-after': '0' }),
  unauthorized: ({ say }) => say(401, CHALLENGE),
  goaway: ({ session, say }) => {
    say()
    session.close()
  },
  'goaway-all': ({ session }) => leave(session, NGHTTP2_NO_ERROR, 0),
  'goaway-others': ({ session, stream, say }) => {
    leave(session, NGHTTP2_NO_ERROR, Math.max(stream.id ?? 0, looked.get(session)?.at ?? 0))
    say()
  },
  'goaway-error': ({ session }) => leave(session, NGHTTP2_ENHANCE_YOUR_CALM, 0),
  refused: ({ stream }) => stream.close(NGHTTP2_REFUSED_STREAM),
  close: ({ stream }) => stream.close(NGHTTP2_CANCEL),
  'no-streams': ({ session, say }) => {
    if ('settings' in session) session.settings({ maxConcurrentStreams: 0 })
    say()
  },
}

/** The last stream of a session that has been looked at, and the last that will be. */
const looked = new WeakMap<Http2Session, { readonly at: number; readonly most: number }>()

/** Serves HTTP/2 on a session; each request is told of before it is answered. */
export function serveH2(session: Http2Session, end: EndSocket, onRequest: (request: PeerRequest) => PeerRequest): void {
  session.on('error', () => {})
  session.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {})
    const request = readPath(String(headers[':method']), String(headers[':path']))
    const answer = (as: PeerRequest) => answerH2({ stream, session, end }, as)
    if (request.behaviour === 'early') return answer(request)
    stream.resume()
    stream.once('end', () => {
      const { at, most } = looked.get(session) ?? { at: 0, most: Number.POSITIVE_INFINITY }
      const id = stream.id ?? 0
      // What is refused has not been looked at, nor what comes behind the last that the peer has said it will.
      if (id > most) return stream.close(NGHTTP2_REFUSED_STREAM)
      if (request.behaviour === 'refused') return answer(request)
      looked.set(session, { at: Math.max(at, id), most })
      answer(onRequest(request))
    })
  })
}

function answerH2(at: Pick<Asked, 'stream' | 'session' | 'end'>, request: PeerRequest): void {
  const { stream } = at
  const body = bodyOf(request)
  const respond: Asked['respond'] = (status = 200, headers = {}) => stream.respond({ ':status': status, ...headers })
  const say: Asked['say'] = (status, headers) => {
    respond(status, headers)
    stream.end(body)
  }
  const answer = ANSWERS[request.behaviour] ?? (() => say())
  // Whatever the session has come to meanwhile.
  try {
    answer({ ...at, id: request.id, body, respond, say })
  } catch {
    at.session.destroy()
  }
}

/** Node reads no more once it has said GOAWAY and has no streams: it is to close then, as servers do. */
function leave(session: Http2Session, code: number, lastStreamId: number): void {
  looked.set(session, { at: looked.get(session)?.at ?? 0, most: lastStreamId })
  session.goaway(code, lastStreamId)
  session.close()
}

function later(stream: ServerHttp2Stream, work: () => void): void {
  setImmediate(() => stream.destroyed || work())
}
