const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const
const DICTIONARY_BYTES = [0, 1, 2, 4] as const

type Part = 'magic' | 'descriptor' | 'block' | 'length' | 'unknown'

const PART_BYTES: Readonly<Record<Part, number>> = { magic: 4, descriptor: 1, block: 3, length: 4, unknown: 0 }

/**
 * Follows the frames of zstd (RFC 8878, 3.1) to know whether the last one is complete: Node 22's decoder takes the beginning of a
 * frame for all of it, and says nothing. What is no zstd is left to the decoder.
 */
export class ZstdFrames {
  #part: Part = 'magic'
  #bytes: number[] = []
  #skipBytes = 0
  #checksumBytes = 0

  /** True between frames. */
  get complete(): boolean {
    return (this.#part === 'magic' && this.#bytes.length === 0 && this.#skipBytes === 0) || this.#part === 'unknown'
  }

  /** Goes on by these bytes. */
  write(piece: Uint8Array): void {
    for (let at = 0; at < piece.length && this.#part !== 'unknown'; ) {
      const skipped = Math.min(this.#skipBytes, piece.length - at)
      this.#skipBytes -= skipped
      at += skipped
      if (this.#skipBytes > 0 || at === piece.length) return
      this.#bytes.push(piece[at] as number)
      at += 1
      if (this.#bytes.length === PART_BYTES[this.#part]) this.#read(this.#bytes.splice(0))
    }
  }

  #read(bytes: readonly number[]): void {
    const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
    if (this.#part === 'magic') this.#readMagic(value)
    else if (this.#part === 'descriptor') this.#readDescriptor(value)
    else if (this.#part === 'block') this.#readBlock(value)
    else this.#goOn('magic', value)
  }

  #readMagic(value: number): void {
    if (value === MAGIC) this.#goOn('descriptor', 0)
    else this.#goOn(value - (value % 16) === SKIPPABLE ? 'length' : 'unknown', 0)
  }

  #readDescriptor(value: number): void {
    const isSingle = (value & 0x20) !== 0
    const sizeBytes = CONTENT_SIZE_BYTES[(value >> 6) as 0 | 1 | 2 | 3] || (isSingle ? 1 : 0)
    this.#checksumBytes = value & 0x04
    this.#goOn('block', (isSingle ? 0 : 1) + DICTIONARY_BYTES[(value & 0x03) as 0 | 1 | 2 | 3] + sizeBytes)
  }

  #readBlock(value: number): void {
    const isLast = (value & 1) !== 0
    // A block of one byte repeated has that byte only, whatever its size.
    const contentBytes = ((value >> 1) & 3) === 1 ? 1 : value >> 3
    this.#goOn(isLast ? 'magic' : 'block', contentBytes + (isLast ? this.#checksumBytes : 0))
  }

  #goOn(part: Part, skipBytes: number): void {
    this.#part = part
    this.#skipBytes = skipBytes
  }
}
