import type { Readable } from 'node:stream'

// A refusal is lost when the connection is closed on a client that still sends, so it is heard out for a while.
const maxDiscardedBytes = 64 * 1024 * 1024

/** Reads a whole body, `undefined` when it is larger than the limit. Rejects when the client leaves in the middle. */
export async function readBody(stream: Readable, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    total += (chunk as Buffer).length
    if (total <= maxBytes) chunks.push(chunk as Buffer)
    else if (total > maxBytes + maxDiscardedBytes) return undefined
    else chunks.length = 0
  }
  if (total > maxBytes) return undefined
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, total)
}
