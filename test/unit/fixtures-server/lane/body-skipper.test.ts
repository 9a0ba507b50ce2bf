import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BodySkipper } from '../../../../fixtures-server/lane/body-skipper.ts'

const chunkedFraming = { kind: 'chunked' } as const

/** Feeds `text` in pieces cut at `cuts`; answers the last state and how many bytes belonged to the body. */
function skip(text: string, cuts: readonly number[] = [], maxBytes = 1_000) {
  const skipper = new BodySkipper(chunkedFraming, { maxBytes, keeps: true })
  const bytes = Buffer.from(text, 'latin1')
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length]
  for (let i = 1; i < edges.length; i++) {
    const [start = 0, end = 0] = [edges[i - 1], edges[i]]
    const state = skipper.skip(bytes.subarray(start, end), 0)
    if (state !== 'more') return { state, used: start + skipper.at, body: skipper.body.toString('latin1') }
  }
  return { state: 'more', used: bytes.length, body: '' }
}

test.each([
  ['0\r\n\r\n', 'done'],
  ['5\r\nhello\r\n0\r\n\r\n', 'done'],
  ['A;name="x"\r\n0123456789\r\n000\r\nTrailer: 1\r\n\r\n', 'done'],
  ['5\r\nhel', 'more'],
  ['', 'more'],
  ['5\r\nhello0\r\n', 'malformed'],
  ['5\nhello\r\n', 'malformed'],
  ['5\r\rhello', 'malformed'],
  ['\r\n', 'malformed'],
  ['-1\r\n', 'malformed'],
  ['+5\r\n', 'malformed'],
  ['0x5\r\n', 'malformed'],
  ['5 \r\n', 'malformed'],
  ['5;\x00\r\n', 'malformed'],
  ['0\r\nno trailer\r\n\r\n', 'malformed'],
  [`0;${'x'.repeat(5_000)}`, 'malformed'],
  [`1;${'x'.repeat(1_000)}\r\nx\r\n`.repeat(17), 'malformed'],
  [`1;${'x'.repeat(1_000)}\r\nx\r\n`.repeat(16), 'more'],
  [`0\r\n${'T: x\r\n'.repeat(3_000)}\r\n`, 'malformed'],
  ['3E9\r\n', 'too-large'],
  ['1F4\r\n', 'more'],
])('%j is %s', (text, state) => {
  expect(skip(text).state).toBe(state)
})

test('the same body ends at the same byte however it is cut, and what follows is left', () => {
  const chunk = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.constantFrom('', ';a', ';b="c d"'))
  const body = fc.array(chunk, { maxLength: 6 }).map((chunks) => {
    const parts = chunks.map(
      ([bytes, extension]) =>
        `${bytes.length.toString(16)}${extension}\r\n${Buffer.from(bytes).toString('latin1')}\r\n`,
    )
    const plain = chunks.map(([bytes]) => Buffer.from(bytes).toString('latin1')).join('')
    return { text: `${parts.join('')}0\r\n\r\n`, plain }
  })
  fc.assert(
    fc.property(body, fc.array(fc.nat(200), { maxLength: 8 }), ({ text, plain }, cuts) => {
      const whole = `${text}GET / HTTP/1.1\r\n`
      expect(
        skip(
          whole,
          cuts.map((cut) => Math.min(cut, whole.length)),
        ),
      ).toEqual({ state: 'done', used: text.length, body: plain })
    }),
  )
})

test('a body of known length ends after that many bytes', () => {
  const skipper = new BodySkipper({ kind: 'length', bytes: 5 }, { maxBytes: 10, keeps: false })
  expect([skipper.skip(Buffer.from('abc'), 0), skipper.skip(Buffer.from('xdefg'), 1), skipper.at]).toEqual([
    'more',
    'done',
    3,
  ])
  expect(new BodySkipper({ kind: 'length', bytes: 11 }, { maxBytes: 10, keeps: true }).skip(Buffer.alloc(0), 0)).toBe(
    'too-large',
  )
})
