import { answer } from '../application/answer.ts'
import { type Ask, splitTarget } from '../application/ask.ts'
import type { Reply } from '../application/reply.ts'
import { type Match, matchMethod, type Router } from '../application/router.ts'
import type { Counter, ListenerLedger } from '../listener-ledger.ts'
import type { ServerState } from '../server-state.ts'
import { type EncodedReply, encodeReply } from './encode-reply.ts'
import { type LaneHead, readHead } from './read-head.ts'

/** A request head that was read once, and everything that follows from its bytes. */
export interface KnownHead {
  readonly head: LaneHead
  readonly protocol: Counter
  /** Its reply depends on its body. */
  readonly readsBody: boolean
  answer(body: Buffer): LaneAnswer
  /** What it gets instead of its reply; the connection ends after that. */
  refuse(refusal: Reply): LaneAnswer
}

/** A reply that is ready to be sent, any number of times. */
export interface LaneAnswer {
  readonly replied: Counter
  /** The reply's bytes, as they are to go out now. */
  bytes(): Buffer
  /** What it holds in memory. */
  readonly keptBytes: number
}

const noBytes = Buffer.alloc(0)
// Clients that are measured send the same body again and again; its echo is kept when it is small.
const maxEchoedBytes = 4 * 1024

// Drawing a body for each reply would cost more than the reply: this much is drawn beforehand, and sent in turn.
const drawnBytes = 64 * 1024

const mustNotWait = () => Promise.reject(new Error('a measured route must not wait'))

interface Dated {
  readonly second: number
  readonly text: string
}

interface LaneParts {
  readonly state: ServerState
  readonly router: Router
  readonly ledger: ListenerLedger
  readonly scheme: 'http' | 'https'
}

// Clients that send ever-changing heads must not fill the memory; those that repeat theirs are soon known again.
const maxHeads = 1_024
const maxKeptBytes = 32 * 1024 * 1024

/**
 * Remembers request heads by their bytes: the same bytes from the same address mean the same request, so parsing,
 * routing and encoding are done once per distinct head. This is what makes the lane fast.
 */
export class KnownHeads {
  readonly #parts: LaneParts
  readonly #byText = new Map<string, KnownHead>()
  #keptBytes = 0
  #now: Dated = { second: -1, text: '' }

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  /** A head read before; `text` ends with its empty line. */
  get(text: string): KnownHead | undefined {
    return this.#byText.get(text)
  }

  /** Reads a head that is not known yet; `undefined` when it is not for the lane. */
  learn(text: string, remoteAddress: string): KnownHead | undefined {
    const head = readHead(text.slice(0, -4))
    if (!head) return undefined
    const { path } = splitTarget(head.target)
    const match = matchMethod(this.#parts.router(path), head.method)
    if (!match?.route.measured) return undefined
    const known = this.#prepare(head, match, remoteAddress)
    if (!known.readsBody) this.#keptBytes += known.answer(noBytes).keptBytes
    if (this.#byText.size >= maxHeads || this.#keptBytes > maxKeptBytes) {
      this.#byText.clear()
      this.#keptBytes = 0
    }
    this.#byText.set(text, known)
    return known
  }

  #prepare(head: LaneHead, match: Match, remoteAddress: string): KnownHead {
    const { state, ledger, scheme } = this.#parts
    const ask: Ask = {
      ...splitTarget(head.target),
      method: head.method,
      rawHeaders: head.rawHeaders,
      scheme,
      remoteAddress,
      body: noBytes,
      state,
      pause: mustNotWait,
      pauseUntil: mustNotWait,
      nth: 0,
    }
    const { template, readsBody = false } = match.route
    const encode = (to: LaneHead, reply: Reply): LaneAnswer => ({
      replied: ledger.replyCounter(template, reply.status),
      ...this.#sender(to, reply),
    })
    const reply = (body: Buffer) => encode(head, answer({ ...match, template }, { ...ask, body }) as Reply)
    return {
      head,
      protocol: ledger.protocolCounter(`HTTP/${head.version}`),
      readsBody,
      answer: readsBody ? rememberLast(reply) : always(reply(noBytes)),
      refuse: (refusal) => encode({ ...head, keepsAlive: false }, withoutConnection(refusal)),
    }
  }

  #sender(head: LaneHead, reply: Reply): Pick<LaneAnswer, 'bytes' | 'keptBytes'> {
    const { idleTimeoutMs } = this.#parts.state.options
    const encoded = encodeReply(head, reply, { date: this.#date().text, idleTimeoutMs })
    const { bytes, bodyAt } = encoded
    const { redraw } = reply
    if (!redraw || bodyAt === bytes.length) return { bytes: this.#dated(encoded), keptBytes: bytes.length }
    const draw = () => {
      const copy = Buffer.allocUnsafe(bytes.length)
      bytes.copy(copy, 0, 0, bodyAt)
      redraw().copy(copy, bodyAt)
      return this.#dated({ ...encoded, bytes: copy })
    }
    const copies = Math.floor(drawnBytes / bytes.length)
    if (copies < 2) return { bytes: () => draw()(), keptBytes: bytes.length }
    return { bytes: inTurn(copies, draw), keptBytes: copies * bytes.length }
  }

  // The kept bytes are written to only to bring the date up to the second.
  #dated({ bytes, dateAt }: EncodedReply): () => Buffer {
    let written = -1
    return () => {
      const { second, text } = this.#date()
      if (second !== written) bytes.write(text, dateAt, 'latin1')
      written = second
      return bytes
    }
  }

  #date(): Dated {
    const second = Math.floor(Date.now() / 1_000)
    if (second !== this.#now.second) this.#now = { second, text: new Date(second * 1_000).toUTCString() }
    return this.#now
  }
}

// Drawn when they are first due: a head that comes once gets one.
function inTurn(copies: number, draw: () => () => Buffer): () => Buffer {
  const senders: (() => Buffer)[] = []
  let next = 0
  return () => {
    const send = senders[next] ?? draw()
    senders[next] = send
    next = (next + 1) % copies
    return send()
  }
}

function always<T>(value: T): () => T {
  return () => value
}

function rememberLast(reply: (body: Buffer) => LaneAnswer): (body: Buffer) => LaneAnswer {
  let last: { readonly body: Buffer; readonly answer: LaneAnswer } | undefined
  return (body) => {
    if (last?.body.equals(body)) return last.answer
    const answer = reply(body)
    // A copy: the body is a view of a whole chunk from the socket.
    last = body.length > maxEchoedBytes ? undefined : { body: Buffer.from(body), answer }
    return answer
  }
}

// How the connection goes on is said by the lane, which ends it.
function withoutConnection(reply: Reply): Reply {
  return { ...reply, headers: reply.headers.filter(([name]) => name !== 'Connection') }
}
