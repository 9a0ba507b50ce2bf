import { InvalidOption } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { readTarget } from '../../../../src/session/head/target.ts'
import { COOKIE_CHECKS } from '../../../../src/session/policy/cookie-checks.ts'
import { type CookieOptions, Cookies } from '../../../../src/session/policy/cookies.ts'

const LATER = new Date(Date.now() + 3_600_000)
const target = readTarget('http://sub.a.test/shop/x')

function headerAfter(options: unknown): string {
  const cookies = new Cookies('http://a.test')
  cookies.set('n', 'v', { domain: 'a.test', ...(options as CookieOptions) })
  return cookies.header(target)
}

describe('an option of cookies.set', () => {
  it.each([
    ['expires', [new Date('never'), Number.NaN, 'garbage', '2099-01-01', 7, null, {}]],
    ['path', ['', 'shop', 'shop/', 7, null, {}, '/a;b', '/a\r\nb', '/a\0']],
    ['maxAgeSeconds', [Number.NaN, 'x', '5', null, {}]],
    ['secure', [1, 'yes', null]],
    ['httpOnly', [0, 'no', null]],
    ['sameSite', ['Strict', 'x', 7, null]],
    ['domain', ['', '.', 7, null, 'a.test/x', 'a.test:80', 'u:p@a.test', ' a.test', 'a..test']],
    ['url', ['', 7, null, 'x']],
    ['maxAge', [1]],
  ])('%s that can only be a mistake is refused', (name, values) => {
    for (const value of values) {
      const set = () => new Cookies('http://a.test').set('n', 'v', { [name]: value } as never)
      expect(set, String(value)).toThrow(InvalidOption)
      expect(set, String(value)).toThrow(`cookies.${name}: expected`)
    }
  })

  it.each([7, null, 'x', [], new Date()])('is not read from %j', (options) => {
    expect(() => new Cookies('http://a.test').set('n', 'v', options as never)).toThrow(InvalidOption)
  })

  it.each<[options: CookieOptions, sent: boolean]>([
    [{}, true],
    [{ expires: LATER, path: '/shop', sameSite: 'lax', httpOnly: true, secure: false }, true],
    [{ path: '/my shop' }, false],
    [{ path: '//' }, false],
    [{ domain: '.a.test' }, true],
    [{ domain: 'A.Test' }, true],
    [{ expires: new Date(0) }, false],
    [{ expires: new Date(0), maxAgeSeconds: 60 }, true],
    [{ maxAgeSeconds: 1.5 }, true],
    [{ maxAgeSeconds: Number.POSITIVE_INFINITY }, true],
    [{ maxAgeSeconds: 0 }, false],
    [{ maxAgeSeconds: -1 }, false],
    [{ expires: undefined, path: undefined, maxAgeSeconds: undefined, secure: undefined }, true],
  ])('is respected: %j', (options, sent) => {
    expect(headerAfter(options)).toBe(sent ? 'n=v' : '')
  })
})

describe('COOKIE_CHECKS', () => {
  const check = (name: string) => COOKIE_CHECKS[name] as (value: unknown) => string | undefined

  it.each<[string, unknown, string]>([
    ['url', 'shop', 'an absolute http(s) URL'],
    ['url', 'ftp://h/', 'an absolute http(s) URL'],
    ['domain', 'a.test/x', 'a host name without port and path'],
    ['domain', ['a.test'], 'a host name without port and path'],
    ['path', 'shop', "text that begins with '/'"],
    ['path', ['/shop'], "text that begins with '/'"],
    ['expires', 0, 'a valid Date'],
    ['maxAgeSeconds', '5', 'seconds'],
  ])('%s: %j is not %s', (name, value, expected) => expect(check(name)(value)).toBe(expected))

  it.each<[string, unknown]>([
    ['url', 'https://h/shop'],
    ['domain', 'h'],
    ['domain', 'localhost'],
    ['domain', '.shop.example.test.'],
    ['path', '/'],
    ['sameSite', 'strict'],
    ['sameSite', 'lax'],
    ['sameSite', 'none'],
    ['expires', new Date(0)],
    ['maxAgeSeconds', Number.POSITIVE_INFINITY],
  ])('%s may be %j', (name, value) => expect(check(name)(value)).toBeUndefined())
})
