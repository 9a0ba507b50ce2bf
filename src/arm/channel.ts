import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { deserialize, serialize } from 'node:v8'

/** One end of the line between a supervisor and its child: messages are what the structured clone algorithm can copy. */
export interface Channel {
  /** Throws for what cannot be copied. */
  send(message: unknown): void
  /** Ends the line when what was sent is through. */
  close(): void
}

interface ChannelOptions {
  /** Which end this is: what one says is never taken for the other's. */
  readonly end: 'supervisor' | 'child'
  readonly onMessage: (message: never) => void
  /** The line has ended; called once. With an error when something else than the other end wrote to it. */
  readonly onEnd: (error?: BrokenChannel) => void
}

/** Something else than the other end wrote to the line. */
export class BrokenChannel extends Error {
  override readonly name = 'BrokenChannel'
}

/** Length of the key that both ends have, and nobody else. */
export const keyBytes = 32
/** A sweep of hundreds of arms is opened by less than one, and answers with less. */
const mostBytes = 64 * 2 ** 20

/**
 * Opens an end of a line. Its file descriptor is one that every module in the child could write to, so a frame begins and
 * ends with what only the other end can know: what a scenario or its imports write there, or repeat, is never taken for a
 * message, and ends the line.
 */
export function openChannel(stream: Duplex, key: Buffer, { end, onMessage, onEnd }: ChannelOptions): Channel {
  const write = makeSeal(key, end)
  const frames = makeFrames(makeSeal(key, end === 'child' ? 'supervisor' : 'child'))
  let isOver = false
  const finish = (error?: BrokenChannel) => {
    if (isOver) return
    isOver = true
    onEnd(error)
  }
  stream.on('data', (chunk: Buffer) => {
    try {
      for (const payload of frames.take(chunk)) onMessage(deserialize(payload) as never)
    } catch (error) {
      if (!(error instanceof BrokenChannel)) throw error
      finish(error)
      stream.destroy()
    }
  })
  stream.once('close', () => finish())
  // That nothing can be written any more is what 'close' says.
  stream.on('error', () => {})
  return {
    send(message) {
      const payload = serialize(message)
      const seal = write.next()
      const length = Buffer.alloc(lengthBytes)
      length.writeUInt32BE(payload.length)
      stream.write(Buffer.concat([seal.opening, length, payload, seal.closing(payload)]))
    },
    close: () => void stream.end(),
  }
}

// Looked up before any scenario's module can put another in its place, to learn the key.
const openMac = createHmac
const isEqual = timingSafeEqual

const lengthBytes = 4
const sealBytes = 32

/** What frames of one direction begin and end with, each in its place: a repeated one has another's. */
interface Seal {
  readonly opening: Buffer
  closing(payload: Buffer): Buffer
}

function makeSeal(key: Buffer, direction: string): { next(): Seal } {
  let place = 0
  return {
    next() {
      const macOf = (part: string) => openMac('sha256', key).update(`${direction} ${place} ${part} `)
      const opening = macOf('opening').digest()
      const mac = macOf('closing')
      place++
      return { opening, closing: (payload) => mac.update(payload).digest() }
    },
  }
}

const headBytes = sealBytes + lengthBytes

/** Puts frames together again; throws as soon as the bytes are not the other end's. */
function makeFrames(seals: { next(): Seal }) {
  let seal = seals.next()
  let chunks: Buffer[] = []
  let bytes = 0
  let wanted = headBytes
  /** The first frame, and `wanted` bytes of it when there are not enough. */
  const takeOne = (): Buffer | undefined => {
    const all = Buffer.concat(chunks)
    const length = all.readUInt32BE(sealBytes)
    if (!isEqual(seal.opening, all.subarray(0, sealBytes)) || length > mostBytes) throw new BrokenChannel()
    wanted = headBytes + length + sealBytes
    chunks = [all]
    if (bytes < wanted) return undefined
    const payload = all.subarray(headBytes, headBytes + length)
    if (!isEqual(seal.closing(payload), all.subarray(headBytes + length, wanted))) throw new BrokenChannel()
    chunks = [all.subarray(wanted)]
    bytes -= wanted
    wanted = headBytes
    seal = seals.next()
    return payload
  }
  return {
    *take(chunk: Buffer): Generator<Buffer> {
      chunks.push(chunk)
      bytes += chunk.length
      while (bytes >= wanted) {
        const payload = takeOne()
        if (payload !== undefined) yield payload
      }
    },
  }
}
