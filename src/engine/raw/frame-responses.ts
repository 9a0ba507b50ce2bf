import { type ResponseHead, ResponseSyntaxError, readResponseHead } from './read-response-head.ts'

/** Hears of every answer that has come whole. */
type OnAnswer = (status: number, isLast: boolean) => void

/** Finds where answers end in what a connection brings, without keeping any of it. */
export interface ResponseFramer {
  /** Takes the first `length` bytes; they are not looked at afterwards. Throws ResponseSyntaxError. */
  push(bytes: Buffer, length: number): void
  /** The target has ended the connection. Throws ResponseSyntaxError within an answer. */
  end(): void
  /** Whether bytes of an answer are here already, and not all. */
  isWithinAnswer(): boolean
}

interface FramerOptions {
  /** Heads that were read before, by all connections to one target. */
  readonly heads: KnownHeads
  /** Whether the answer that begins is one to HEAD. Undefined: nothing was asked. */
  readonly isOfHead: () => boolean | undefined
  readonly onAnswer: OnAnswer
}

interface KnownHead extends ResponseHead {
  readonly bytes: Buffer
  readonly isOfHead: boolean
}

/** A head repeats itself but for its date, and for whatever the target counts in it. */
const mostKnown = 4
const mostHeadBytes = 64 * 1_024
const mostChunkLineBytes = 4 * 1_024
const headEnd = Buffer.from('\r\n\r\n')

/** Heads by their bytes: the same bytes after the same question mean the same answer. */
export class KnownHeads {
  readonly #known: KnownHead[] = []

  /** The head that begins at a place, where it is whole and was seen before. */
  find(bytes: Buffer, from: number, to: number, isOfHead: boolean): KnownHead | undefined {
    for (let index = 0; index < this.#known.length; index++) {
      const known = this.#known[index] as KnownHead
      const end = from + known.bytes.length
      if (end > to || known.isOfHead !== isOfHead || bytes.compare(known.bytes, 0, known.bytes.length, from, end) !== 0)
        continue
      return known
    }
    return undefined
  }

  /** Reads a head, with the empty line that ends it. Throws ResponseSyntaxError. */
  learn(bytes: Buffer, isOfHead: boolean): KnownHead {
    const head = readResponseHead(bytes.toString('latin1', 0, bytes.length - headEnd.length), isOfHead)
    const known = { ...head, isOfHead, bytes: Buffer.from(bytes) }
    // The newest is what comes next.
    this.#known.unshift(known)
    if (this.#known.length > mostKnown) this.#known.pop()
    return known
  }
}

/** What is awaited: a head, so many bytes of a body, a line of its chunks, or the end of the connection. */
type Awaited = 'head' | 'bytes' | 'chunk line' | 'chunk end' | 'trailer' | 'close'

/** Makes the framer of one connection. */
export function frameResponses({ heads, isOfHead, onAnswer }: FramerOptions): ResponseFramer {
  let awaited: Awaited = 'head'
  /** Of the body, or of its chunk. */
  let left = 0
  let isChunked = false
  let head: ResponseHead | undefined
  /** What has come of a head or of a line, and was not all of it. */
  let kept: Buffer | undefined

  const finish = () => {
    const { status, isLast } = head as ResponseHead
    head = undefined
    awaited = 'head'
    onAnswer(status, isLast)
  }
  const begin = (known: ResponseHead) => {
    // An interim answer is followed by the one that was asked for.
    if (known.status < 200) return refuseSwitch(known)
    head = known
    isChunked = known.body === 'chunked'
    if (isChunked) awaited = 'chunk line'
    else if (known.body === 'until closed') awaited = 'close'
    else await_(known.body as number)
  }
  const await_ = (bytes: number) => {
    left = bytes
    awaited = 'bytes'
    if (left === 0) endOfBytes()
  }
  const endOfBytes = () => {
    if (isChunked) awaited = 'chunk end'
    else finish()
  }
  const takeHead = (bytes: Buffer, from: number, to: number): number => {
    const ofHead = isOfHead()
    if (ofHead === undefined) throw new ResponseSyntaxError('expected nothing, as nothing was asked, got an answer')
    const known = kept === undefined ? heads.find(bytes, from, to, ofHead) : undefined
    if (known !== undefined) {
      begin(known)
      return from + known.bytes.length
    }
    const { whole, next } = takeThrough(headEnd, mostHeadBytes, bytes, from, to)
    if (whole !== undefined) begin(heads.learn(whole, ofHead))
    return next
  }
  const takeLine = (bytes: Buffer, from: number, to: number): number => {
    const { whole, next } = takeThrough(lineEnd, mostChunkLineBytes, bytes, from, to)
    if (whole === undefined) return next
    const line = whole.toString('latin1', 0, whole.length - lineEnd.length)
    if (awaited === 'chunk line') {
      const size = readChunkSize(line)
      if (size === 0) awaited = 'trailer'
      else await_(size)
    } else if (awaited === 'chunk end') {
      if (line !== '') throw new ResponseSyntaxError('expected the end of a chunk, got more of it')
      awaited = 'chunk line'
    } else if (line === '') finish()
    return next
  }
  /** All up to an end, from what is kept on; `next` is where to go on. */
  const takeThrough = (end: Buffer, most: number, bytes: Buffer, from: number, to: number) => {
    const before = kept?.length ?? 0
    const joined = kept === undefined ? bytes.subarray(from, to) : Buffer.concat([kept, bytes.subarray(from, to)])
    const at = joined.indexOf(end, Math.max(0, before - end.length + 1))
    // However the bytes were cut.
    if ((at < 0 ? joined.length : at + end.length) > most) {
      throw new ResponseSyntaxError(`expected a head or line of at most ${most} bytes, got more`)
    }
    if (at < 0) {
      // A copy: the bytes are written over by what comes next.
      kept = Buffer.from(joined)
      return { whole: undefined, next: to }
    }
    kept = undefined
    return { whole: joined.subarray(0, at + end.length), next: from + at + end.length - before }
  }
  return {
    push(bytes, length) {
      for (let at = 0; at < length; ) {
        if (awaited === 'bytes') {
          const taken = Math.min(left, length - at)
          at += taken
          left -= taken
          if (left === 0) endOfBytes()
        } else if (awaited === 'head') at = takeHead(bytes, at, length)
        else if (awaited === 'close') return
        else at = takeLine(bytes, at, length)
      }
    },
    end() {
      if (awaited === 'close') finish()
      else if (head !== undefined || kept !== undefined) {
        throw new ResponseSyntaxError('the target ended the connection within an answer')
      }
    },
    isWithinAnswer: () => head !== undefined || kept !== undefined,
  }
}

const lineEnd = Buffer.from('\r\n')

function readChunkSize(line: string): number {
  const [, digits] = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/.exec(line) ?? []
  if (digits === undefined)
    throw new ResponseSyntaxError(`expected the size of a chunk, got ${JSON.stringify(line.slice(0, 40))}`)
  return Number.parseInt(digits, 16)
}

function refuseSwitch({ status }: { readonly status: number }): void {
  if (status === 101)
    throw new ResponseSyntaxError('expected HTTP/1.1 as before, got 101: the target switched protocols unasked')
}
