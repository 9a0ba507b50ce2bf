import type { EventEmitter } from 'node:events'

/** Waits; ends early when `client` (a response, a stream or a socket) closes. */
export function pauseUntilClosed(client: EventEmitter, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      client.off('close', end)
      resolve()
    }
    const timer = setTimeout(end, Math.max(0, ms))
    client.once('close', end)
  })
}
