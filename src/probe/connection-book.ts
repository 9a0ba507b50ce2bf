import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { CarrierCounts, WireCounts } from '../sample/wire-counts.ts'

interface Tracked {
  readonly socket: Socket
  handshake: 'none' | 'full' | 'full in TLS 1.2' | 'resumed'
  isConnected: boolean
  isSettled: boolean
  hasCarried: boolean
  bytesAtBlockStart: number
  /** Where it leads, asked as it opened of the first few of a block: one that has closed no longer tells. */
  place?: string | undefined
}

const opening = { isConnected: false, isSettled: false, hasCarried: false, bytesAtBlockStart: 0 }

/** New connections of which it is asked where they lead, in each block: it takes time, once for each that is kept. */
const mostPlaces = 4

/** The connections of a process from when they are followed: their handshakes, what they carry, and where they lead. */
export class ConnectionBook {
  readonly #open = new Set<Tracked>()
  readonly #totals = { connectionsOpened: 0, handshakesFull: 0, handshakesResumed: 0 }
  readonly #closed = { bytesSent: 0, bytesReceived: 0 }
  #carriers = noCarriers()
  #places = new Set<string>()
  #placed = 0
  #unconnected = 0

  /** A connection that is about to be opened. */
  follow(socket: Socket): void {
    const tracked: Tracked = { socket, handshake: 'none', ...opening }
    this.#open.add(tracked)
    socket.once('connect', () => this.#connect(tracked))
    socket.once('secureConnect', () => {
      tracked.isSettled = true
      tracked.handshake = this.#countHandshake(socket as TLSSocket)
    })
    socket.once('close', () => this.#end(tracked))
  }

  /** A tunnel: its bytes are counted below it, CONNECT and encryption included. */
  followLayer(socket: TLSSocket, below: Socket): void {
    const tracked = [...this.#open].find((each) => each.socket === below)
    if (tracked) tracked.isSettled = false
    socket.once('secureConnect', () => {
      const handshake = this.#countHandshake(socket)
      if (tracked) Object.assign(tracked, { isSettled: true, handshake })
    })
  }

  /** Totals so far. */
  read(): Omit<WireCounts, 'requests'> {
    let { bytesSent, bytesReceived } = this.#closed
    for (const { socket } of this.#open) {
      bytesSent += socket.bytesWritten
      bytesReceived += socket.bytesRead
    }
    return { ...this.#totals, bytesSent, bytesReceived }
  }

  startBlock(): void {
    this.#carriers = noCarriers()
    this.#places = new Set()
    this.#placed = 0
    for (const tracked of this.#open) tracked.bytesAtBlockStart = bytesOf(tracked.socket)
  }

  takeNewCarriers(): CarrierCounts {
    for (const tracked of this.#open) this.#carry(tracked)
    return this.#carriers
  }

  places(): string[] {
    const known = [...this.#open].filter(isUsed).flatMap(({ socket, place = placeOf(socket) }) => place ?? [])
    return [...new Set([...this.#places, ...known])]
  }

  get unconnected(): number {
    return this.#unconnected
  }

  get unsettled(): number {
    return [...this.#open].filter(({ isSettled }) => !isSettled).length
  }

  #connect(tracked: Tracked): void {
    const { socket } = tracked
    tracked.isConnected = true
    this.#totals.connectionsOpened++
    if (this.#placed++ < mostPlaces) tracked.place = placeOf(socket)
    tracked.isSettled = !isTls(socket)
  }

  #end(tracked: Tracked): void {
    const { socket, place, isConnected } = tracked
    this.#carry(tracked)
    if (place !== undefined && isUsed(tracked)) this.#places.add(place)
    this.#open.delete(tracked)
    if (!isConnected) this.#unconnected++
    this.#closed.bytesSent += socket.bytesWritten
    this.#closed.bytesReceived += socket.bytesRead
  }

  #carry(tracked: Tracked): void {
    if (tracked.hasCarried || !isUsed(tracked)) return
    tracked.hasCarried = true
    const carriers = this.#carriers
    carriers.connections++
    if (tracked.handshake.startsWith('full')) carriers.handshakesFull++
    if (tracked.handshake === 'full in TLS 1.2') carriers.handshakesFullTls12 = (carriers.handshakesFullTls12 ?? 0) + 1
    if (tracked.handshake === 'resumed') carriers.handshakesResumed++
  }

  #countHandshake(socket: TLSSocket): Tracked['handshake'] {
    if (socket.isSessionReused()) {
      this.#totals.handshakesResumed++
      return 'resumed'
    }
    this.#totals.handshakesFull++
    return socket.getProtocol() === 'TLSv1.3' ? 'full' : 'full in TLS 1.2'
  }
}

/** No connection carried anything that counts. */
export function noCarriers(): CarrierCounts {
  return { connections: 0, handshakesFull: 0, handshakesResumed: 0 }
}

function isUsed({ socket, bytesAtBlockStart }: Tracked): boolean {
  return bytesOf(socket) !== bytesAtBlockStart
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
