import type { Socket } from 'node:net'

/** How a connection came to its end. */
export type ConnectionEnd = 'client' | 'clientReset' | 'server' | 'idle'

/** One accepted connection (after its TLS handshake, if it has one) and what it carried. */
export class Connection {
  readonly socket: Socket
  readonly remoteAddress: string
  /** Requests since accepted, or since the ledger was reset. */
  requests = 0
  #requestsBefore = 0
  #end: ConnectionEnd | undefined
  // What the socket had already counted when the ledger was last reset.
  #bytesInBefore = 0
  #bytesOutBefore = 0

  constructor(socket: Socket, onClose: (connection: Connection) => void) {
    this.socket = socket
    // Read now: a closed socket has forgotten it.
    this.remoteAddress = socket.remoteAddress ?? ''
    // Whoever ends first has ended it: the answering FIN of the other side arrives when that is already noted.
    socket.on('end', () => this.#note(socket.writableEnded ? 'server' : 'client'))
    socket.on('timeout', () => this.#note('idle'))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#note(isReset(error) ? 'clientReset' : 'server'))
    socket.once('close', () => onClose(this))
  }

  /** Who ended the connection; by elimination the server when nothing was heard from the client. */
  get end(): ConnectionEnd {
    return this.#end ?? 'server'
  }

  get bytesIn(): number {
    return this.socket.bytesRead - this.#bytesInBefore
  }

  get bytesOut(): number {
    return this.socket.bytesWritten - this.#bytesOutBefore
  }

  /** The server is about to end it for being idle. */
  endsIdle(): void {
    this.#note('idle')
  }

  /** Requests since accepted, whatever became of the ledger. */
  get carried(): number {
    return this.#requestsBefore + this.requests
  }

  reset(): void {
    this.#requestsBefore += this.requests
    this.requests = 0
    this.#bytesInBefore = this.socket.bytesRead
    this.#bytesOutBefore = this.socket.bytesWritten
  }

  #note(end: ConnectionEnd): void {
    this.#end ??= end
  }
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE'
}
