import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Feed } from '../../../src/scenario/feed.ts'
import { loadFeed } from '../../../src/scenario/load-feed.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sessionbench feeds #'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function rowsOf(text: string | Buffer, feed: (file: string) => Feed) {
  writeFileSync(join(folder, 'data 100%.txt'), text)
  const loaded = loadFeed(feed('data 100%.txt'), pathToFileURL(join(folder, 'scenario.ts')).href)
  return 'rows' in loaded ? loaded.rows : undefined
}
const csv = (text: string | Buffer) => rowsOf(text, (file) => ({ csv: file }))
const json = (text: string) => rowsOf(text, (file) => ({ json: file, parse: (element) => element }))

describe('a CSV feed', () => {
  it.each([
    ['plain lines', 'a,b\n1,2\n3,4\n'],
    ['Windows line ends, no last one', 'a,b\r\n1,2\r\n3,4'],
    ['a byte order mark and blank lines', '\ufeffa,b\n\n1,2\n\n3,4\n\n'],
    ['quotes', '"a","b"\n"1","2"\n3,"4"\n'],
  ])('has a text per column: %s', (_, text) => {
    expect(csv(text)).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ])
  })

  it.each([
    ['semicolons', 'a;b\n1;2\n3;4\n'],
    ['tabs', 'a\tb\n1\t2\n3\t4\n'],
    ['bars', 'a|b\n1|2\n3|4\n'],
    ['UTF-16, little end first', Buffer.from('\ufeffa,b\n1,2\n3,4\n', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\ufeffa,b\n1,2\n3,4\n', 'utf16le').swap16()],
  ])('is read with %s', (_, text) => {
    expect(csv(text)).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ])
  })

  it('takes the separator that it is told', () => {
    const rows = rowsOf('a|b,c\n1|2,3\n', (file) => ({ csv: file, delimiter: '|' }))
    expect(rows).toEqual([{ a: '1', 'b,c': '2,3' }])
  })

  it.each([
    ['bytes of another encoding', Buffer.from('name\nJos\xe9\n', 'latin1'), /expected UTF-8 .* save it as UTF-8/],
    ['UTF-16 without a mark', Buffer.from('né,b\nü,2\n', 'utf16le').subarray(0), /expected UTF-8|line 1/],
    [
      'two kinds of separators',
      'a;b,c\n1;2,3\n',
      /line 1: expected one kind of separator .*"," and ";": say which by delimiter/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => csv(text)).toThrow(message)
  })

  it('keeps commas, quotes and line ends inside quotes, and blanks as they are', () => {
    expect(csv('name,note\n"bob, the ""b"""," x\r\ny"\n')).toEqual([{ name: 'bob, the "b"', note: ' x\r\ny' }])
  })

  it.each([
    ['a row that is too short', 'a,b\n1,2\n3\n', /data 100%\.txt: .*line 3/],
    ['a row that is too long', 'a,b\n1,2,3\n', /line 2/],
    ['a quote that is not closed', 'a,b\n1,"x\n', /[Qq]uote.*line 2/],
    ['a quote in the middle', 'a,b\n1,x"y\n', /line 2/],
    ['a column twice', 'a,a\n1,2\n', /line 1: expected a different name for every column, got 'a' twice/],
    ['a column without a name', 'a,\n1,2\n', /got an empty name/],
    ['no rows', 'a,b\n', /has no rows/],
    ['nothing', '', /has no rows/],
  ])('refuses %s', (_, text, message) => {
    expect(() => csv(text)).toThrow(message)
  })

  it('is parsed row by row, and says in which line that failed', () => {
    const parse = ({ n }: Readonly<Record<string, string>>) => {
      if (!/^\d+$/.test(n ?? '')) throw new Error(`expected a number, got '${n}'`)
      return Number(n)
    }
    expect(rowsOf('n\n1\n2\n', (file) => ({ csv: file, parse }))).toEqual([1, 2])
    expect(() => rowsOf('n\n1\nx\n', (file) => ({ csv: file, parse }))).toThrow(
      "data 100%.txt, line 3: expected a number, got 'x'",
    )
  })

  it('says where it looked for a file that is not there', () => {
    const load = () => loadFeed({ csv: 'nowhere.csv' }, 'file:///some/folder/scenario.ts')
    expect(load).toThrow('nowhere.csv: there is no such file: expected it at /some/folder/nowhere.csv')
    expect(() => loadFeed({ csv: '.' }, pathToFileURL(join(folder, 's.ts')).href)).toThrow(/cannot be read \(EISDIR\)/)
  })
})

describe('a JSON feed', () => {
  it('has the elements of the array', () => {
    expect(json('\ufeff[{"id":1},{"id":2}]')).toEqual([{ id: 1 }, { id: 2 }])
  })

  it.each([
    ['what is no JSON', '[1,', /data 100%\.txt: /],
    ['what is no array', '{"a":1}', /expected an array, got object/],
    ['null', 'null', /expected an array, got null/],
    ['an empty array', '[]', /has no rows/],
  ])('refuses %s', (_, text, message) => {
    expect(() => json(text)).toThrow(message)
  })

  it('says which element could not be parsed', () => {
    const parse = (element: unknown) => {
      if (typeof element !== 'number') throw new Error('expected a number')
      return element
    }
    expect(() => rowsOf('[1,"2"]', (file) => ({ json: file, parse }))).toThrow('element 1: expected a number')
  })
})
