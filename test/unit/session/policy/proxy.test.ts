import { describe, expect, it } from 'vitest'
import { readTarget } from '../../../../src/session/head/target.ts'
import { bypassesProxy } from '../../../../src/session/policy/no-proxy.ts'
import { chooseProxy, proxyAuthorization, readEnvironment, readProxies } from '../../../../src/session/policy/proxy.ts'

describe('bypassesProxy', () => {
  it.each([
    ['example.com', 'example.com', 80, true],
    ['example.com', 'EXAMPLE.com', 80, true],
    ['sub.example.com', 'example.com', 80, true],
    ['sub.example.com', '.example.com', 80, true],
    ['example.com', '.example.com', 80, true],
    ['sub.example.com', '*.example.com', 80, true],
    ['notexample.com', 'example.com', 80, false],
    ['example.com.evil', 'example.com', 80, false],
    ['example.com.', 'example.com', 80, true],
    ['a.test', '*', 80, true],
    ['a.test', 'b.test, a.test', 80, true],
    ['a.test', 'b.test  a.test', 80, true],
    ['a.test', 'a.test:8080', 8080, true],
    ['a.test', 'a.test:8080', 80, false],
    ['10.1.2.3', '10.0.0.0/8', 80, true],
    ['11.1.2.3', '10.0.0.0/8', 80, false],
    ['10.1.2.3', '10.1.2.3', 80, true],
    ['10.1.2.3', '10.1.2.3:81', 80, false],
    ['10.1.2.3', '0.0.0.0/0', 80, true],
    ['host.test', '0.0.0.0/0', 80, false],
    ['fd00::1', 'fd00::/8', 80, true],
    ['fe00::1', 'fd00::/8', 80, false],
    ['::1', '::1', 80, true],
    ['::1', '[::1]', 80, true],
    ['::1', 'x[::1]', 80, false],
    ['::1', '[::1]:80x', 80, false],
    ['a.test', 'a.test:', 80, true],
    ['a.test', '..a.test', 80, true],
    ['a.test', 'b.test:80', 80, false],
    ['::1', '[::1]:80', 80, true],
    ['::1', '[::1]:81', 80, false],
    ['::1', '0:0:0:0:0:0:0:1', 80, true],
    ['10.1.2.3', '10.0.0.0/99', 80, false],
    ['10.1.2.3', '10.0.0.0/x', 80, false],
    ['11.1.2.3', '10.0.0.0/', 80, false],
    ['10.1.2.3', '10.0.0.0/0x8', 80, false],
    ['10.1.2.3', '10.0.0.0/8e0', 80, false],
    ['10.1.2.3', '10.0.0.0/-1', 80, false],
    ['10.1.2.3', '10.0.0.0/32', 80, false],
    ['10.0.0.0', '10.0.0.0/32', 80, true],
    ['10.0.0.0', '10.0.0.0/33', 80, false],
    ['fd00::1', 'fd00::/128', 80, false],
    ['fd00::', 'fd00::/128', 80, true],
    ['fd00::', 'fd00::/129', 80, false],
    ['a.test', '', 80, false],
    ['a.test', ',., ,', 80, false],
  ])('%s against %j on port %i: %s', (hostname, list, port, expected) => {
    expect(bypassesProxy({ hostname, port }, list)).toBe(expected)
  })
})

describe('chooseProxy', () => {
  const shown = (url: string, ...layers: Parameters<typeof chooseProxy>[1][number][]) =>
    chooseProxy(readTarget(url), layers)?.shown ?? null

  it('takes the most exact selector', () => {
    const layer = readProxies({
      all: 'http://a:1',
      https: 'http://b:2',
      'https://h.test': 'socks5h://c',
      'all://i.test': null,
    })
    expect(shown('http://x/', layer)).toBe('http://a:1')
    expect(shown('https://x/', layer)).toBe('http://b:2')
    expect(shown('https://h.test/', layer)).toBe('socks5h://c:1080')
    expect(shown('http://h.test/', layer)).toBe('http://a:1')
    expect(shown('http://i.test/', layer)).toBeNull()
    expect(shown('https://i.test/', layer)).toBe('http://b:2')
  })

  it('lets the call win over the session, the session over the environment; false ends the search', () => {
    const environment = readEnvironment({
      http_proxy: 'http://env:1',
      HTTPS_PROXY: 'http://env:2',
      no_proxy: 'direct.test',
    })
    const session = readProxies({ http: 'http://session:1' })
    expect(shown('http://x/', session, environment)).toBe('http://session:1')
    expect(shown('https://x/', session, environment)).toBe('http://env:2')
    expect(shown('https://direct.test/', session, environment)).toBeNull()
    expect(shown('http://direct.test/', session, environment)).toBe('http://session:1')
    expect(shown('http://x/', readProxies(false), session, environment)).toBeNull()
    expect(shown('http://x/', readProxies('http://call:9'), session)).toBe('http://call:9')
    expect(shown('http://x/', readProxies({ https: 'http://call:9' }), session)).toBe('http://session:1')
  })
})

describe('readEnvironment', () => {
  it('prefers lower case, reads ALL_PROXY, and a host without a scheme', () => {
    const layer = readEnvironment({
      http_proxy: 'low:3128',
      HTTP_PROXY: 'http://up',
      ALL_PROXY: 'socks5://all',
      NO_PROXY: 'x',
    })
    expect([...layer.bySelector].map(([selector, proxy]) => [selector, proxy?.shown])).toEqual([
      ['http', 'http://low:3128'],
      ['all', 'socks5://all:1080'],
    ])
    expect(layer.noProxy).toBe('x')
  })

  it('ignores HTTP_PROXY in a CGI process, and empty variables', () => {
    expect(readEnvironment({ HTTP_PROXY: 'http://up', REQUEST_METHOD: 'GET', https_proxy: '' }).bySelector.size).toBe(0)
  })
})

it('reads credentials, and shows none', () => {
  const proxy = readProxies('http://us%40er:p%3Aw@proxy:3128').bySelector.get('all')
  expect(proxyAuthorization(proxy as NonNullable<typeof proxy>)).toBe(
    `Basic ${Buffer.from('us@er:p:w').toString('base64')}`,
  )
  expect(proxy?.shown).toBe('http://proxy:3128')
  for (const bad of ['ftp://u:secret@p', 'proxy:3128', { mailto: 'http://p' }, { http: 'nonsense u:secret' }]) {
    let message = ''
    try {
      readProxies(bad as string)
    } catch (error) {
      message = String(error)
    }
    expect(message).toContain('proxies')
    expect(message).not.toContain('secret')
  }
})

it.each([
  ['http://us%er:p%w%zz@proxy', 'us%er', 'p%w%zz'],
  ['socks5://u:%@proxy', 'u', '%'],
  ['http://u:100%25@proxy', 'u', '100%'],
  ['http://u:a%20b%@proxy', 'u', 'a b%'],
  ['http://u:%E9%41@proxy', 'u', '%E9%41'],
])('a %% that begins no escape stands for itself: %s', (url, username, password) => {
  expect(readProxies(url).bySelector.get('all')?.credentials).toEqual({ username, password })
  expect(readEnvironment({ http_proxy: url }).bySelector.get('http')?.credentials).toEqual({ username, password })
})

describe('selectors', () => {
  it.each([
    ['https://H.test', 'https://h.test/'],
    ['all://h.test/', 'http://h.test:81/'],
    ['http://bücher.test', 'http://bücher.test/'],
    ['http://[::1]', 'http://[::1]:8080/'],
    ['http://127.1', 'http://127.0.0.1/'],
    ['HTTPS', 'https://h/'],
    ['all', 'http://h/'],
  ])('%s is for %s', (selector, url) => {
    expect(chooseProxy(readTarget(url), [readProxies({ [selector]: 'http://proxy' })])?.hostname).toBe('proxy')
  })

  it.each([
    'https://h.test:8443',
    'https://h.test:443',
    'http://h:80',
    'http://h:',
    'http://*.corp',
    '*',
    'h.test',
    'ftp://h',
    'http://u:s3cret@h',
    'http://h/path',
    'http://a b',
    'http://[::1',
    'socks5',
  ])('%s, which would be for nothing, is refused', (selector) => {
    const read = () => readProxies({ [selector]: 'http://proxy' })
    expect(read).toThrow(/expected http, https, all, or one of them with :\/\/host \(no port, no user, no \*\)/)
    expect(read).toThrow(/^(?!.*s3cret)/s)
  })
})
