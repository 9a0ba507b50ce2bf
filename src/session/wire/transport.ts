import type { Readable } from 'node:stream'
import type { CallScope } from '../call/call-scope.ts'
import type { RequestTarget } from '../head/target.ts'
import type { ProxyServer } from '../policy/proxy.ts'

/** A request body as the transport takes it. Text, bytes and Blobs can be sent again; a stream cannot. */
export type WireBody = string | Uint8Array | Blob | Readable | AsyncIterable<Uint8Array>

/** The limits of one request, in ms; 0 is none. */
export type WireTimeouts = {
  /** DNS, TCP and TLS together. */
  readonly connect: number
  /** From the request sent to the response's headers. */
  readonly headers: number
  /** Between two pieces of the body. */
  readonly body: number
  /** Waiting for a connection to come free. */
  readonly pool: number
}

/** One request as it goes out: everything is decided. */
export type WireRequest = {
  /** Upper case. */
  readonly method: string
  /** Where it goes, taken apart. */
  readonly target: RequestTarget
  /** Name, value, name, value … */
  readonly headers: readonly string[]
  /** null for none. */
  readonly body: WireBody | null
  /** The limits that the transport keeps. */
  readonly timeouts: WireTimeouts
  /** A larger body is to fail with BodyError `BODY_TOO_LARGE`; Infinity for no limit. */
  readonly maxResponseBytes: number
  /** The life of the call that it belongs to: what it is cancelled by; null when nothing can. */
  readonly scope: CallScope | null
  /** Never on a connection that has been used: the second try after a stale one. */
  readonly fresh: boolean
  /** The proxy to go through, or null. */
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
  /** 200–599 by the standard; whatever three digits the server sent, up to 999. */
  readonly status: number
  /** The reason phrase, or empty. */
  readonly statusText: string
  /** Lower-case names; a list for a header that came several times. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Reads the body as it comes in. */
  readonly body: WireBodyReader
}

/** What connections did, since the transport was made. */
export type TransportStats = {
  /** Connections opened so far. */
  readonly connectionsOpened: number
  /** Requests that went out on a connection that had carried one before. */
  readonly requestsOnReused: number
  /** Connections open and free. */
  readonly idle: number
  /** Requests under way, bodies included. */
  readonly busy: number
  /** Requests waiting for a connection. */
  readonly pending: number
}

/** The seam between the session's rules and the network. */
export type Transport = {
  /** Sends one request; resolves when the response's headers are in. */
  send(request: WireRequest): Promise<WireResponse>
  /** What its connections did and hold. */
  stats(): TransportStats
  /** Waits for what is under way, then closes every connection. */
  close(): Promise<void>
  /** Rejects what is under way with `reason` and closes every connection. */
  destroy(reason: Error): Promise<void>
}
