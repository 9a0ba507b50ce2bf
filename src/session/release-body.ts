import { Readable } from 'node:stream'
import type { BodyOptions } from './encode-body.ts'

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
export function readableOf(stream: ReadableStream<Uint8Array>): Readable {
  const reader = takeOver(Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]))
  readers.set(stream, reader)
  return reader
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
export function releaseBodies(options: BodyOptions): void {
  const { body, multipart } = options ?? {}
  releaseBody(body)
  if (multipart == null || multipart instanceof FormData) return
  for (const value of Object.values(multipart).flat()) {
    releaseBody(value)
    releaseBody((value as { content?: unknown } | null | undefined)?.content)
  }
}

function releaseWebStream(stream: ReadableStream): void {
  const reader = readers.get(stream)
  if (reader === undefined) stream.cancel().catch(ignore)
  else reader.destroy()
}

function isIterator(body: unknown): body is AsyncIterator<unknown> {
  return typeof (body as { next?: unknown } | null | undefined)?.next === 'function'
}

function ignore(): void {}
