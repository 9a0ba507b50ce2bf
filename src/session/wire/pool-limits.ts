import type { Socket } from 'node:net'
import type { ConnectionOptions } from './connection.ts'

/** What one pool may do. */
export type PoolLimits = ConnectionOptions & {
  readonly connections: number
  /** False: instead of waiting, an extra connection is opened and closed after use. */
  readonly block: boolean
  /** How long an unread body may hold a connection that others wait for. */
  readonly unreadBodyTimeoutMs: number
}

/** Opens one socket to the pool's server; `onSocket` is told of it before it is open. */
export type SocketOpener = (connectTimeoutMs: number, onSocket: (socket: Socket) => void) => Promise<Socket>
