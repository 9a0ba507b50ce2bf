import { connect, type Socket } from 'node:net'
import type { Pacer } from '../pacer.ts'
import type { LatenessBook } from './lateness.ts'
import type { Transit } from './link-shape.ts'

/** A link that connections are relayed over. */
export interface Link {
  readonly host: string
  readonly targetPort: number
  readonly rttMs: number
  readonly pacer: Pacer
  now(): number
  /** Client to server. */
  readonly up: Transit
  /** Server to client. */
  readonly down: Transit
  readonly lateness: LatenessBook
  /** How long the relay stays awake after each delivery, for the answer to it. */
  readonly awakeMs: number
}

// What one direction may hold, under way and not yet read by the far side, before its source is asked to wait.
const maxHeldBytes = 1024 * 1024
// Over a link of limited bandwidth a large piece arrives bit by bit, not all at its end.
const pieceBytes = 16 * 1024

/**
 * Relays one accepted connection over the link and returns its sockets' closer.
 *
 * A connection over loopback is set up at once, but over the link that takes a round trip which the client should
 * have waited for. So the client is taken to live one round trip earlier than the link does, until it hears from the
 * server: what it sends in that time enters the link one round trip late. A server behind the link sees the
 * connection after half a round trip, as it would see the SYN.
 */
export function relay(client: Socket, link: Link): () => void {
  let upstream: Socket | undefined
  let heard = false
  link.pacer.schedule(link.now() + link.rttMs / 2, () => {
    upstream = connect({ host: link.host, port: link.targetPort, allowHalfOpen: true, noDelay: true })
    const onArrival = () => {
      heard = true
    }
    new Direction(upstream, () => client, { link, transit: link.down, earlyMs: () => 0, onArrival })
  })
  new Direction(client, () => upstream, { link, transit: link.up, earlyMs: () => (heard ? 0 : link.rttMs) })
  return () => {
    client.destroy()
    upstream?.destroy()
  }
}

interface DirectionOptions {
  readonly link: Link
  readonly transit: Transit
  /** How much earlier than the link its source lives just now. */
  earlyMs(): number
  onArrival?(): void
}

/** One direction of a relayed connection: what leaves `from` arrives at `to` later, in order. */
class Direction {
  readonly #from: Socket
  readonly #to: () => Socket | undefined
  readonly #options: DirectionOptions
  #lastDueMs = 0
  #heldBytes = 0

  constructor(from: Socket, to: () => Socket | undefined, options: DirectionOptions) {
    this.#from = from
    this.#to = to
    this.#options = options
    from.on('data', (chunk: Buffer) => this.#send(chunk))
    from.on('end', () => this.#after(0, (far) => far.end()))
    // A reset, or a refused connection to the listener: the far side is reset in its turn.
    from.on('error', () => this.#after(0, (far) => far.resetAndDestroy()))
  }

  #send(chunk: Buffer): void {
    this.#heldBytes += chunk.length
    if (this.#heldBytes >= maxHeldBytes) this.#from.pause()
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes)
      this.#after(piece.length, (far) => this.#arrive(far, piece))
    }
  }

  #after(bytes: number, action: (far: Socket) => void): void {
    const { link, transit, earlyMs } = this.#options
    const dueMs = Math.max(transit(link.now() + earlyMs(), bytes), this.#lastDueMs)
    this.#lastDueMs = dueMs
    link.pacer.schedule(dueMs, () => {
      link.lateness.record(link.now() - dueMs)
      const far = this.#to()
      if (far && !far.destroyed) action(far)
    })
  }

  #arrive(far: Socket, piece: Buffer): void {
    const { link, onArrival } = this.#options
    onArrival?.()
    link.pacer.stayAwake(link.now() + link.awakeMs)
    far.write(piece, () => this.#release(piece.length))
  }

  // Held until the far side's kernel has taken it: a receiver that does not read stops the sender, not our memory.
  #release(bytes: number): void {
    this.#heldBytes -= bytes
    if (this.#heldBytes < maxHeldBytes / 2 && this.#from.isPaused()) this.#from.resume()
  }
}
