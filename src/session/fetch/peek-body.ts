import { at } from '../at.ts'

/** How much of a body is taken in while looking for its end, the first piece not counted: that is in memory already. */
const LIMIT_BYTES = 1024 * 1024

type Stream = ReadableStream<Uint8Array>
type Reader = ReadableStreamDefaultReader<Uint8Array>
type Piece = Awaited<ReturnType<Reader['read']>>

/**
 * What a Request's body is: bytes when it comes to its end without a pause, else a stream. A Request shows the text that
 * it was made of as a stream too, and only bytes have a length to announce and can be sent a second time.
 */
export async function peekBody(stream: Stream): Promise<Uint8Array | Stream> {
  const reader = stream.getReader()
  const pieces: Uint8Array[] = []
  let furtherBytes = 0
  for (;;) {
    const next = reader.read()
    const piece = await Promise.race([next.catch(() => undefined), nextTurn()])
    if (piece?.done) return pieces.length === 1 ? at(pieces, 0) : Buffer.concat(pieces)
    if (!(piece?.value instanceof Uint8Array) || furtherBytes > LIMIT_BYTES) return goOn(reader, pieces, next)
    if (pieces.length > 0) furtherBytes += piece.value.length
    pieces.push(piece.value)
  }
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(resolve, undefined))
}

/** The stream as it was before it was looked into. */
function goOn(reader: Reader, pieces: Uint8Array[], next: Promise<Piece>): Stream {
  let pending: Promise<Piece> | undefined = next
  return new ReadableStream(
    {
      async pull(controller) {
        const seen = pieces.shift()
        if (seen !== undefined) return controller.enqueue(seen)
        const read = pending ?? reader.read()
        pending = undefined
        const { done, value } = await read
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
