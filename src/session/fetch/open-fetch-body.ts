import type { BodySource } from '../body/body-source.ts'
import { SessionError } from '../errors.ts'
import { type HttpResponse, openSource } from '../response.ts'

/**
 * A response's body as fetch gives it: bytes, read only when they are asked for. Cancelling it gives the connection up; a
 * failure of the network is a TypeError, and an abort the signal's reason.
 */
export function openFetchBody(response: HttpResponse, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const source = openSource(response)
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      // An abort ends the body for whoever waits for that, and not only for who reads on.
      if (signal !== undefined) response.onSettled(() => signal.aborted && controller.error(signal.reason))
    },
    async pull(controller) {
      try {
        const piece = await nextPiece(source)
        // A copy, because a stream of bytes takes away the memory of what it is given, and others have parts of that.
        if (piece !== null) return controller.enqueue(new Uint8Array(piece))
        controller.close()
        controller.byobRequest?.respond(0)
      } catch (error) {
        throw toBodyError(error, signal)
      }
    },
    cancel: () => source.stop(),
  })
}

/** A failure of the network as fetch has it; an abort's reason as it is. */
export function toBodyError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted && error === signal.reason) return error
  return error instanceof SessionError ? new TypeError('terminated', { cause: error }) : error
}

/** The next piece that is not empty, which a stream of bytes does not take. */
async function nextPiece(source: BodySource): Promise<Buffer | null> {
  for (;;) {
    const piece = await source.next()
    if (piece === null || piece.length > 0) return piece
  }
}
