import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { WireCounts } from '../sample/block.ts'

/** Counts a process's connections, handshakes, requests and bytes on the wire, for any client built on Node's sockets. */
export interface WireProbe {
  /** Totals since the probe was opened. */
  read(): WireCounts
  /** Sockets that are still connecting or shaking hands: their counts are not final yet. */
  unsettled(): number
  close(): void
}

/** Starts counting. Sockets that were opened before are not seen, so open it before any client is made. */
export function openWireProbe(): WireProbe {
  const totals = { connectionsOpened: 0, handshakesFull: 0, handshakesResumed: 0, requests: 0 }
  const closedBytes = { sent: 0, received: 0 }
  const open = new Set<Socket>()
  const settling = new Set<Socket>()

  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    open.add(socket)
    settling.add(socket)
    socket.once('connect', () => {
      totals.connectionsOpened++
      if (!isTls(socket)) settling.delete(socket)
    })
    socket.once('secureConnect', () => {
      settling.delete(socket)
      if ((socket as TLSSocket).isSessionReused()) totals.handshakesResumed++
      else totals.handshakesFull++
    })
    socket.once('close', () => {
      open.delete(socket)
      settling.delete(socket)
      closedBytes.sent += socket.bytesWritten
      closedBytes.received += socket.bytesRead
    })
  }
  const onRequest = () => {
    totals.requests++
  }

  // undici says when a request's head is written (its fetch included); node:http, and all that is built on it, when a
  // request is sent.
  subscribe('net.client.socket', onSocket)
  subscribe('undici:client:sendHeaders', onRequest)
  subscribe('http.client.request.start', onRequest)

  return {
    read() {
      let bytesSent = closedBytes.sent
      let bytesReceived = closedBytes.received
      for (const socket of open) {
        bytesSent += socket.bytesWritten
        bytesReceived += socket.bytesRead
      }
      return { ...totals, bytesSent, bytesReceived }
    },
    unsettled: () => settling.size,
    close() {
      unsubscribe('net.client.socket', onSocket)
      unsubscribe('undici:client:sendHeaders', onRequest)
      unsubscribe('http.client.request.start', onRequest)
    },
  }
}

function isTls(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket
}

/** What happened between two readings. */
export function differenceOf(after: WireCounts, before: WireCounts): WireCounts {
  return {
    connectionsOpened: after.connectionsOpened - before.connectionsOpened,
    handshakesFull: after.handshakesFull - before.handshakesFull,
    handshakesResumed: after.handshakesResumed - before.handshakesResumed,
    requests: after.requests - before.requests,
    bytesSent: after.bytesSent - before.bytesSent,
    bytesReceived: after.bytesReceived - before.bytesReceived,
  }
}
