import * as z from 'zod'
import { sumOf } from '../statistics/sum-of.ts'

const count = z.int().min(0)

/** Counts taken from the wire by the client's own process, whatever client library made the traffic. */
export const wireCountsSchema = z.strictObject({
  connectionsOpened: count.describe('TCP connections established'),
  handshakesFull: count.describe('TLS handshakes without a resumed session'),
  handshakesResumed: count.describe('TLS handshakes that resumed an earlier session'),
  requests: count.describe('HTTP requests sent; redirects and resends count each'),
  bytesSent: count.describe('bytes written to sockets; inside TLS, before encryption'),
  bytesReceived: count.describe('bytes read from sockets; inside TLS, after decryption'),
})
export type WireCounts = z.infer<typeof wireCountsSchema>

export const wireCountNames = wireCountsSchema.keyof().options

/**
 * What of it a server can be compared on, block by block, when bytes are not the requests' alone: proxies add some and
 * rewrite heads, and HTTP/2 sends frames of its own whenever it likes.
 */
export const countsButBytes: readonly (keyof WireCounts)[] = wireCountNames.filter(
  (name) => name !== 'bytesSent' && name !== 'bytesReceived',
)

/**
 * The connections that a block's requests went over and that no earlier measured block had used. A pool's connections are
 * opened in the warm-up: summed over blocks, this is what the measured requests needed, whenever it was paid.
 */
export const carrierCountsSchema = z.strictObject({
  connections: count,
  handshakesFull: count,
  handshakesFullTls12: count
    .optional()
    .describe('of the full ones those in TLS 1.2 or older, which take two round trips; absent when there were none'),
  handshakesResumed: count,
})
export type CarrierCounts = z.infer<typeof carrierCountsSchema>

/** One count on which the client and the fixture server's ledger differ. */
export const disagreementSchema = z.strictObject({
  count: wireCountsSchema.keyof(),
  client: count,
  server: count,
})
export type Disagreement = z.infer<typeof disagreementSchema>

/** Each count that the wire probe takes, made from its name. */
export function mapWireCounts(make: (name: keyof WireCounts) => number): WireCounts {
  return {
    connectionsOpened: make('connectionsOpened'),
    handshakesFull: make('handshakesFull'),
    handshakesResumed: make('handshakesResumed'),
    requests: make('requests'),
    bytesSent: make('bytesSent'),
    bytesReceived: make('bytesReceived'),
  }
}

export function sumWireCounts(all: readonly WireCounts[]): WireCounts {
  return mapWireCounts((name) => sumOf(all, (counts) => counts[name]))
}

export function sumCarrierCounts(all: readonly CarrierCounts[]): CarrierCounts {
  const tls12 = all.flatMap(({ handshakesFullTls12 }) => handshakesFullTls12 ?? [])
  return {
    connections: sumOf(all, ({ connections }) => connections),
    handshakesFull: sumOf(all, ({ handshakesFull }) => handshakesFull),
    ...(tls12.length > 0 && { handshakesFullTls12: sumOf(tls12) }),
    handshakesResumed: sumOf(all, ({ handshakesResumed }) => handshakesResumed),
  }
}
