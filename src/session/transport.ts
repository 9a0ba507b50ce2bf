import type { Readable } from 'node:stream'
import type { CallScope } from './call-scope.ts'
import type { ProxyServer } from './proxy.ts'
import type { Target } from './target.ts'

/** A request body as the transport takes it. Text, bytes and Blobs can be sent again; a stream cannot. */
export type WireBody = string | Uint8Array | Blob | Readable | AsyncIterable<Uint8Array>

/** The limits of one request, in ms; 0 is none. */
export type WireTimeouts = {
  readonly connect: number
  readonly headers: number
  readonly body: number
  readonly pool: number
}

/** One request as it goes out: everything is decided. */
export type WireRequest = {
  readonly method: string
  readonly target: Target
  /** Name, value, name, value … */
  readonly headers: readonly string[]
  readonly body: WireBody | null
  readonly timeouts: WireTimeouts
  readonly maxResponseBytes: number
  readonly scope: CallScope | null
  /** Never on a connection that has been used: the second try after a stale one. */
  readonly fresh: boolean
  readonly proxy: ProxyServer | null
}

/** The body of a response as it comes in. */
export type WireBodyReader = {
  /** True once every byte has come in. */
  readonly ended: boolean
  /** The next piece, or null at the end. @throws the error that ended the body */
  read(): Promise<Buffer | null>
  /** All that is left. */
  readAll(): Promise<Buffer[]>
  /** Gives the rest up: the connection is closed unless the body has ended. */
  drop(): void
  /** Calls back once, when the body has ended or failed; at once when it already has. */
  onSettled(callback: () => void): void
}

/** One response as it came in: headers complete, body still to be read. */
export type WireResponse = {
  readonly status: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: WireBodyReader
}

/** What connections did, since the transport was made. */
export type TransportStats = {
  readonly connectionsOpened: number
  readonly requestsOnReused: number
  readonly idle: number
  readonly busy: number
  readonly pending: number
}

/** The seam between the session's rules and the network. */
export type Transport = {
  /** Sends one request; resolves when the response's headers are in. */
  send(request: WireRequest): Promise<WireResponse>
  stats(): TransportStats
  /** Waits for what is under way, then closes every connection. */
  close(): Promise<void>
  /** Rejects what is under way with `reason` and closes every connection. */
  destroy(reason: Error): Promise<void>
}
