import type { Socket } from 'node:net'
import { type CarrierCounts, mapWireCounts, type WireCounts } from '../sample/wire-counts.ts'
import { ConnectionBook } from './connection-book.ts'
import { watchLayeredTls } from './layered-tls.ts'
import { subscribeAll } from './subscribe-all.ts'

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

/** Starts counting. Sockets that were opened before are not seen, so open it before any client is made. */
export function openWireProbe(): WireProbe {
  const connections = new ConnectionBook()
  let requests = 0
  let unanswered = 0
  const onRequest = ({ request }: { request: { method: string } }) => {
    // CONNECT is for a proxy, and not a request to the target.
    if (request.method !== 'CONNECT') requests++
  }
  const onError = () => {
    unanswered++
  }
  const stops = [
    subscribeAll({
      'net.client.socket': ({ socket }: { socket: Socket }) => connections.follow(socket),
      // undici says when a request's head is written (its fetch included); node:http, and all that is built on it, when a
      // request is sent.
      'undici:client:sendHeaders': onRequest,
      'http.client.request.start': onRequest,
      'undici:request:error': onError,
      'http.client.request.error': onError,
    }),
    watchLayeredTls((socket, below) => connections.followLayer(socket, below)),
  ]
  return {
    read: () => ({ ...connections.read(), requests }),
    startBlock: () => connections.startBlock(),
    takeNewCarriers: () => connections.takeNewCarriers(),
    places: () => connections.places(),
    unanswered: () => unanswered,
    unconnected: () => connections.unconnected,
    unsettled: () => connections.unsettled,
    close() {
      for (const stop of stops) stop()
    },
  }
}

/** What happened between two readings. */
export function differenceOf(after: WireCounts, before: WireCounts): WireCounts {
  return mapWireCounts((name) => after[name] - before[name])
}
