import type { Readable } from 'node:stream'
import { BodyBytes } from '../body-bytes.ts'

// A refusal is lost when the connection is closed on a client that still sends, so it is heard out for a while.
const maxDiscardedBytes = 64 * 1024 * 1024

/** Reads a whole body, `undefined` when it is larger than the limit. Rejects when the client leaves in the middle. */
export function readBody(stream: Readable, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const body = new BodyBytes()
    let total = 0
    const onData = (chunk: Buffer) => {
      total += chunk.length
      if (total <= maxBytes) body.add(chunk)
      else body.clear()
      if (total > maxBytes + maxDiscardedBytes) settle(() => resolve(undefined))
    }
    const onEnd = () => settle(() => resolve(total > maxBytes ? undefined : body.bytes))
    const onError = (error: Error) => settle(() => reject(error))
    const onClose = () => settle(() => reject(new Error('the client left in the middle of its body')))
    const settle = (result: () => void) => {
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
      result()
    }
    stream.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose)
    if (stream.destroyed) onClose()
  })
}
