import { SessionError } from './errors.ts'
import type { HttpResponse } from './response.ts'

/**
 * A response's body as fetch gives it: bytes, read only when they are asked for. Cancelling it gives the connection up; a
 * failure of the network is a TypeError, and an abort the signal's reason.
 */
export function openFetchBody(response: HttpResponse, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  let opened: ReadableStreamDefaultReader<Uint8Array> | undefined
  const reader = () => {
    opened ??= response.stream().getReader()
    return opened
  }
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      // An abort ends the body for whoever waits for that, and not only for who reads on.
      if (signal !== undefined) response.onSettled(() => signal.aborted && controller.error(signal.reason))
    },
    async pull(controller) {
      try {
        const { done, value } = await readSome(reader())
        // A copy, because a stream of bytes takes away the memory of what it is given, and others have parts of that.
        if (!done) return controller.enqueue(new Uint8Array(value))
        controller.close()
        controller.byobRequest?.respond(0)
      } catch (error) {
        const isReason = signal?.aborted && error === signal.reason
        throw error instanceof SessionError && !isReason ? new TypeError('terminated', { cause: error }) : error
      }
    },
    cancel: (reason) => reader().cancel(reason),
  })
}

/** The next piece that is not empty, which a stream of bytes does not take. */
async function readSome(reader: ReadableStreamDefaultReader<Uint8Array>) {
  for (;;) {
    const next = await reader.read()
    if (next.done || next.value.length > 0) return next
  }
}
