import { bodyDropped } from '../wire/exchange-errors.ts'
import type { WireBodyReader, WireRequest } from '../wire/transport.ts'

/** Bytes of an unwanted body that are read so that its connection can be kept; more costs the connection. */
export const DRAIN_LIMIT_BYTES = 128 * 1024

/** How long an unwanted body may take; after that a new connection is the smaller loss. */
export const DRAIN_LIMIT_MS = 500

/**
 * A body that nobody wants, read to its end so that its connection can be used again, within limits of bytes and time.
 * What was read is kept, so that a redirect's body can be looked at later; a body beyond the limits is given up, and
 * reading it says so.
 */
export class DrainedBody implements WireBodyReader {
  readonly #body: WireBodyReader
  readonly #chunks: Promise<Buffer[]>
  #ended = false

  constructor(body: WireBodyReader, request: WireRequest, announcedBytes = 0) {
    this.#body = body
    this.#chunks = announcedBytes > DRAIN_LIMIT_BYTES ? giveUp(body, request) : drain(body, request)
  }

  /** Resolves when the body has ended or has been given up. */
  async done(): Promise<void> {
    try {
      await this.#chunks
      this.#ended = true
    } catch {
      // A body that fails while it is thrown away is of no interest, unless it is read after all.
    }
  }

  get ended(): boolean {
    return this.#ended
  }

  async read(): Promise<Buffer | null> {
    return (await this.#chunks).shift() ?? null
  }

  async readAll(): Promise<Buffer[]> {
    return (await this.#chunks).splice(0)
  }

  drop(): void {
    this.#body.drop()
  }

  onSettled(callback: () => void): void {
    this.#body.onSettled(callback)
  }
}

function drain(body: WireBodyReader, request: WireRequest): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(dropped(body, request)), DRAIN_LIMIT_MS)
    const collected = collect(body, request)
    collected.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

async function collect(body: WireBodyReader, request: WireRequest): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  let bytes = 0
  for (let piece = await body.read(); piece !== null; piece = await body.read()) {
    bytes += piece.length
    if (bytes > DRAIN_LIMIT_BYTES) throw dropped(body, request)
    chunks.push(piece)
  }
  return chunks
}

async function giveUp(body: WireBodyReader, request: WireRequest): Promise<never> {
  throw dropped(body, request)
}

function dropped(body: WireBodyReader, request: WireRequest): Error {
  body.drop()
  return bodyDropped(request)
}
