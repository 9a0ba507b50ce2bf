import type { Readable } from 'node:stream'

/** Reads a whole body, `undefined` when it is larger than the limit. Rejects when the client leaves in the middle. */
export async function readBody(stream: Readable, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    total += (chunk as Buffer).length
    if (total > maxBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, total)
}
