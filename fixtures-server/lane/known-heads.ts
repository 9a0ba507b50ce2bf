import { type Ask, splitTarget } from '../application/ask.ts'
import { emptyBody, type Reply } from '../application/reply.ts'
import { type Match, matchMethod, type Router } from '../application/router.ts'
import type { Counter, ListenerLedger } from '../listener-ledger.ts'
import type { ServerState } from '../server-state.ts'
import { encodeReply } from './encode-reply.ts'
import { type LaneHead, readHead } from './read-head.ts'

/** A request head that was read once, and everything that follows from its bytes. */
export interface KnownHead {
  readonly head: LaneHead
  readonly protocol: Counter
  readonly replied: Counter
  /** The reply's bytes, made anew or kept. */
  bytes(): Buffer
}

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

/**
 * Remembers request heads by their bytes: the same bytes from the same address mean the same request, so parsing,
 * routing and encoding are done once per distinct head. This is what makes the lane fast.
 */
export class KnownHeads {
  readonly #parts: LaneParts
  readonly #byText = new Map<string, KnownHead>()
  #dated: Dated = { second: -1, text: '' }

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
    if (this.#byText.size >= maxHeads) this.#byText.clear()
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
      body: emptyBody,
      state,
      pause: () => Promise.reject(new Error('a measured route must not wait')),
    }
    const answer = () => match.route.answer(ask, match.params) as Reply
    const first = answer()
    return {
      head,
      protocol: ledger.protocolCounter(`HTTP/${head.version}`),
      replied: ledger.replyCounter(match.route.template, first.status),
      bytes: first.fresh ? () => this.#encode(head, answer()).bytes : this.#keep(head, first),
    }
  }

  // The kept bytes are written again only to bring the date up to the second.
  #keep(head: LaneHead, reply: Reply): () => Buffer {
    const { bytes, dateAt } = this.#encode(head, reply)
    let written = this.#dated.second
    return () => {
      const { second, text } = this.#date()
      if (second !== written) {
        bytes.write(text, dateAt, 'latin1')
        written = second
      }
      return bytes
    }
  }

  #encode(head: LaneHead, reply: Reply) {
    return encodeReply(head, reply, { date: this.#date().text, idleTimeoutMs: this.#parts.state.options.idleTimeoutMs })
  }

  #date(): Dated {
    const second = Math.floor(Date.now() / 1_000)
    if (second !== this.#dated.second) this.#dated = { second, text: new Date(second * 1_000).toUTCString() }
    return this.#dated
  }
}
