import type { Socket } from 'node:net'

// No handshake is that long; who sends more before it is answered is up to no good.
const maxHeldBytes = 64 * 1024

/** Reads exact numbers of bytes from a socket, then gives the socket back with what it did not read. */
export class ByteReader {
  readonly #socket: Socket
  #bytes = Buffer.alloc(0)
  #gone = false
  #wake: () => void = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', this.#onData).on('end', this.#onGone).on('close', this.#onGone)
  }

  /** Rejects when the client leaves before it has sent that much. */
  async read(length: number): Promise<Buffer> {
    while (this.#bytes.length < length) {
      if (this.#gone) throw new Error('the client left in its handshake')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const taken = this.#bytes.subarray(0, length)
    this.#bytes = this.#bytes.subarray(length)
    return taken
  }

  /** A length in one byte, then as much text. */
  async readText(): Promise<string> {
    const [length = 0] = await this.read(1)
    return (await this.read(length)).toString()
  }

  release(): void {
    this.#socket.off('data', this.#onData).off('end', this.#onGone).off('close', this.#onGone)
    this.#socket.pause()
    if (this.#bytes.length > 0) this.#socket.unshift(this.#bytes)
  }

  #onData = (chunk: Buffer): void => {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    if (this.#bytes.length > maxHeldBytes) this.#socket.destroy()
    this.#wake()
  }

  #onGone = (): void => {
    this.#gone = true
    this.#wake()
  }
}
