import { isReadable, Readable } from 'node:stream'

/** Bytes that come as they are read, once. */
export type StreamBody = ReadableStream<Uint8Array> | Readable | AsyncIterable<Uint8Array>

/** Bytes of any view on memory, without a copy; undefined for what is none. */
export function toBytes(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (value instanceof Uint8Array) return value as Uint8Array<ArrayBuffer>
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (!ArrayBuffer.isView(value)) return undefined
  return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
}

/** True for everything whose pieces are waited for. */
export function isStream(value: unknown): value is StreamBody {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false
  return typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
}

/** True when nothing can come out of a stream any more, or somebody else reads it: it would be sent as nothing, without a word. */
export function isSpent(stream: StreamBody): boolean {
  if (stream instanceof ReadableStream && stream.locked) return true
  // One that was empty from the beginning is closed as well, and is right as it is.
  return isReadable(stream as Readable) === false && Readable.isDisturbed(stream as Readable)
}
