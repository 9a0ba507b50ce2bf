import type { EventEmitter } from 'node:events'
import type { Pacer } from '../pacer.ts'

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

/** As `pauseUntilClosed`, but late by microseconds and not by a millisecond; the last stretch is spun through. */
export function pauseExactly(client: EventEmitter, pacer: Pacer, dueMs: number): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', resolve)
    pacer.schedule(dueMs, () => {
      client.off('close', resolve)
      resolve()
    })
  })
}
