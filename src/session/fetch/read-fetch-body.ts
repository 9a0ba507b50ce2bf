import { Readable } from 'node:stream'
import type { BodyOptions } from '../body/encode-body.ts'
import { peekBody } from './peek-body.ts'

type Body = BodyOptions['body']

const NO_BYTES = new Uint8Array(0)

/**
 * The body of a fetch, as it is at the moment of the call: what was given outright can be sent again, which the stream
 * that a Request makes of it cannot.
 */
export function readFetchBody(given: unknown, stream: Request['body']): Body | Promise<Body> {
  if (given == null) return stream === null ? undefined : peekBody(stream)
  if (given instanceof Blob) return given
  if (given instanceof FormData) return copyForm(given)
  if (isBytes(given)) return copyBytes(given)
  // Node's own stream goes as it is: the platform's is not told to close it unless it has begun to read.
  if (given instanceof Readable) return given
  if (typeof given === 'object' && Symbol.asyncIterator in given) return stream
  return String(given)
}

/** What the platform's Request is shown in the body's place, so that it neither copies bytes nor encodes a form. */
export function standInFor(given: unknown): unknown {
  if (given instanceof Readable) return new ReadableStream()
  return given instanceof FormData || isBytes(given) ? NO_BYTES : given
}

function isBytes(given: unknown): given is ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return given instanceof ArrayBuffer || (ArrayBuffer.isView(given) && given.buffer instanceof ArrayBuffer)
}

function copyBytes(bytes: ArrayBuffer | ArrayBufferView<ArrayBuffer>): Uint8Array {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes.slice(0))
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice()
}

/** Line ends are CRLF on the wire (WHATWG HTML, "multipart/form-data encoding algorithm"). */
function copyForm(form: FormData): FormData {
  const copy = new FormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value.replace(/\r\n?|\n/g, '\r\n'))
    else copy.append(name, value, value.name)
  }
  return copy
}
