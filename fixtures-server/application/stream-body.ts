import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'

/** Sends a body as it comes, no faster than the client reads. */
export async function streamBody(to: Writable, body: AsyncIterable<Buffer>): Promise<void> {
  try {
    for await (const chunk of body) {
      if (to.destroyed) return
      if (!to.write(chunk)) await Promise.race([drained(to), finished(to)])
    }
    to.end()
  } catch {
    to.destroy()
  }
}

function drained(to: Writable): Promise<void> {
  return new Promise((resolve) => to.once('drain', resolve))
}
