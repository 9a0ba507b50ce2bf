import { describe, expect, it } from 'vitest'
import { namesUrl, readBody, readMethod, readUrl } from '../../../src/cli/read-url.ts'

describe('a URL where a command would be', () => {
  it.each(['http://a', 'HTTPS://a/b', 'ftp://a', 'localhost:3000', 'localhost:3000/a?b', '[::1]:80/', '10.0.0.1:1'])(
    'is one: %s',
    (text) => {
      expect(namesUrl([text])).toBe(true)
      expect(namesUrl(['-c', '50', text])).toBe(true)
    },
  )
  it.each(['run', '--help', 'list', '', 'a:b', 'localhost:', 'x:123456', './a.ts:1a'])('is none: %s', (text) =>
    expect(namesUrl([text])).toBe(false),
  )
  it.each([[[]], [['run', 'http://a']], [['--help', 'http://a']], [['-V', 'http://a']]])('is none: %j', (args) =>
    expect(namesUrl(args)).toBe(false),
  )
})

describe('readUrl', () => {
  it.each([
    ['http://a.b/c?d#e', 'http://a.b/c?d'],
    ['localhost:3000', 'http://localhost:3000/'],
    ['[::1]:80/x', 'http://[::1]/x'],
    ['https://h', 'https://h/'],
  ])('reads %s', (text, href) => expect(readUrl(text).href).toBe(href))

  it.each([
    ['ftp://a', /expected a URL such as/],
    ['http://', /expected a URL such as/],
    ['http://u:secret@h/', /no user or password/],
  ])('refuses %s and repeats no password', (text, message) => {
    expect(() => readUrl(text)).toThrow(message)
    expect(() => readUrl(text)).not.toThrow(/secret/)
  })
})

it('reads methods in any case, and bodies from files', () => {
  expect(readMethod('post')).toBe('POST')
  expect(() => readMethod('BREW')).toThrow(/expected one of GET, HEAD/)
  expect(readBody('text')).toEqual(Buffer.from('text'))
  expect(readBody(`@${import.meta.filename}`).toString()).toContain('reads methods in any case')
  expect(() => readBody('@/no/such/file')).toThrow(/expected a file that can be read: ENOENT/)
})
