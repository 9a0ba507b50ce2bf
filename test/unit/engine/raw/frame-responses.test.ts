import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameResponses, KnownHeads } from '../../../../src/engine/raw/frame-responses.ts'
import { ResponseSyntaxError } from '../../../../src/engine/raw/read-response-head.ts'

interface Asked {
  readonly isHead?: boolean
}

/** Frames pieces as a connection brings them; what was asked is answered in turn. */
function frame(
  pieces: readonly string[],
  asked: readonly Asked[],
  { heads = new KnownHeads(), isClosed = false } = {},
) {
  const answers: [status: number, isLast: boolean][] = []
  const framer = frameResponses({
    heads,
    isOfHead: () => (answers.length < asked.length ? (asked[answers.length]?.isHead ?? false) : undefined),
    onAnswer: (status, isLast) => answers.push([status, isLast]),
  })
  // One buffer for all, as a socket has it.
  const shared = Buffer.alloc(64 * 1_024)
  for (const piece of pieces) framer.push(shared, shared.write(piece, 'latin1'))
  const isWithin = framer.isWithinAnswer()
  if (isClosed) framer.end()
  return { answers, isWithin }
}

const hello = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
const chunked =
  'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: u\r\n\r\n'
const none = 'HTTP/1.1 204 No Content\r\n\r\n'
const ofHead = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'
const early = `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${hello}`
const last = 'HTTP/1.1 500 Oops\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno'
const untilClosed = 'HTTP/1.0 200 OK\r\n\r\nall of this\r\n\r\nand this'

const kinds = [
  { text: hello, asked: {}, status: 200 },
  { text: chunked, asked: {}, status: 201 },
  { text: none, asked: {}, status: 204 },
  { text: ofHead, asked: { isHead: true }, status: 200 },
  { text: early, asked: {}, status: 200 },
] as const

describe('frameResponses', () => {
  it('finds the same answers however they are cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...kinds), { maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        (some, cuts) => {
          const text = some.map((kind) => kind.text).join('') + last
          const pieces: string[] = []
          for (let at = 0; at < text.length; ) {
            const size = cuts.next().value ?? 1
            pieces.push(text.slice(at, at + size))
            at += size
          }
          const { answers, isWithin } = frame(pieces, [...some.map(({ asked }) => asked), {}], { isClosed: true })
          expect(answers).toEqual([...some.map(({ status }) => [status, false]), [500, true]])
          expect(isWithin).toBe(false)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('takes a body without a length to be all until the end', () => {
    expect(frame([untilClosed], [{}])).toEqual({ answers: [], isWithin: true })
    expect(frame([untilClosed, ' and more'], [{}], { isClosed: true }).answers).toEqual([[200, true]])
  })

  it('tells an answer to HEAD from the same bytes after GET', () => {
    const heads = new KnownHeads()
    expect(frame([ofHead], [{ isHead: true }], { heads }).answers).toEqual([[200, false]])
    expect(frame([hello, ofHead, hello], [{}, { isHead: true }, {}], { heads }).answers).toHaveLength(3)
  })

  it('reads a head anew when it has changed, also within what it has in common with one that is known', () => {
    const other = hello.replace('5', '4').replace('hello', 'hell')
    expect(frame([hello, other, hello, hello + other], Array(5).fill({})).answers).toHaveLength(5)
    const many = Array.from({ length: 9 }, (_, n) => `HTTP/1.1 200 OK\r\nX: ${n}\r\nContent-Length: 0\r\n\r\n`)
    expect(frame([many.join(''), many.join('')], Array(18).fill({})).answers).toHaveLength(18)
  })

  it.each<[string, readonly string[], RegExp]>([
    ['an answer that nobody asked for', [hello, hello], /nothing was asked/],
    ['a chunk without a size', [chunked.replace('3;x=y', 'x')], /size of a chunk, got "x"/],
    ['a chunk that is longer than it says', [chunked.replace('abc', 'abcd')], /end of a chunk/],
    ['a switch of protocols', ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'], /got 101/],
    [
      'a head without an end',
      [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(40_000)}`, 'y'.repeat(40_000)],
      /at most 65536 bytes/,
    ],
    ['a line of a chunk without an end', [`${chunked.slice(0, 54)}3;`, 'z'.repeat(9_000)], /at most 4096 bytes/],
    ['what is no HTTP', ['hello\r\n\r\n'], /status line/],
  ])('refuses %s', (_, pieces, message) => {
    expect(() => frame(pieces, [{}])).toThrow(ResponseSyntaxError)
    expect(() => frame(pieces, [{}])).toThrow(message)
  })

  it.each([
    ['its head', hello.slice(0, 20)],
    ['its body', hello.slice(0, -1)],
    ['a chunk', chunked.slice(0, -30)],
    ['its last line', chunked.slice(0, -2)],
  ])('an end within %s is not one of the answer', (_, text) => {
    expect(frame([text], [{}])).toEqual({ answers: [], isWithin: true })
    expect(() => frame([text], [{}], { isClosed: true })).toThrow(/ended the connection within an answer/)
  })

  it('an end between two answers is none within one', () => {
    expect(frame([hello], [{}, {}], { isClosed: true }).answers).toHaveLength(1)
  })
})
