import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type CarrierCounts, mapWireCounts, type WireCounts } from '../sample/wire-counts.ts'
import { watchLayeredTls } from './layered-tls.ts'

/** Counts a process's connections, handshakes, requests and bytes on the wire, for any client built on Node's sockets. */
export interface WireProbe {
  /** Totals since the probe was opened. */
  read(): WireCounts
  /** Starts a block: from here on it matters which connections carry something. */
  startBlock(): void
  /** The connections that carried bytes since `startBlock` and had not done so in an earlier block. */
  takeNewCarriers(): CarrierCounts
  /** Where connections led that carried bytes since `startBlock`, `127.0.0.1:41234` each: of those that have ended the first few. */
  places(): string[]
  /** Requests that ended without their answer since the probe was opened: given up by the client, or lost. */
  unanswered(): number
  /** Sockets that ended before they were connected, as far as their process knew, since the probe was opened. */
  unconnected(): number
  /** Sockets that are still connecting or shaking hands: their counts are not final yet. */
  unsettled(): number
  close(): void
}

interface Tracked {
  readonly socket: Socket
  handshake: 'none' | 'full' | 'full in TLS 1.2' | 'resumed'
  isSettled: boolean
  hasCarried: boolean
  bytesAtBlockStart: number
  /** Where it leads, asked as it opened of the first few of a block: one that has closed no longer tells. */
  place?: string | undefined
}

/** New connections of which it is asked where they lead, in each block: it takes time, once for each that is kept. */
const mostPlaces = 4

/** Starts counting. Sockets that were opened before are not seen, so open it before any client is made. */
export function openWireProbe(): WireProbe {
  const totals = { connectionsOpened: 0, handshakesFull: 0, handshakesResumed: 0, requests: 0 }
  const closed = { bytesSent: 0, bytesReceived: 0 }
  const open = new Set<Tracked>()
  let carriers = noCarriers()
  let places = new Set<string>()
  let placed = 0
  let unanswered = 0
  let unconnected = 0

  const carry = (tracked: Tracked) => {
    if (tracked.hasCarried || !isUsed(tracked)) return
    tracked.hasCarried = true
    carriers.connections++
    if (tracked.handshake.startsWith('full')) carriers.handshakesFull++
    if (tracked.handshake === 'full in TLS 1.2') carriers.handshakesFullTls12 = (carriers.handshakesFullTls12 ?? 0) + 1
    if (tracked.handshake === 'resumed') carriers.handshakesResumed++
  }
  const countHandshake = (socket: TLSSocket) => {
    const isResumed = socket.isSessionReused()
    if (isResumed) totals.handshakesResumed++
    else totals.handshakesFull++
    if (isResumed) return 'resumed'
    return socket.getProtocol() === 'TLSv1.3' ? 'full' : 'full in TLS 1.2'
  }
  const isUsed = ({ socket, bytesAtBlockStart }: Tracked) => bytesOf(socket) !== bytesAtBlockStart
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    const tracked: Tracked = { socket, handshake: 'none', isSettled: false, hasCarried: false, bytesAtBlockStart: 0 }
    open.add(tracked)
    let isConnected = false
    socket.once('connect', () => {
      isConnected = true
      totals.connectionsOpened++
      if (placed++ < mostPlaces) tracked.place = placeOf(socket)
      tracked.isSettled = !isTls(socket)
    })
    socket.once('secureConnect', () => {
      tracked.isSettled = true
      tracked.handshake = countHandshake(socket as TLSSocket)
    })
    socket.once('close', () => {
      carry(tracked)
      if (tracked.place !== undefined && isUsed(tracked)) places.add(tracked.place)
      open.delete(tracked)
      if (!isConnected) unconnected++
      closed.bytesSent += socket.bytesWritten
      closed.bytesReceived += socket.bytesRead
    })
  }
  // A tunnel: its bytes are counted below it, CONNECT and encryption included.
  const onLayer = (socket: TLSSocket, below: Socket) => {
    const tracked = [...open].find((each) => each.socket === below)
    if (tracked) tracked.isSettled = false
    socket.once('secureConnect', () => {
      const handshake = countHandshake(socket)
      if (tracked) Object.assign(tracked, { isSettled: true, handshake })
    })
  }
  const onRequest = (message: unknown) => {
    const { request } = message as { request: { method: string } }
    // CONNECT is for a proxy, and not a request to the target.
    if (request.method !== 'CONNECT') totals.requests++
  }

  const onError = () => {
    unanswered++
  }

  // undici says when a request's head is written (its fetch included); node:http, and all that is built on it, when a
  // request is sent.
  subscribe('net.client.socket', onSocket)
  subscribe('undici:client:sendHeaders', onRequest)
  subscribe('http.client.request.start', onRequest)
  subscribe('undici:request:error', onError)
  subscribe('http.client.request.error', onError)
  const unwatch = watchLayeredTls(onLayer)

  return {
    read() {
      let { bytesSent, bytesReceived } = closed
      for (const { socket } of open) {
        bytesSent += socket.bytesWritten
        bytesReceived += socket.bytesRead
      }
      return { ...totals, bytesSent, bytesReceived }
    },
    startBlock() {
      carriers = noCarriers()
      places = new Set()
      placed = 0
      for (const tracked of open) tracked.bytesAtBlockStart = bytesOf(tracked.socket)
    },
    takeNewCarriers() {
      for (const tracked of open) carry(tracked)
      return carriers
    },
    places() {
      const known = [...open].filter(isUsed).flatMap(({ socket, place = placeOf(socket) }) => place ?? [])
      return [...new Set([...places, ...known])]
    },
    unanswered: () => unanswered,
    unconnected: () => unconnected,
    unsettled: () => [...open].filter(({ isSettled }) => !isSettled).length,
    close() {
      unsubscribe('net.client.socket', onSocket)
      unsubscribe('undici:client:sendHeaders', onRequest)
      unsubscribe('http.client.request.start', onRequest)
      unsubscribe('undici:request:error', onError)
      unsubscribe('http.client.request.error', onError)
      unwatch()
    },
  }
}

/** No connection carried anything that counts. */
export function noCarriers(): CarrierCounts {
  return { connections: 0, handshakesFull: 0, handshakesResumed: 0 }
}

/** The other end of a connection; undefined for one that has ended, and for a pipe. */
function placeOf({ remoteAddress, remotePort }: Socket): string | undefined {
  if (remoteAddress === undefined) return undefined
  return `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`
}

function bytesOf(socket: Socket): number {
  return socket.bytesWritten + socket.bytesRead
}

function isTls(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket
}

/** What happened between two readings. */
export function differenceOf(after: WireCounts, before: WireCounts): WireCounts {
  return mapWireCounts((name) => after[name] - before[name])
}
