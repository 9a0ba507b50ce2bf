import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'

export interface RawReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A client of the tests' own, on a bare socket: it counts for itself and shares no code with what it tests. */
export class RawClient {
  readonly socket: Socket
  #received = Buffer.alloc(0)
  #ended = false
  #wake: () => void = () => {}
  error: NodeJS.ErrnoException | undefined

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    socket.on('error', (error) => {
      this.error = error
    })
    const end = () => {
      this.#ended = true
      this.#wake()
    }
    socket.on('end', end)
    socket.on('close', end)
  }

  static async connect(url: string, options: ConnectionOptions = {}): Promise<RawClient> {
    const { hostname: host, port, protocol } = new URL(url)
    const to = { host, port: Number(port), noDelay: true, allowHalfOpen: true }
    const socket = protocol === 'https:' ? connectTls({ ...to, ...options }) : connectTcp(to)
    const client = new RawClient(socket)
    await once(socket, protocol === 'https:' ? 'secureConnect' : 'connect')
    return client
  }

  get resumed(): boolean {
    return (this.socket as TLSSocket).isSessionReused()
  }

  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** One whole reply, in order. `bodiless` for the reply to HEAD. */
  async reply({ bodiless = false } = {}): Promise<RawReply> {
    const head = await this.#until(() => {
      const end = this.#received.indexOf('\r\n\r\n')
      return end < 0 ? undefined : this.#take(end + 4).toString('latin1')
    })
    const [statusLine = '', ...lines] = head.trimEnd().split('\r\n')
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const name = line.slice(0, line.indexOf(':')).toLowerCase()
      const value = line.slice(line.indexOf(':') + 1).trim()
      headers[name] = name in headers ? `${headers[name]}\n${value}` : value
    }
    const status = Number(statusLine.split(' ')[1])
    const empty = bodiless || status === 204 || status === 304
    return { status, headers, body: empty ? Buffer.alloc(0) : await this.#body(headers) }
  }

  async get(path: string, fields = ''): Promise<RawReply> {
    this.send(`GET ${path} HTTP/1.1\r\nHost: test\r\n${fields}\r\n`)
    return this.reply()
  }

  /** The next `length` bytes, whatever they are. */
  take(length: number): Promise<Buffer> {
    return this.#until(() => (this.#received.length < length ? undefined : this.#take(length)))
  }

  /** Resolves when the server has ended its side; what is left unread stays. */
  async ended(): Promise<string> {
    while (!this.#ended) await this.#more()
    return this.#received.toString('latin1')
  }

  async close(): Promise<void> {
    if (this.socket.closed) return
    const closed = once(this.socket, 'close')
    this.socket.end()
    await closed
  }

  async reset(): Promise<void> {
    const closed = once(this.socket, 'close')
    this.socket.resetAndDestroy()
    await closed
  }

  async #body(headers: Record<string, string>): Promise<Buffer> {
    if (headers['transfer-encoding'] === 'chunked') return this.#chunks()
    const untilEnd = headers['content-length'] === undefined && headers.connection === 'close'
    if (untilEnd) return Buffer.from(await this.ended(), 'latin1')
    const length = Number(headers['content-length'] ?? 0)
    return this.#until(() => (this.#received.length < length ? undefined : this.#take(length)))
  }

  async #chunks(): Promise<Buffer> {
    const chunks: Buffer[] = []
    for (;;) {
      const chunk = await this.#until(() => {
        const end = this.#received.indexOf('\r\n')
        const size = Number.parseInt(this.#received.toString('latin1', 0, end), 16)
        if (end < 0 || this.#received.length < end + 4 + size) return undefined
        return this.#take(end + 4 + size).subarray(end + 2, end + 2 + size)
      })
      if (chunk.length === 0) return Buffer.concat(chunks)
      chunks.push(chunk)
    }
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length)
    this.#received = this.#received.subarray(length)
    return taken
  }

  async #until<T>(read: () => T | undefined): Promise<T> {
    for (;;) {
      const value = read()
      if (value !== undefined) return value
      if (this.#ended)
        throw new Error(`The server ended the connection; unread: ${JSON.stringify(this.#received.toString('latin1'))}`)
      await this.#more()
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
