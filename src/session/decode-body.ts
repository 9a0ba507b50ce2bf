import { Readable, type Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import { BodyError, type RequestSummary, SessionError } from './errors.ts'

/** What decoding needs to know. */
export type DecodeOptions = {
  /** The Content-Encoding header; several encodings are undone from last to first. */
  readonly encoding: string
  readonly maxBytes: number
  readonly request: RequestSummary
}

/** Undoes gzip, deflate, br and zstd. An unknown encoding is passed through. @throws BodyError `BODY_ENCODING`, `BODY_TOO_LARGE` */
export async function* decodeBody(pieces: AsyncIterable<Buffer>, options: DecodeOptions): AsyncGenerator<Buffer> {
  let decodedBytes = 0
  for await (const piece of decoders(pieces, options)) {
    decodedBytes += piece.length
    if (decodedBytes > options.maxBytes) {
      throw new BodyError(
        `The decoded body of ${options.request.url} has more than ${options.maxBytes} bytes (maxResponseBytes)`,
        {
          code: 'BODY_TOO_LARGE',
          request: options.request,
        },
      )
    }
    yield piece
  }
}

function decoders(pieces: AsyncIterable<Buffer>, options: DecodeOptions): AsyncIterable<Buffer> {
  const names = options.encoding.split(',').map((name) => name.trim().toLowerCase())
  return names.reduceRight<AsyncIterable<Buffer>>((input, name) => decodeOne(input, name, options), pieces)
}

async function* decodeOne(input: AsyncIterable<Buffer>, name: string, options: DecodeOptions): AsyncGenerator<Buffer> {
  const iterator = input[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) return
  const decoder = makeDecoder(name, first.value)
  const rest = (async function* () {
    yield first.value
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  })()
  if (decoder === undefined) return yield* rest
  const source = Readable.from(rest, { objectMode: false })
  source.on('error', (error) => decoder.destroy(error))
  try {
    yield* source.pipe(decoder) as AsyncIterable<Buffer>
  } catch (cause) {
    if (cause instanceof SessionError || (cause as { code?: string }).code === undefined) throw cause
    throw new BodyError(`The body of ${options.request.url} is not the ${name} that its Content-Encoding promises`, {
      code: 'BODY_ENCODING',
      request: options.request,
      cause,
    })
  } finally {
    source.destroy()
  }
}

function makeDecoder(name: string, first: Buffer): Transform | undefined {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      // Like browsers and curl: a stream that is cut short gives what there is, once flushed.
      return createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
    case 'deflate':
      // "deflate" is zlib by the standard and raw by some servers: the first nibble tells (RFC 1950, 2.2).
      return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw()
    case 'br':
      return createBrotliDecompress()
    case 'zstd':
      return createZstdDecompress()
    default:
      return undefined
  }
}
