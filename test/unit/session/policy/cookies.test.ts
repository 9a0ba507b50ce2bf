import fc from 'fast-check'
import { CookieJar } from 'tough-cookie'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readTarget } from '../../../../src/session/head/target.ts'
import { cookieUrl, normalizeCookiePath } from '../../../../src/session/policy/cookie-path.ts'
import { Cookies, joinCookies } from '../../../../src/session/policy/cookies.ts'

const wire = (text: string) => Buffer.from(text).toString('latin1')

describe('the path of a cookie', () => {
  it.each([
    ['/my%20app', '/my%20app/home', true],
    ['/my app', '/my%20app/home', true],
    ['/my%20app', '/my app/home', true],
    ['/%6dy%20app', '/my%20app', true],
    ['/my%20app', '/%6Dy%20app/', true],
    ['/my%20app', '/my%20apple', false],
    ['/my%20app', '/my%2520app', false],
    ['/my%2520app', '/my%2520app/x', true],
    ['/a%2Fb', '/a%2fb/c', true],
    ['/a%2Fb', '/a/b/c', false],
    ['/a/b', '/a%2Fb/c', false],
    [wire('/café'), '/café/x', true],
    [wire('/café'), '/caf%C3%A9/x', true],
    ['/caf%c3%a9', '/café', true],
    ['/caf\xe9', '/caf%E9/x', true],
    ['/caf\xe9', '/café', false],
    ['/100%', '/100%/x', true],
    ['/100%', '/100%25/x', false],
    ['/a[b]|c^`{d}', '/a[b]|c^`{d}/x', true],
    ['/日本', '/%E6%97%A5%E6%9C%AC', true],
    ['/', '/any%20thing', true],
  ])('%j is sent to %j: %j', (path, asked, isSent) => {
    const cookies = new Cookies('http://h.test')
    cookies.store(readTarget('http://h.test/elsewhere'), [`sid=1; Path=${path}`])
    const expected = isSent ? 'sid=1' : ''
    const target = readTarget(`http://h.test${asked}`)
    expect(cookies.header(target)).toBe(expected)
    expect(cookies.getAll(target.href)).toHaveLength(isSent ? 1 : 0)
    expect(new Cookies('http://h.test', JSON.parse(JSON.stringify(cookies))).header(target)).toBe(expected)
  })

  it('by default is the folder of the URL, escaped as that is', () => {
    const cookies = new Cookies()
    cookies.store(readTarget('http://h.test/my app/login'), ['sid=1'])
    expect(cookies.header(readTarget('http://h.test/my%20app/home'))).toBe('sid=1')
    expect(cookies.header(readTarget('http://h.test/my%20apple'))).toBe('')
    expect(cookies.getAll()[0]?.path).toBe('/my%20app')
  })

  it('is one path however it is written: set, replaced, found and deleted', () => {
    const cookies = new Cookies('http://h.test')
    cookies.set('a', '1', { path: '/my app' })
    cookies.store(readTarget('http://h.test/'), ['a=2; Path=/my%20app'])
    expect(cookies.getAll().map(({ value, path }) => [value, path])).toEqual([['2', '/my%20app']])
    expect(cookies.delete('a', { path: '/my app' })).toBe(1)
    cookies.set('b', '1', { path: '/é' })
    expect(cookies.header(readTarget('http://h.test/é/x'))).toBe('b=1')
  })

  it('of a jar that was saved with its path unescaped is read as the same', () => {
    const saved = new CookieJar()
    saved.setCookieSync('sid=1; Path=/my app', 'http://h.test/')
    const cookies = new Cookies('http://h.test', JSON.parse(JSON.stringify(saved)))
    expect(cookies.header(readTarget('http://h.test/my%20app'))).toBe('sid=1')
  })

  it('has one normal form, which tough-cookie compares', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'aA~é日 /%25fF[^\\"?#🔑\ud800'.split('')), maxLength: 12 }),
        (text) => {
          const normal = normalizeCookiePath(`/${text}`)
          expect(normal).toMatch(/^[!-~]*$/)
          expect(normalizeCookiePath(normal)).toBe(normal)
          const asked = new URL(cookieUrl({ origin: 'http://h', pathname: normal }))
          // Dot segments are gone from every URL before it comes here.
          if (!/\/\.{1,2}(\/|$)/.test(normal)) expect(decodeURI(asked.pathname)).toBe(normal)
        },
      ),
    )
  })
})

describe('Set-Cookie lines that come again and again', () => {
  afterEach(() => vi.restoreAllMocks())
  const stored = () => vi.spyOn(CookieJar.prototype, 'setCookieSync')

  it.each([
    ['Path=/', (nth: number) => `http://h.test/d${nth}/page?q=${nth}`, 'sid=1; Path=/; HttpOnly'],
    ['no path, below one folder', (nth: number) => `http://h.test/d/${nth}`, 'sid=1'],
    [
      'an expiry that stays',
      (nth: number) => `http://h.test/${nth}`,
      'sid=1; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT',
    ],
    ['a deletion', (nth: number) => `http://h.test/${nth}`, 'sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    ['a domain that is refused', (nth: number) => `http://h.test/${nth}`, 'sid=1; Domain=other.test; Path=/'],
    ['what is no cookie', (nth: number) => `http://h.test/${nth}`, ''],
  ])('are stored once: %s', (_what, url, line) => {
    const spy = stored()
    const cookies = new Cookies()
    const lines = [line, 'theme=dark; Path=/', 'lang=de; Path=/']
    for (let nth = 0; nth < 50; nth += 1) cookies.store(readTarget(url(nth)), lines)
    expect(spy.mock.calls.length).toBeLessThanOrEqual(lines.length)
  })

  it('are stored each time when they put an expiry off, or change a value', () => {
    const spy = stored()
    const cookies = new Cookies()
    const target = readTarget('http://h.test/')
    for (let nth = 0; nth < 5; nth += 1) cookies.store(target, ['sid=1; Max-Age=60', `count=${nth}`])
    expect(spy).toHaveBeenCalledTimes(10)
    expect(cookies.header(target)).toBe('sid=1; count=4')
  })

  it('are remembered within bounds', () => {
    const spy = stored()
    const cookies = new Cookies()
    for (let nth = 0; nth < 3_000; nth += 1) cookies.store(readTarget(`http://h${nth}.test/`), ['sid=1; Path=/'])
    spy.mockClear()
    for (let nth = 0; nth < 3_000; nth += 1) cookies.store(readTarget(`http://h${nth}.test/`), ['sid=1; Path=/'])
    expect(spy.mock.calls.length).toBeGreaterThan(1_000)
    expect(cookies.size).toBe(3_000)
  })

  it('leave the jar as it is without a memory, in whatever order they come', () => {
    const urls = [
      'http://h.test/',
      'http://h.test/a/x?q=1',
      'http://h.test/a/y',
      'http://h.test/b/x',
      'https://h.test/a/x',
      'http://sub.h.test/a/x',
    ]
    const line = fc
      .tuple(
        fc.constantFrom('n=1', 'n=2', 'n=', 'm=1', '__Host-k=1', ''),
        fc.constantFrom('', '; Path=/', '; Path=/a', '; path=/a; Path=/b', '; Path=a'),
        fc.constantFrom('', '; Domain=h.test', '; Domain=sub.h.test'),
        fc.constantFrom('', '; Secure'),
        fc.constantFrom('', '', '; Max-Age=0', '; Max-Age=100', '; Expires=Thu, 01 Jan 1970 00:00:00 GMT'),
      )
      .map((parts) => parts.join(''))
    const step = fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({ url: fc.constantFrom(...urls), lines: fc.array(line, { minLength: 1, maxLength: 3 }) }),
      },
      { weight: 1, arbitrary: fc.constantFrom<'delete' | 'clear' | 'set'>('delete', 'clear', 'set') },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const cookies = new Cookies()
        let jar = new CookieJar(undefined, { looseMode: false, allowSecureOnLocal: false })
        for (const one of steps) {
          if (one === 'clear') {
            cookies.clear()
            jar = new CookieJar(undefined, { looseMode: false, allowSecureOnLocal: false })
          } else if (one === 'set') {
            cookies.set('n', '9', { url: 'http://h.test/' })
            jar.setCookieSync('n=9; Path=/', 'http://h.test/')
          } else if (one === 'delete') {
            cookies.delete('n', { domain: 'h.test', path: '/' })
            jar.store.removeCookie('h.test', '/', 'n', () => {})
          } else {
            cookies.store(readTarget(one.url), one.lines)
            for (const text of one.lines) jar.setCookieSync(text, one.url, { ignoreError: true })
          }
          for (const url of urls) {
            const expected = jar.getCookiesSync(url).map((cookie) => cookie.cookieString())
            expect(cookies.header(readTarget(url))).toBe(expected.join('; '))
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

it('a cookie of the jar is replaced by the call’s of that name, and by no other', () => {
  expect(joinCookies('constructor=1; a=2; toString=3', { a: '9' })).toBe('constructor=1; toString=3; a=9')
  expect(joinCookies('constructor=1', { constructor: '2' } as Record<string, string>)).toBe('constructor=2')
})
