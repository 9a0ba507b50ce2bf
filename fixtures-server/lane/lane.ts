import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { bodyTooLarge, bodyTooSlow } from '../application/answer.ts'
import { encodeRefusal } from '../application/refuse-connection.ts'
import { refusal } from '../application/reply.ts'
import type { Connection } from '../connection.ts'
import type { LedgerEntry } from '../listener-ledger.ts'
import { maxHeadBytes } from '../options.ts'
import type { ServerState } from '../server-state.ts'
import { watchArrival } from '../watch-arrival.ts'
import { BodySkipper } from './body-skipper.ts'
import type { KnownHead, KnownHeads, LaneAnswer } from './known-heads.ts'

interface LaneOptions {
  readonly heads: KnownHeads
  readonly application: Server
  readonly state: ServerState
}

interface PendingBody {
  readonly skipper: BodySkipper
  readonly known: KnownHead
}

const noBytes = Buffer.alloc(0)
const headEnd = Buffer.from('\r\n\r\n')
// One write for a batch of pipelined replies, but never so large that a greedy client decides our memory.
const batchBytes = 64 * 1024

/**
 * The measuring lane on one connection: answers measured routes from known heads, and hands the connection to the
 * node:http application at the first request that is anything else.
 */
export class Lane {
  readonly #lane: LaneOptions
  readonly #entry: LedgerEntry
  readonly #connection: Connection
  readonly #socket: Socket
  #rest: Buffer | undefined
  #body: PendingBody | undefined
  #replies: Buffer[] = []
  #replyBytes = 0
  #lastHeadBytes = 0
  #headTimer: NodeJS.Timeout | undefined
  #stopBodyWatch: (() => void) | undefined
  #state: 'open' | 'clientEnded' | 'ending' | 'handedOver' = 'open'

  constructor(entry: LedgerEntry, lane: LaneOptions) {
    this.#lane = lane
    this.#entry = entry
    this.#connection = entry.connection
    this.#socket = entry.connection.socket
    this.#socket.setTimeout(lane.state.options.idleTimeoutMs)
    this.#socket.on('data', this.#onData)
    this.#socket.on('end', this.#onEnd)
    this.#socket.on('drain', this.#onDrain)
    this.#socket.on('timeout', this.#onTimeout)
    this.#socket.once('close', () => {
      this.#stopHeadTimer()
      this.#stopBodyWatch?.()
    })
  }

  /** Ends the connection once what it was answered is written; one that was handed over is not the lane's any more. */
  end(): void {
    if (this.#state === 'handedOver') return
    this.#state = 'ending'
    this.#socket.destroySoon()
  }

  #onData = (chunk: Buffer): void => {
    if (this.#state !== 'open') return
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = undefined
    this.#read(bytes)
  }

  #onEnd = (): void => {
    if (this.#state !== 'open') return
    this.#state = 'clientEnded'
    if (!this.#socket.writableNeedDrain) this.#socket.end()
  }

  // The client reads again: go on with the requests that were left lying.
  #onDrain = (): void => {
    const rest = this.#rest
    this.#rest = undefined
    if (rest) this.#read(rest)
    if (this.#socket.writableNeedDrain || this.#state === 'handedOver') return
    if (this.#state === 'clientEnded') this.#socket.end()
    else this.#socket.resume()
  }

  #onTimeout = (): void => {
    this.#socket.destroy()
  }

  #read(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && this.#state !== 'ending') {
      if (this.#replyBytes >= batchBytes && !this.#flush()) {
        this.#rest = bytes.subarray(at)
        break
      }
      const next = this.#body ? this.#skipBody(bytes, at) : this.#readHead(bytes, at)
      if (next < 0) break
      at = next
    }
    if (!this.#flush()) this.#socket.pause()
  }

  // Returns where the next request, or this one's body, begins; −1 when nothing more can be read from `bytes`.
  #readHead(bytes: Buffer, at: number): number {
    const known = this.#knownAt(bytes, at)
    if (known === 'partial') return this.#keepPartial(bytes.subarray(at))
    if (known === 'foreign') return this.#handOver(bytes.subarray(at))
    if (this.#headTimer) this.#stopHeadTimer()
    this.#connection.requests++
    known.protocol.count++
    const next = at + this.#lastHeadBytes
    const { framing } = known.head
    if (framing.kind === 'none') return this.#reply(known, next, noBytes)
    const { maxBodyBytes: maxBytes } = this.#lane.state.options
    this.#body = { skipper: new BodySkipper(framing, { maxBytes, keeps: known.readsBody }), known }
    return this.#skipBody(bytes, next)
  }

  #knownAt(bytes: Buffer, at: number): KnownHead | 'partial' | 'foreign' {
    // Faults are the application's business, and so is the reply that announces the connection's end.
    if (this.#lane.state.faults.plan || this.#isLast()) return 'foreign'
    // The usual case: the same client sends a head of the same length again, and it is one that is known.
    const guess = at + this.#lastHeadBytes
    if (this.#lastHeadBytes > 0 && guess <= bytes.length) {
      const known = this.#lane.heads.get(bytes.toString('latin1', at, guess))
      if (known) return known
    }
    const end = bytes.indexOf(headEnd, at)
    if (end < 0) return 'partial'
    const text = bytes.toString('latin1', at, end + headEnd.length)
    if (text.length > maxHeadBytes) return 'foreign'
    this.#lastHeadBytes = text.length
    return this.#lane.heads.get(text) ?? this.#lane.heads.learn(text, this.#connection.remoteAddress) ?? 'foreign'
  }

  #isLast(): boolean {
    const { maxRequestsPerConnection: most } = this.#lane.state.options
    return most !== undefined && this.#connection.carried + 1 >= most
  }

  #skipBody(bytes: Buffer, at: number): number {
    const { skipper, known } = this.#body as PendingBody
    switch (skipper.skip(bytes, at)) {
      case 'more':
        this.#stopBodyWatch ??= this.#watchBody(known)
        return -1
      case 'done':
        this.#body = undefined
        this.#stopBodyWatch?.()
        this.#stopBodyWatch = undefined
        return this.#reply(known, skipper.at, skipper.body)
      case 'malformed':
        return this.#refuse(400, 'Bad Request', 'the chunked body is malformed')
      case 'too-large':
        return this.#end(known.refuse(bodyTooLarge(this.#lane.state.options.maxBodyBytes)))
    }
  }

  #watchBody(known: KnownHead): () => void {
    const onSlow = () => {
      this.#end(known.refuse(bodyTooSlow()))
      this.#flush()
      return false
    }
    const { bodyTimeoutMs: timeoutMs } = this.#lane.state.options
    return watchArrival({ timeoutMs, receivedBytes: () => this.#socket.bytesRead, onSlow })
  }

  #reply(known: KnownHead, next: number, body: Buffer): number {
    const answer = known.answer(body)
    if (!known.head.keepsAlive) return this.#end(answer)
    this.#push(answer.bytes())
    answer.replied.count++
    return next
  }

  #end(answer: LaneAnswer): number {
    this.#push(answer.bytes())
    answer.replied.count++
    this.#state = 'ending'
    return -1
  }

  #refuse(status: number, text: string, reason: string): number {
    this.#push(encodeRefusal(status, text, refusal(status, reason, [['Connection', 'close']])))
    this.#entry.ledger.countRefused(status)
    this.#state = 'ending'
    return -1
  }

  #push(bytes: Buffer): void {
    this.#replies.push(bytes)
    this.#replyBytes += bytes.length
  }

  // False when the client does not read as fast as it asks.
  #flush(): boolean {
    const replies = this.#replies
    if (replies.length > 0) {
      const one = replies.length === 1 ? (replies[0] as Buffer) : Buffer.concat(replies, this.#replyBytes)
      this.#socket.write(one)
      replies.length = 0
      this.#replyBytes = 0
    }
    if (this.#state === 'ending') this.#socket.destroySoon()
    return !this.#socket.writableNeedDrain
  }

  // A head that is not complete yet stays here only as long as it may become one for the lane.
  #keepPartial(rest: Buffer): number {
    if (rest.length > maxHeadBytes || !mayBeMeasured(rest)) return this.#handOver(rest)
    this.#rest = rest
    this.#headTimer ??= setTimeout(this.#onSlowHead, this.#lane.state.options.headTimeoutMs)
    return -1
  }

  #onSlowHead = (): void => {
    this.#refuse(408, 'Request Timeout', 'the request head took too long to arrive')
    this.#flush()
  }

  #stopHeadTimer(): void {
    clearTimeout(this.#headTimer)
    this.#headTimer = undefined
  }

  #handOver(rest: Buffer): number {
    this.#flush()
    const socket = this.#socket
    this.#state = 'handedOver'
    this.#stopHeadTimer()
    socket.off('data', this.#onData).off('end', this.#onEnd).off('drain', this.#onDrain).off('timeout', this.#onTimeout)
    socket.setTimeout(0)
    socket.pause()
    socket.unshift(rest)
    this.#lane.application.emit('connection', socket)
    socket.resume()
    return -1
  }
}

const measuredStarts = ['GET /', 'HEAD /', 'POST /']
const carriageReturn = 13
const lineFeed = 10

function mayBeMeasured(partial: Buffer): boolean {
  const start = partial.toString('latin1', 0, Math.min(partial.length, 6))
  if (!measuredStarts.some((known) => known.startsWith(start) || start.startsWith(known))) return false
  for (let at = partial.indexOf(lineFeed); at >= 0; at = partial.indexOf(lineFeed, at + 1)) {
    if (partial[at - 1] !== carriageReturn) return false
  }
  return true
}
