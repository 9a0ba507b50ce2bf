import type { Socket } from 'node:net'
import { type Behaviour, bodyOf, type PeerRequest } from './behaviours.ts'

/** One request that is to be answered. */
type Asked = {
  readonly socket: Socket
  readonly id: string
  /** Empty for HEAD. */
  readonly body: string
  /** Status line and headers that announce the body. */
  readonly head: (status: string, headers?: string) => string
  readonly send: (text: string) => void
  /** Sends it, and lets the connection take the next request. */
  readonly say: (text: string) => void
  readonly next: () => void
}

const OK = '200 OK'
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
const CHALLENGE = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n'

const later = (work: () => void) => {
  setImmediate(work)
}

/** What is not here is answered plainly. */
const ANSWERS: Partial<Record<Behaviour, (asked: Asked) => void>> = {
  chunked: ({ body, send, say, next }) => {
    send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    if (body === '') next()
    else
      later(() => say(`5\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`))
  },
  slow: ({ head, body, send, say }) => {
    send(head(OK))
    later(() => later(() => say(body)))
  },
  bits: ({ socket, head, body, next }) => sayInBits(socket, head(OK) + body, next),
  close: ({ socket, head, body, send }) => {
    send(head(OK, 'Connection: close\r\n') + body)
    socket.end()
  },
  eof: ({ socket, body, send }) => {
    send(`HTTP/1.1 200 OK\r\n\r\n${body}`)
    socket.end()
  },
  never: () => {},
  stall: ({ head, body, send }) => send(head(OK) + body.slice(0, 5)),
  reset: ({ socket }) => resetSocket(socket),
  fin: ({ socket }) => void socket.end(),
  cut: ({ socket, head, body, send }) => {
    send(head(OK) + body.slice(0, 5))
    later(() => socket.destroy())
  },
  garbage: ({ say }) => say('This is not HTTP.\r\n\r\n'),
  interim: ({ head, body, say }) => say(CONTINUE + HINTS + head(OK) + body),
  interims: ({ socket }) => sayForEver(socket, HINTS),
  early: ({ socket, head, body, send }) => {
    socket.pause()
    send(head('413 Content Too Large') + body)
  },
  extra: ({ head, body, say }) => say(head(OK) + body + head(OK) + body),
  'reset-after': ({ socket, head, body, send }) => {
    send(head(OK) + body)
    later(() => resetSocket(socket))
  },
  'fin-after': ({ socket, head, body, send }) => {
    send(head(OK) + body)
    later(() => socket.end())
  },
  redirect: ({ id, say }) => say(`HTTP/1.1 303 See Other\r\nLocation: /${id}/ok\r\nContent-Length: 0\r\n\r\n`),
  busy: ({ head, body, say }) => say(head('503 Busy', 'Retry-After: 0\r\n') + body),
  unauthorized: ({ head, body, say }) => say(head('401 Unauthorized', CHALLENGE) + body),
}

/** Answers one HTTP/1.1 request as its path says; calls back when the connection may take the next one. */
export function answerH1(socket: Socket, request: PeerRequest, next: () => void): void {
  const whole = bodyOf(request)
  const send = (text: string) => {
    if (!socket.destroyed) socket.write(text)
  }
  const asked: Asked = {
    socket,
    id: request.id,
    body: request.method === 'HEAD' ? '' : whole,
    head: (status, headers = '') => `HTTP/1.1 ${status}\r\nContent-Length: ${whole.length}\r\n${headers}\r\n`,
    send,
    say: (text) => {
      send(text)
      next()
    },
    next,
  }
  const answer = ANSWERS[request.behaviour] ?? (({ head, body, say }) => say(head(OK) + body))
  answer(asked)
}

/** A connection on TLS has no reset of its own, and Node loses one that it is to reset while it ends. */
export function resetSocket(socket: Socket): void {
  if ('encrypted' in socket || socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}

function sayInBits(socket: Socket, text: string, next: () => void): void {
  const bits = text.match(/[\s\S]{1,40}/g) ?? []
  const go = () => {
    const bit = bits.shift()
    if (socket.destroyed) return
    if (bit === undefined) next()
    else {
      socket.write(bit)
      later(go)
    }
  }
  go()
}

function sayForEver(socket: Socket, text: string): void {
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(text)), 5)
  socket.once('close', () => clearInterval(timer))
}
