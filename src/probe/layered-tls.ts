import { syncBuiltinESMExports } from 'node:module'
import type { Socket } from 'node:net'
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls'

/**
 * Reports every TLS socket that is laid over another one, as clients do in a tunnel through a proxy. Node publishes only
 * sockets that connect by themselves, so `tls.connect` itself is watched. Returns the end of it.
 */
export function watchLayeredTls(onSocket: (socket: TLSSocket, below: Socket) => void): () => void {
  const { connect } = tls
  const watched = (...args: Parameters<typeof connect>): TLSSocket => {
    const socket = connect(...args)
    const options = (args as unknown[]).find((arg) => typeof arg === 'object' && arg !== null) as
      | ConnectionOptions
      | undefined
    if (options?.socket) onSocket(socket, options.socket as Socket)
    return socket
  }
  tls.connect = watched as typeof connect
  // For those who import { connect }: their binding follows.
  syncBuiltinESMExports()
  return () => {
    tls.connect = connect
    syncBuiltinESMExports()
  }
}
