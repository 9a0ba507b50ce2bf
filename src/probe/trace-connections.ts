import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Clock } from './clock.ts'
import type { ConnectionTrace } from './iteration-trace.ts'
import { watchLayeredTls } from './layered-tls.ts'
import { subscribeAll } from './subscribe-all.ts'

export interface ConnectionTraces {
  /** The connection that a socket is; undefined for one that was opened unseen. */
  of(socket: Socket | undefined): ConnectionTrace | undefined
  close(): void
}

interface ConnectionTraceOptions {
  readonly clock: Clock
  /** Told of a connection when its socket is made, in the asynchronous context of whoever made it. */
  readonly onOpening: (connection: ConnectionTrace) => void
  /** Told of a connection when TCP has connected. */
  readonly onConnected: (connection: ConnectionTrace) => void
  /** Told of a connection when its TLS handshake is done. */
  readonly onSecured: (connection: ConnectionTrace) => void
}

/** Follows the opening of every socket of this process, whatever client it belongs to. */
export function traceConnections({ clock, ...on }: ConnectionTraceOptions): ConnectionTraces {
  const connections = new WeakMap<Socket, ConnectionTrace>()
  let id = 0
  const secure = (connection: ConnectionTrace, socket: TLSSocket) => {
    connection.securedMs = clock.nowMs()
    connection.tls = socket.isSessionReused() ? 'tlsResumed' : 'tlsFull'
    on.onSecured(connection)
  }
  const onSocket = ({ socket }: { socket: Socket }) => {
    const connection = makeConnection(++id, clock.nowMs())
    connections.set(socket, connection)
    socket.once('lookup', () => {
      connection.resolvedMs ??= clock.nowMs()
    })
    socket.once('connect', () => {
      connection.connectedMs = clock.nowMs()
      on.onConnected(connection)
    })
    socket.once('secureConnect', () => secure(connection, socket as TLSSocket))
    on.onOpening(connection)
  }
  const onLayer = (socket: TLSSocket, below: Socket) => {
    const connection = connections.get(below)
    if (connection === undefined) return
    connections.set(socket, connection)
    // Through a proxy it is connected when the tunnel is there.
    connection.connectedMs = clock.nowMs()
    socket.once('secureConnect', () => secure(connection, socket))
  }
  const stops = [subscribeAll({ 'net.client.socket': onSocket }), watchLayeredTls(onLayer)]
  return {
    of: (socket) => socket && connections.get(socket),
    close() {
      for (const stop of stops) stop()
    },
  }
}

function makeConnection(id: number, openedMs: number): ConnectionTrace {
  const unknown = undefined
  return { id, openedMs, resolvedMs: unknown, connectedMs: unknown, securedMs: unknown, tls: unknown, requests: 0 }
}
