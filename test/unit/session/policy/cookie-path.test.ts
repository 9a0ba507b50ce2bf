import { expect, it } from 'vitest'
import { cookieUrl, defaultCookiePath, normalizeCookiePath } from '../../../../src/session/policy/cookie-path.ts'

it.each([
  ['/', '/'],
  ['/a', '/'],
  ['/a/', '/a'],
  ['/a/b', '/a'],
  ['/a/b/', '/a/b'],
])('a cookie of %s that says no path belongs to %s', (pathname, path) => {
  expect(defaultCookiePath({ pathname })).toBe(path)
})

it.each([
  ['/my app', '/my%20app'],
  ['/%6dy%20app', '/my%20app'],
  ['/a%2fb', '/a%2Fb'],
  ['/ü', '/%C3%BC'],
  ['/a%', '/a%'],
  ['/~a!b', '/~a!b'],
])('%s is compared as %s', (path, normal) => {
  expect(normalizeCookiePath(path)).toBe(normal)
})

it('hides the escapes of a path from who decodes it once', () => {
  expect(cookieUrl({ origin: 'http://h', pathname: '/a b' })).toBe('http://h/a%2520b')
})
