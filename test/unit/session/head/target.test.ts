import { describe, expect, it } from 'vitest'
import { appendQuery, joinUrl, readTarget, resolveLocation } from '../../../../src/session/head/target.ts'

describe('readTarget', () => {
  it.each([
    [
      'http://Example.COM',
      { origin: 'http://example.com', hostname: 'example.com', port: 80, path: '/', secure: false },
    ],
    ['https://h:8443/a/b?c=d#e', { port: 8443, path: '/a/b?c=d', pathname: '/a/b', fragment: '#e', secure: true }],
    ['http://[::1]:9/', { origin: 'http://[::1]:9', hostname: '::1', port: 9 }],
    ['http://h/a?', { href: 'http://h/a?', path: '/a?', pathname: '/a' }],
    ['http://h/a?#?', { href: 'http://h/a?#?', path: '/a?', fragment: '#?' }],
    ['http://h/#?', { href: 'http://h/#?', path: '/' }],
    ['http://u:@h/', { userinfo: { username: 'u', password: '' } }],
    ['http://:p@h/', { userinfo: { username: '', password: 'p' } }],
    ['http://%C3%A4:%E2%82%AC%25@h/', { userinfo: { username: 'ä', password: '€%' } }],
    ['http://h/a', { path: '/a', userinfo: null }],
    [' \0\t http://h/a\n \0 ', { href: 'http://h/a' }],
    ['ht\ntp://h/\ta', { href: 'http://h/a' }],
    ['http://u%40x:p%3A@h/', { href: 'http://h/', userinfo: { username: 'u@x', password: 'p:' } }],
  ])('takes %s apart', (url, parts) => {
    expect(readTarget(url)).toMatchObject(parts)
  })

  it.each(['', '/path', 'h/path', 'ftp://h/', 'http://', 'http://h:99999/', 'javascript:1', 'http://a b/'])(
    'refuses %j',
    (url) => {
      expect(() => readTarget(url)).toThrow(expect.objectContaining({ name: 'InvalidUrl', code: 'INVALID_URL' }))
    },
  )

  it('shows no userinfo in the error', () => {
    for (const url of ['http://user:secret@h:99999/', 'ftp://user:secret@h/', 'http://user:secret@']) {
      let message = ''
      try {
        readTarget(url)
      } catch (error) {
        message = `${String(error)} ${String((error as Error).cause)}`
      }
      expect(message).toContain('cannot be requested')
      expect(message).not.toContain('secret')
    }
  })
})

describe('a URL that cannot be requested', () => {
  const base = 'http://base.test/v1'
  it.each<[unknown, string | undefined, string]>([
    [7, undefined, 'A URL is text or a URL, not 7'],
    [null, base, 'A URL is text or a URL, not null'],
    [undefined, base, 'A URL is text or a URL, not undefined'],
    [{}, base, 'A URL is text or a URL, not'],
    ['http://h:99999/', undefined, '"http://h:99999/" cannot be requested: expected an absolute http(s) URL'],
    ['/a', undefined, '"/a" cannot be requested: expected an absolute http(s) URL (or set baseUrl on the session)'],
    ['a/b:c', undefined, '(or set baseUrl on the session)'],
    ['ftp://h/', base, '"ftp://h/" cannot be requested: expected http: or https:'],
    ['//u:p@h/', base, '"//***@h/" cannot be requested: expected a path, or an absolute http(s) URL'],
    ['/\\\\u@h', base, 'expected a path, or an absolute http(s) URL'],
  ])('%j on %j', (url, on, words) => {
    expect(() => readTarget(url as string, on)).toThrow(expect.objectContaining({ code: 'INVALID_URL' }))
    expect(() => readTarget(url as string, on)).toThrow(words)
  })

  it.each([
    ['/a@b', 'http://base.test/v1/a@b'],
    ['//a/b@c', 'http://base.test/v1/a/b@c'],
    ['//a?b@c', 'http://base.test/v1/a?b@c'],
    ['a//b@c', 'http://base.test/v1/a//b@c'],
    ['//', 'http://base.test/v1/'],
    ['a/http://h/', 'http://base.test/v1/a/http://h/'],
  ])('is none of %s on a base', (url, href) => {
    expect(readTarget(url, base).href).toBe(href)
    expect(readTarget(new URL('http://h/x'), base).href).toBe('http://h/x')
  })

  it('names what a Location header should hold', () => {
    const from = readTarget('http://h/a')
    expect(() => resolveLocation('http://h:99999/', from)).toThrow(
      '"http://h:99999/" cannot be requested: expected a URL in the Location header (it cannot be parsed)',
    )
    expect(() => resolveLocation('ftp://h/', from)).toThrow(/expected http: or https:$/)
  })
})

describe('joinUrl', () => {
  it.each([
    ['https://h', '/a', 'https://h/a'],
    ['https://h/v1', '/a', 'https://h/v1/a'],
    ['https://h/v1/', 'a?b=c', 'https://h/v1/a?b=c'],
    ['https://h/v1?x=y#z', 'a', 'https://h/v1/a'],
    ['https://h/v1', '', 'https://h/v1'],
    ['https://h/v1', '?q=1', 'https://h/v1?q=1'],
    ['https://h/v1/', 'a?q=/', 'https://h/v1/a?q=/'],
    ['https://h/v1//', '/a//b', 'https://h/v1/a//b'],
    ['https://h/v1?x\ny', 'a#b', 'https://h/v1/a#b'],
    ['https://h/v1', '//evil.test/a', 'https://h/v1/evil.test/a'],
    ['https://h/v1', '\\\\evil.test/a', 'https://h/v1/evil.test/a'],
  ])('%s + %s = %s', (base, relative, joined) => {
    expect(joinUrl(base, relative)).toBe(joined)
  })
})

describe('appendQuery', () => {
  it.each([
    ['http://h/', 'a=1', 'http://h/?a=1'],
    ['http://h/?', 'a=1', 'http://h/?a=1'],
    ['http://h/?b=2#f', 'a=1', 'http://h/?b=2&a=1#f'],
    ['http://h/x', '', 'http://h/x'],
  ])('%s + %s', (url, query, expected) => {
    expect(appendQuery(readTarget(url), query).href).toBe(expected)
  })
})

describe('resolveLocation', () => {
  it.each([
    ['/b', 'http://h/b#f'],
    ['b', 'http://h/a/b#f'],
    ['?q', 'http://h/a/x?q#f'],
    ['//other/c', 'http://other/c#f'],
    ['https://u:p@h/d#own', 'https://h/d#own'],
  ])('%s', (location, expected) => {
    expect(resolveLocation(location, readTarget('http://h/a/x#f')).href).toBe(expected)
  })

  it('refuses what cannot be requested', () => {
    for (const location of ['ftp://h/', 'http://:80', 'mailto:a@b'])
      expect(() => resolveLocation(location, readTarget('http://h/'))).toThrow(/cannot be requested/)
  })
})
