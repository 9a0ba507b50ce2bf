import { syncBuiltinESMExports } from 'node:module'
import type { Socket } from 'node:net'
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls'
import { makeMethodPatch } from './method-patch.ts'

// For those who import { connect }: their binding follows.
const connecting = makeMethodPatch(tls, 'connect', syncBuiltinESMExports)

/**
 * Reports every TLS socket that is laid over another one, as clients do in a tunnel through a proxy. Node publishes only
 * sockets that connect by themselves, so `tls.connect` itself is watched. Returns the end of it.
 */
export function watchLayeredTls(onSocket: (socket: TLSSocket, below: Socket) => void): () => void {
  return connecting.listen(({ args, result }) => {
    const options = args.find((arg) => typeof arg === 'object' && arg !== null) as ConnectionOptions | undefined
    if (options?.socket) onSocket(result, options.socket as Socket)
  })
}
