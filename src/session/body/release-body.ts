import { Readable } from 'node:stream'
import { fieldsOf } from '../fields-of.ts'
import type { StreamBody } from './raw-content.ts'

/**
 * Takes a stream over. Its errors are heard from now on: one that nobody hears, because the call does not send yet, would
 * end the process. Who sends it or reads it learns of them all the same.
 */
export function takeOver(stream: Readable): Readable {
  return stream.on('error', ignore)
}

// A web stream that somebody reads can only be ended by whoever reads it.
const readers = new WeakMap<ReadableStream, Readable>()

/** A web stream as a stream that can be ended while it is read. */
function readableOf(stream: ReadableStream<Uint8Array>): Readable {
  const reader = takeOver(Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]))
  readers.set(stream, reader)
  return reader
}

/** A stream as one that belongs to its call. */
export function ownStream(stream: StreamBody): StreamBody {
  if (stream instanceof Readable) return takeOver(stream)
  return stream instanceof ReadableStream ? readableOf(stream) : stream
}

/**
 * Ends a body that nobody will send (any more): a stream holds a file or a socket, and whoever took it over has to let go
 * of it. Text, bytes and Blobs hold nothing. Without an error, because its owner learns of that from the call.
 */
export function releaseBody(body: unknown): void {
  if (body instanceof Readable) takeOver(body).destroy()
  else if (body instanceof ReadableStream) releaseWebStream(body)
  else if (isIterator(body)) void Promise.resolve(body.return?.()).catch(ignore)
}

/** Ends every stream that a call was given. */
export function releaseBodies(options: { readonly body?: unknown; readonly multipart?: unknown }): void {
  const { body, multipart } = options ?? {}
  releaseBody(body)
  if (typeof multipart !== 'object' || multipart === null || multipart instanceof FormData) return
  const values: unknown[] = isIterable(multipart) ? [...multipart] : Object.values(multipart)
  // Pairs, and lists within them.
  for (const value of values.flat(2)) {
    releaseBody(value)
    releaseBody(fieldsOf(value).content)
  }
}

function releaseWebStream(stream: ReadableStream): void {
  const reader = readers.get(stream)
  if (reader === undefined) stream.cancel().catch(ignore)
  else reader.destroy()
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
}

function isIterator(body: unknown): body is AsyncIterator<unknown> {
  return typeof fieldsOf(body).next === 'function'
}

function ignore(): void {}
