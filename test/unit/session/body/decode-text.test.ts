import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openBytes } from '../../../../src/session/body/body-source.ts'
import { decodeJsonText, decodeText, readCharset } from '../../../../src/session/body/decode-text.ts'
import { readLines } from '../../../../src/session/body/read-lines.ts'

/** A source of these pieces. */
function sourceOf(pieces: readonly Buffer[]) {
  const left = [...pieces]
  return { next: async () => left.shift() ?? null, stop: () => {}, stopped: false, touch: () => {} }
}

async function linesOf(pieces: readonly Buffer[], charset?: string): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readLines(sourceOf(pieces), charset)) lines.push(line)
  return lines
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return [...pieces, bytes.subarray(at)]
}

describe('readCharset', () => {
  it.each([
    ['text/plain; charset=utf-16le', 'utf-16le'],
    ['text/plain;CHARSET="UTF-16LE"', 'UTF-16LE'],
    ['text/html; level=1; charset=koi8-r; format=flowed', 'koi8-r'],
    ["text/html; charset='koi8-r'", 'koi8-r'],
    ['text/html; charset = koi8-r ', 'koi8-r'],
    ['text/html; charset="koi8\\-r"', 'koi8-r'],
    ['text/html; charset=koi8-r; charset=utf-8', 'koi8-r'],
    ['text/html; title="; charset=utf-16le"; charset=koi8-r', 'koi8-r'],
    ['text/html; title="a\\"; charset=utf-16le"', undefined],
    ['text/html; title=charset=utf-16le', undefined],
    ['text/html; x-charset=utf-16le', undefined],
    ['multipart/mixed; boundary=charset=utf-16le', undefined],
    ['text/charset=utf-16le', undefined],
    ['text/html; charset', undefined],
    ['text/html; charset=', undefined],
    ['text/html; charset="', undefined],
    ['text/html;;; ; charset=koi8-r', 'koi8-r'],
    [';charset=koi8-r', 'koi8-r'],
    ['', undefined],
  ])('%s', (contentType, expected) => {
    expect(readCharset(contentType)).toBe(expected)
  })

  it('needs no more time than the header has bytes', () => {
    for (const filler of [' ', ';', '"', '\\"', '=', 'a=', '; a="\\']) {
      expect(readCharset(`text/html;${filler.repeat(100_000)}`)).toBeUndefined()
    }
  })
})

const mark = { utf8: [0xef, 0xbb, 0xbf], le: [0xff, 0xfe], be: [0xfe, 0xff] }
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()
const both = (start: readonly number[], rest: Buffer) => Buffer.concat([Buffer.from(start), rest])

/** What the bytes are, what Content-Type says, and what they mean. */
const texts: readonly (readonly [string, Buffer, string | undefined, string])[] = [
  ['UTF-8 without a word', Buffer.from('héllo ✓'), undefined, 'héllo ✓'],
  ['UTF-8 with a mark', both(mark.utf8, Buffer.from('héllo')), undefined, 'héllo'],
  ['a mark against another charset', both(mark.utf8, Buffer.from('héllo')), 'iso-8859-1', 'héllo'],
  ['UTF-16LE by its mark', both(mark.le, Buffer.from('héllo', 'utf16le')), undefined, 'héllo'],
  ['UTF-16BE by its mark', both(mark.be, utf16be('héllo')), 'utf-8', 'héllo'],
  ['UTF-16BE by its mark, against LE', both(mark.be, utf16be('héllo')), 'utf-16le', 'héllo'],
  ['UTF-16LE by charset', Buffer.from('héllo', 'utf16le'), 'UTF-16LE', 'héllo'],
  ['UTF-16BE by charset', utf16be('héllo'), 'utf-16be', 'héllo'],
  ['UTF-16 of no said order', Buffer.from('héllo', 'utf16le'), 'utf-16', 'héllo'],
  ['Latin-1, which is windows-1252', Buffer.from([0x93, 0xe9, 0x94]), 'iso-8859-1', '“é”'],
  ['Shift_JIS', Buffer.from([0x82, 0xa0]), 'Shift_JIS', 'あ'],
  ['a charset that is not known', Buffer.from('héllo'), 'klingon', 'héllo'],
  ['bytes that are none', Buffer.from([0x61, 0xff, 0x62]), undefined, 'a\ufffdb'],
  ['half a mark', Buffer.from([0xef, 0xbb]), undefined, '\ufffd'],
  ['nothing', Buffer.alloc(0), 'utf-16le', ''],
]

describe('text', () => {
  it.each(texts)('%s', async (_, bytes, charset, expected) => {
    expect(decodeText(bytes, charset)).toBe(expected)
    for (const size of [1, 2, 3]) {
      const pieces = cut(
        bytes,
        Array.from({ length: Math.ceil(bytes.length / size) }, () => size),
      )
      expect((await linesOf(pieces, charset)).join()).toBe(expected)
    }
  })
})

describe('JSON', () => {
  it.each([
    ['UTF-8', Buffer.from('{"a":"é"}'), undefined],
    ['UTF-8, whatever charset says', Buffer.from('{"a":"é"}'), 'iso-8859-1'],
    ['UTF-8 with a mark', both(mark.utf8, Buffer.from('{"a":"é"}')), undefined],
    ['UTF-16LE with a mark', both(mark.le, Buffer.from('{"a":"é"}', 'utf16le')), undefined],
    ['UTF-16BE with a mark', both(mark.be, utf16be('{"a":"é"}')), 'utf-8'],
    ['UTF-16LE by charset', Buffer.from('{"a":"é"}', 'utf16le'), 'utf-16le'],
    ['UTF-16BE by charset', utf16be('{"a":"é"}'), 'utf-16be'],
    ['UTF-16LE without a word', Buffer.from('{"a":"é"}', 'utf16le'), undefined],
    ['Latin-1 by charset', Buffer.from('{"a":"é"}', 'latin1'), 'iso-8859-1'],
  ])('in %s', (_, bytes, charset) => {
    expect(JSON.parse(decodeJsonText(bytes, charset))).toEqual({ a: 'é' })
  })
})

describe('lines', () => {
  it('end at \\n and \\r\\n, wherever the pieces are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'é', '\r', '\n', '\r\n', '✓', '😀'), { maxLength: 30 }),
        fc.array(fc.nat(4), { maxLength: 30 }),
        fc.constantFrom<['utf-8', BufferEncoding] | ['utf-16le', BufferEncoding]>(
          ['utf-8', 'utf8'],
          ['utf-16le', 'utf16le'],
        ),
        async (parts, sizes, [charset, encoding]) => {
          const text = parts.join('')
          const expected = text.split(/\r?\n/)
          if (expected.at(-1) === '') expected.pop()
          expect(await linesOf(cut(Buffer.from(text, encoding), sizes), charset)).toEqual(expected)
        },
      ),
    )
  })

  // In a loop that looks at what is held again with each piece, this takes half a minute.
  it('may be as long as they like', async () => {
    const pieces = Array.from({ length: 1_024 }, () => Buffer.alloc(65_536, 'x'))
    const lines = await linesOf([...pieces, Buffer.from('\nend')])
    expect(lines.map((line) => line.length)).toEqual([67_108_864, 3])
  }, 20_000)

  it('of a body in memory', async () => {
    const lines: string[] = []
    for await (const line of readLines(openBytes(Promise.resolve(Buffer.from('a\nb'))), undefined)) lines.push(line)
    expect(lines).toEqual(['a', 'b'])
  })
})
