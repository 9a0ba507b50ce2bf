import { BodyBytes } from '../body-bytes.ts'
import type { Framing } from './read-head.ts'

/** Where a skipper stands after some bytes: at the end of the body, in the middle of it, or before a fault. */
export type SkipState = 'done' | 'more' | 'malformed' | 'too-large'

const noBytes = Buffer.alloc(0)
const cr = 13
const lf = 10
// A chunk-size line with its extensions, or a trailer section, may not be used to send without end.
const maxLineBytes = 4 * 1024
const maxTrailerBytes = 8 * 1024
// All extensions of a body together, as node:http has it.
const maxExtensionBytes = 16 * 1024

interface SkipOptions {
  readonly maxBytes: number
  readonly keeps: boolean
}

type Stage = 'data' | 'size' | 'dataEnd' | 'trailer'

/** Finds the end of a request body, fed piece by piece; its bytes are thrown away, or kept when they are wanted. */
export class BodySkipper {
  readonly #maxBytes: number
  readonly #chunked: boolean
  #stage: Stage
  /** Bytes of data still to come, in this chunk or in the body. */
  #left: number
  #total = 0
  #line = ''
  #trailerBytes = 0
  #extensionBytes = 0
  readonly #kept: BodyBytes | undefined
  /** How far into the piece `skip` got. */
  at = 0

  constructor(framing: Exclude<Framing, { kind: 'none' }>, { maxBytes, keeps }: SkipOptions) {
    this.#maxBytes = maxBytes
    this.#kept = keeps ? new BodyBytes() : undefined
    this.#chunked = framing.kind === 'chunked'
    this.#stage = framing.kind === 'chunked' ? 'size' : 'data'
    this.#left = framing.kind === 'chunked' ? 0 : framing.bytes
    this.#total = this.#left
  }

  /** The body without its framing, as far as it has been read; empty unless it is kept. */
  get body(): Buffer {
    return this.#kept?.bytes ?? noBytes
  }

  /** Skips body bytes from `start` on; `at` then is where the body, or the piece, ended. */
  skip(bytes: Buffer, start: number): SkipState {
    this.at = start
    if (this.#total > this.#maxBytes) return 'too-large'
    for (;;) {
      if (this.#stage === 'data' && this.#skipData(bytes)) return this.#left > 0 ? 'more' : 'done'
      const line = this.#readLine(bytes)
      if (line === 'more' || line === 'malformed') return line
      const state = this.#useLine()
      if (state) return state
    }
  }

  // True when there is nothing further to read for now: the piece, or a body of known length, is at its end.
  #skipData(bytes: Buffer): boolean {
    const taken = Math.min(this.#left, bytes.length - this.at)
    if (taken > 0) this.#kept?.add(bytes.subarray(this.at, this.at + taken))
    this.at += taken
    this.#left -= taken
    if (this.#left > 0 || !this.#chunked) return true
    this.#stage = 'dataEnd'
    return false
  }

  // Gathers a line in #line; it must end in CRLF, and a CR or LF elsewhere in it is a fault.
  #readLine(bytes: Buffer): 'line' | 'more' | 'malformed' {
    while (this.at < bytes.length) {
      const byte = bytes[this.at++] as number
      const afterCr = this.#line.endsWith('\r')
      if (byte === lf) return afterCr ? 'line' : 'malformed'
      if (afterCr || this.#line.length >= maxLineBytes || (byte < 32 && byte !== cr && byte !== 9)) return 'malformed'
      this.#line += String.fromCharCode(byte)
    }
    return 'more'
  }

  #useLine(): SkipState | undefined {
    const line = this.#line.slice(0, -1)
    this.#line = ''
    switch (this.#stage) {
      case 'size':
        return this.#useSize(line)
      case 'dataEnd':
        this.#stage = 'size'
        return line === '' ? undefined : 'malformed'
      case 'trailer':
        return this.#useTrailer(line)
      case 'data':
        return undefined
    }
  }

  #useSize(line: string): SkipState | undefined {
    const size = /^([0-9a-f]{1,12})(?:;[\t\x20-\x7e]*)?$/i.exec(line)?.[1]
    if (size === undefined) return 'malformed'
    this.#extensionBytes += line.length - size.length
    if (this.#extensionBytes > maxExtensionBytes) return 'malformed'
    this.#left = Number.parseInt(size, 16)
    this.#total += this.#left
    this.#stage = this.#left === 0 ? 'trailer' : 'data'
    return this.#total > this.#maxBytes ? 'too-large' : undefined
  }

  #useTrailer(line: string): SkipState | undefined {
    if (line === '') return 'done'
    this.#trailerBytes += line.length
    return this.#trailerBytes > maxTrailerBytes || !/^[^\s:]+:/.test(line) ? 'malformed' : undefined
  }
}
