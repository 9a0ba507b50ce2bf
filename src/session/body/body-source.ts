import type { WireBodyReader } from '../wire/transport.ts'
import { type DecodeOptions, decodeBody } from './decode-body.ts'

/** What a reader sees of a body: its pieces, and a way to leave that needs not wait for the next one. */
export type BodySource = {
  /** The next piece, or null at the end or once stopped. One at a time. @throws the error that ended the body */
  next(): Promise<Buffer | null>
  /** Gives the rest up, also while `next` waits. */
  stop(): void
  /** True when its reader has left: what it has of an unfinished piece is of no use. */
  readonly stopped: boolean
  /** Its reader lives, and is busy with what it has been given. */
  touch(): void
}

// Kept beside the bodies, because a transport of the caller's makes its own, and need not know of their readers.
const readers = new WeakMap<WireBodyReader, Reading>()

type Reading = { waiting: boolean; lastMs: number }

/** Since when (`performance.now()`) the reader of a body has asked for nothing; undefined while it waits for more, and without one. */
export function idleSinceMs(body: WireBodyReader): number | undefined {
  const reading = readers.get(body)
  return reading === undefined || reading.waiting ? undefined : reading.lastMs
}

/** The pieces of a body, decoded when `decoding` says how. */
export function openBody(body: WireBodyReader, decoding: DecodeOptions | undefined): BodySource {
  const decoded = decoding === undefined ? undefined : decodeBody(readPieces(body), decoding)
  const reading: Reading = { waiting: false, lastMs: performance.now() }
  // Here, where the reader is: decoders read ahead of it.
  readers.set(body, reading)
  let stopped = false
  return {
    async next() {
      if (stopped) return null
      reading.waiting = true
      try {
        const piece = decoded === undefined ? await body.read() : await nextOf(decoded)
        return stopped ? null : piece
      } catch (error) {
        if (stopped) return null
        // The rest must not hold the connection.
        if (!body.ended) body.drop()
        throw error
      } finally {
        reading.waiting = false
        reading.lastMs = performance.now()
      }
    },
    touch() {
      reading.lastMs = performance.now()
    },
    stop() {
      stopped = true
      // What waits for a piece hears of it by the body's end, so that nothing queues behind it.
      body.drop()
      decoded?.return(undefined).catch(() => {})
    },
    get stopped() {
      return stopped
    },
  }
}

/** A body that is in memory already. */
export function openBytes(bytes: Promise<Buffer>): BodySource {
  let taken = false
  let stopped = false
  return {
    async next() {
      if (taken) return null
      taken = true
      return bytes
    },
    stop() {
      taken = stopped = true
    },
    touch() {},
    get stopped() {
      return stopped
    },
  }
}

/** All pieces as one. */
export async function collectPieces(source: BodySource): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let piece = await source.next(); piece !== null; piece = await source.next()) chunks.push(piece)
  return Buffer.concat(chunks)
}

/**
 * A generator that can be left while it waits. `return()` of an async generator queues behind the `next()` that is under
 * way, which may take as long as the server likes; this one calls `stop` and is done.
 */
export function stoppable<T>(inner: AsyncGenerator<T, void>, stop: () => void): AsyncGenerator<T> {
  const leave = () => {
    stop()
    inner.return().catch(() => {})
  }
  const outer: AsyncGenerator<T> = {
    next: () => inner.next(),
    async return(value) {
      leave()
      return { done: true, value: await value }
    },
    async throw(error) {
      leave()
      throw error
    },
    [Symbol.asyncIterator]: () => outer,
    async [Symbol.asyncDispose]() {
      leave()
    },
  }
  return outer
}

async function* readPieces(body: WireBodyReader): AsyncGenerator<Buffer> {
  for (let piece = await body.read(); piece !== null; piece = await body.read()) yield piece
}

async function nextOf(pieces: AsyncGenerator<Buffer>): Promise<Buffer | null> {
  const { done, value } = await pieces.next()
  return done ? null : value
}
