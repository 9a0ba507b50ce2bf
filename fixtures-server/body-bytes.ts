const noBytes = Buffer.alloc(0)

/**
 * Gathers a body from its pieces. They are copied together as they come: a client that sends ten megabytes byte by byte
 * would have a buffer of its own kept for each. The usual body, which comes in one piece, is not copied.
 */
export class BodyBytes {
  #bytes: Buffer = noBytes
  #length = 0

  add(piece: Buffer): void {
    const length = this.#length + piece.length
    if (this.#length === 0) this.#bytes = piece
    else if (length > this.#bytes.length) this.#bytes = this.#copyInto(Buffer.allocUnsafe(2 * length))
    // A piece belongs to its sender, and has no room; what has room is a copy.
    if (this.#bytes !== piece) piece.copy(this.#bytes, this.#length)
    this.#length = length
  }

  clear(): void {
    this.#bytes = noBytes
    this.#length = 0
  }

  /** What has been added so far. */
  get bytes(): Buffer {
    return this.#bytes.length === this.#length ? this.#bytes : this.#bytes.subarray(0, this.#length)
  }

  #copyInto(larger: Buffer): Buffer {
    this.#bytes.copy(larger, 0, 0, this.#length)
    return larger
  }
}
