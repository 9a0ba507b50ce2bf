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

describe('joinUrl', () => {
  it.each([
    ['https://h', '/a', 'https://h/a'],
    ['https://h/v1', '/a', 'https://h/v1/a'],
    ['https://h/v1/', 'a?b=c', 'https://h/v1/a?b=c'],
    ['https://h/v1?x=y#z', 'a', 'https://h/v1/a'],
    ['https://h/v1', '', 'https://h/v1'],
    ['https://h/v1', '?q=1', 'https://h/v1?q=1'],
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
