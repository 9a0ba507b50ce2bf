import { Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { atKey } from '../at.ts'
import { BodyError, type RequestSummary, SessionError } from '../errors.ts'
import { codeOf } from '../thrown.ts'
import { ZstdFrames } from './zstd-frames.ts'

/** What decoding needs to know. */
export type DecodeOptions = {
  /** The Content-Encoding header; several encodings are undone from last to first. */
  readonly encoding: string
  readonly maxBytes: number
  readonly request: RequestSummary
}

/** Makes the decoder for a body whose first piece is given. */
type MakeDecoder = (first: Buffer) => Transform

const DECODERS: ReadonlyMap<string, MakeDecoder> = new Map<string, MakeDecoder>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  // "deflate" is zlib by the standard and raw by some servers: the first nibble tells (RFC 1950, 2.2).
  ['deflate', (first) => (((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw())],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()],
])

/** More codings than anybody has use for are an attack on the reader's time; browsers and Node's fetch stop here too. */
const MAX_CODINGS = 5

/**
 * Undoes gzip, deflate, br and zstd, the last one first. One that is not known ends it: what is under it stays as it came.
 * @throws BodyError `BODY_ENCODING` on another format, `BODY_TRUNCATED` on a part of one, `BODY_TOO_LARGE`
 */
export async function* decodeBody(pieces: AsyncIterable<Buffer>, options: DecodeOptions): AsyncGenerator<Buffer> {
  const codings = readCodings(options.encoding)
  if (codings.length > MAX_CODINGS) {
    throw refused(
      options,
      `The body of ${options.request.url} has ${codings.length} Content-Encodings, ${MAX_CODINGS} at most are undone`,
    )
  }
  const known = codings.slice(codings.findLastIndex((name) => !DECODERS.has(name)) + 1)
  yield* known.reduceRight((input, name) => decodeOne(input, name, options), pieces)
}

function readCodings(encoding: string): readonly string[] {
  const names = encoding.split(',').map((name) => name.trim().toLowerCase())
  return names.filter((name) => name !== '' && name !== 'identity')
}

async function* decodeOne(input: AsyncIterable<Buffer>, name: string, options: DecodeOptions): AsyncGenerator<Buffer> {
  const iterator = input[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) return
  const frames = name === 'zstd' ? new ZstdFrames() : undefined
  let failed: { readonly error: unknown } | undefined
  const rest = (async function* () {
    try {
      for (let next: IteratorResult<Buffer> = first; !next.done; next = await iterator.next()) {
        frames?.write(next.value)
        yield next.value
      }
    } catch (error) {
      failed = { error }
      // A stream can only fail with an error, and what ended the input may be anything: a signal's reason.
      throw new Error('The input failed')
    } finally {
      await iterator.return?.()
    }
  })()
  const source = Readable.from(rest, { objectMode: false })
  const decoder = atKey(DECODERS, name)(first.value)
  source.on('error', (error) => decoder.destroy(error))
  let decodedBytes = 0
  try {
    for await (const piece of source.pipe(decoder) as AsyncIterable<Buffer>) {
      decodedBytes += piece.length
      // At each coding: what one of them makes of little may be nothing again in the next one's hands.
      if (decodedBytes > options.maxBytes) throw tooLarge(options)
      yield piece
    }
    if (frames?.complete === false) throw truncated(name, options)
  } catch (cause) {
    throw failed === undefined ? explain(cause, name, options) : failed.error
  } finally {
    source.destroy()
  }
}

function explain(cause: unknown, name: string, options: DecodeOptions): unknown {
  const code = codeOf(cause)
  if (cause instanceof SessionError || code === undefined) return cause
  const { url } = options.request
  // "Unexpected end of file", of whichever coding.
  if (code === 'Z_BUF_ERROR') return truncated(name, options, cause)
  return refused(options, `The body of ${url} is not the ${name} that its Content-Encoding promises`, cause)
}

function truncated(name: string, { request }: DecodeOptions, cause?: unknown): BodyError {
  const message = `The body of ${request.url} broke off: its ${name} is not complete`
  return new BodyError(message, { code: 'BODY_TRUNCATED', request, cause })
}

function refused(options: DecodeOptions, message: string, cause?: unknown): BodyError {
  return new BodyError(message, { code: 'BODY_ENCODING', request: options.request, cause })
}

function tooLarge({ request, maxBytes }: DecodeOptions): BodyError {
  const message = `The decoded body of ${request.url} has more than ${maxBytes} bytes (maxResponseBytes)`
  return new BodyError(message, { code: 'BODY_TOO_LARGE', request })
}
