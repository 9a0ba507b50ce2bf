import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinValues, readHeaderText, readHeaderUrl } from '../../../../src/session/head/header-text.ts'
import { HttpHeaders } from '../../../../src/session/head/headers.ts'
import { readLinks } from '../../../../src/session/head/links.ts'
import { readTarget, resolveLocation } from '../../../../src/session/head/target.ts'

/** Bytes as undici hands them on. */
const wire = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('latin1')

describe('readHeaderText', () => {
  it.each([
    ['plain', 'plain'],
    [wire('café'), 'café'],
    [wire('日本語 🔑'), '日本語 🔑'],
    ['caf\xe9', 'café'],
    ['caf\xc3', 'caf\xc3'],
    // The surrogate, the overlong slash and the byte order mark: no UTF-8, no UTF-8, and nothing to take away.
    ['\xed\xa0\x80', '\xed\xa0\x80'],
    ['\xc0\xaf', '\xc0\xaf'],
    ['\xef\xbb\xbfa', '\ufeffa'],
    ['already 日本', 'already 日本'],
    ['déjà 日本', 'déjà 日本'],
    ['\xc3\xa9 日本', '\xc3\xa9 日本'],
  ])('%j', (header, text) => {
    expect(readHeaderText(header)).toBe(text)
  })

  it('reads back every text that was sent as UTF-8', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => readHeaderText(wire(text)) === text))
  })
})

describe('readHeaderUrl', () => {
  it.each([
    ['/plain', '/plain'],
    [wire('/café'), '/café'],
    ['/caf\xe9', '/caf%E9'],
    ['/\x80\xff', '/%80%FF'],
    ['/é日', '/é日'],
  ])('%j', (header, url) => {
    expect(readHeaderUrl(header)).toBe(url)
  })
})

describe('a URL in a header', () => {
  const from = readTarget('http://h/a/')
  it.each([
    [wire('/café'), '/caf%C3%A9'],
    [wire('/日本?q=ü#ß'), '/%E6%97%A5%E6%9C%AC?q=%C3%BC'],
    [wire('/caf%C3%A9/é'), '/caf%C3%A9/%C3%A9'],
    ['/caf\xe9', '/caf%E9'],
    ['/caf\xe9?q=\xfc', '/caf%E9?q=%FC'],
    ['/a b', '/a%20b'],
    ['/caf%E9', '/caf%E9'],
  ])('%j leads to %s', (location, path) => {
    expect(resolveLocation(location, from).path).toBe(path)
    expect(readLinks(`<${location}>; rel=next`, from.href).next?.url.replace(/#.*/, '')).toBe(`http://h${path}`)
  })

  it('may name a host outside ASCII in UTF-8, and no other', () => {
    expect(resolveLocation(wire('http://bücher.test/'), from).hostname).toBe('xn--bcher-kva.test')
    expect(() => resolveLocation('http://b\xfccher.test/', from)).toThrow(/cannot be requested/)
  })

  it('goes back byte for byte, whatever the bytes are', () => {
    // Without those that a URL parser takes for itself, and ASCII that it may or may not escape.
    const byte = fc.integer({ min: 0x80, max: 0xff })
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 8 }), (bytes) => {
        const location = `/${Buffer.from(bytes).toString('latin1')}`
        const escaped = bytes.map((one) => `%${one.toString(16).toUpperCase()}`).join('')
        expect(readHeaderUrl(location) === location).toBe(false)
        expect(resolveLocation(location, from).path).toBe(`/${escaped}`)
      }),
    )
  })
})

// What RFC 9110 and its neighbours define with a value of its own, never as a list.
const single =
  'age authorization content-disposition content-length content-location content-range content-type date etag expires from host if-modified-since if-range if-unmodified-since last-modified location max-forwards proxy-authorization referer refresh retry-after server strict-transport-security user-agent'
const many = 'accept allow cache-control connection link set-cookie vary via warning www-authenticate x-mine'

describe('a header that comes several times', () => {
  it.each([...single.split(' ')])('%s has one value, the first', (name) => {
    expect([joinValues(name, ['a', 'b']), joinValues(name, ['a']), joinValues(name, [])]).toEqual(['a', 'a', ''])
  })

  it.each([...many.split(' ')])('%s has all of them', (name) => {
    expect(joinValues(name, ['a', 'b'])).toBe('a, b')
  })

  it.each([
    ['location', ['/a', '/b'], '/a'],
    ['content-type', ['text/html', 'text/plain'], 'text/html'],
    ['retry-after', ['7', '9'], '7'],
    ['content-length', ['1', '1'], '1'],
    ['link', ['<a>', '<b>'], '<a>, <b>'],
    ['x-mine', ['a', 'b'], 'a, b'],
    ['location', ['/a'], '/a'],
  ])('%s: %j', (name, values, expected) => {
    expect(joinValues(name, values)).toBe(expected)
    const headers = HttpHeaders.fromWire({ [name]: values })
    expect(headers.get(name.toUpperCase())).toBe(expected)
    expect([...headers]).toEqual([[name, expected]])
    expect(headers.getAll(name)).toEqual(values)
  })
})
