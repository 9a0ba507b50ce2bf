import { Readable } from 'node:stream'

/**
 * Ends a body that nobody will send (any more): a stream holds a file or a socket, and whoever took it over has to let go
 * of it. Text, bytes and Blobs hold nothing. Without an error, which would be thrown at a user who listens to none.
 */
export function releaseBody(body: unknown): void {
  if (body instanceof Readable) body.destroy()
  else if (body instanceof ReadableStream) body.cancel().catch(() => {})
  else if (isIterator(body)) void Promise.resolve(body.return?.()).catch(() => {})
}

function isIterator(body: unknown): body is AsyncIterator<unknown> {
  return typeof body === 'object' && body !== null && typeof (body as { next?: unknown }).next === 'function'
}
