import { Session } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeIdentity, serveHttp, serveHttps, type TestServer } from './test-servers.ts'

// Cookies over the wire, on any host name: the session's proxy is the recorder, so that no name is ever looked up.

/** What RFC 6265 says, written from its text: 5.1.3, 5.1.4, 5.2.3, 5.2.4, 5.3 and 5.4. */
const model = {
  domainMatches: (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`),
  defaultPath: (path: string) => (path.lastIndexOf('/') === 0 ? '/' : path.slice(0, path.lastIndexOf('/'))),
  pathMatches: (asked: string, path: string) =>
    asked === path || (asked.startsWith(path) && (path.endsWith('/') || asked[path.length] === '/')),
  /** Is the cookie that `setHost` and `setPath` answered with sent to the other host and path? */
  isSent(
    set: { host: string; path: string; domain: string | null; pathAttribute: string | null },
    asked: { host: string; path: string },
  ) {
    const domain = set.domain?.toLowerCase().replace(/^\./, '') ?? null
    if (domain === 'com') return false
    if (domain !== null && !model.domainMatches(set.host, domain)) return false
    const hostFits = domain === null ? asked.host === set.host : model.domainMatches(asked.host, domain)
    const path = set.pathAttribute?.startsWith('/') === true ? set.pathAttribute : model.defaultPath(set.path)
    return hostFits && model.pathMatches(asked.path, path)
  },
}

let recorder: TestServer
beforeAll(async () => {
  recorder = await serveHttp((request, reply) => {
    const line = request.headers['x-set'] as string | undefined
    if (line !== undefined) reply.setHeader('set-cookie', JSON.parse(line))
    reply.end(request.headers.cookie ?? '')
  })
})
afterAll(() => recorder[Symbol.asyncDispose]())

const open = () => new Session({ proxies: recorder.url })
const answerWith = async (session: Session, url: string, lines: string | string[]) => {
  const response = await session.get(url, { headers: { 'X-Set': JSON.stringify(lines) } })
  await response.bytes()
}
const sentTo = async (session: Session, url: string) => (await session.get(url)).text()

describe('generated from RFC 6265', () => {
  const hosts = [
    'example.com',
    'sub.example.com',
    'deep.sub.example.com',
    'other.com',
    'example.com.evil.org',
    'notexample.com',
  ]
  const domains = [null, 'example.com', '.example.com', 'EXAMPLE.com', 'sub.example.com', 'com', 'other.com']

  it.each(hosts)('domains of a cookie set by %s (7 attributes × 6 hosts)', async (host) => {
    for (const domain of domains) {
      await using session = open()
      await answerWith(session, `http://${host}/`, `c=1; Path=/${domain === null ? '' : `; Domain=${domain}`}`)
      for (const asked of hosts) {
        const expected = model.isSent({ host, path: '/', domain, pathAttribute: '/' }, { host: asked, path: '/' })
          ? 'c=1'
          : ''
        expect([domain, asked, await sentTo(session, `http://${asked}/`)]).toEqual([domain, asked, expected])
      }
    }
  })

  const setPaths = ['/', '/a', '/a/b', '/a/b/']
  const attributes = [null, '/', '/a', '/a/', '/ab', 'nope', '']
  const askedPaths = ['/', '/a', '/a/', '/ab', '/a/b', '/a/b/c']
  it.each(setPaths)('paths of a cookie set at %s (7 attributes × 6 paths)', async (path) => {
    for (const pathAttribute of attributes) {
      await using session = open()
      await answerWith(session, `http://h.com${path}`, `c=1${pathAttribute === null ? '' : `; Path=${pathAttribute}`}`)
      for (const asked of askedPaths) {
        const expected = model.isSent(
          { host: 'h.com', path, domain: null, pathAttribute },
          { host: 'h.com', path: asked },
        )
          ? 'c=1'
          : ''
        expect([pathAttribute, asked, await sentTo(session, `http://h.com${asked}?q=/a`)]).toEqual([
          pathAttribute,
          asked,
          expected,
        ])
      }
    }
  })
})

describe('picked by hand', () => {
  const later = new Date(Date.now() + 3_600_000).toUTCString()
  const earlier = new Date(Date.now() - 3_600_000).toUTCString()
  it.each<[string, string | string[], string]>([
    ['a plain pair', 'a=1', 'a=1'],
    ['an empty value', 'a=', 'a='],
    ['an equals sign in the value', 'a=b=c==', 'a=b=c=='],
    ['quotes, kept as they are', 'a="b c"', 'a="b c"'],
    ['blanks around name and value', '  a  =  1  ; Path=/', 'a=1'],
    ['attribute names in any case', 'a=1; pAtH=/; MAX-age=100', 'a=1'],
    ['unknown attributes', 'a=1; Future; Other=x', 'a=1'],
    ['no name at all', '=1', ''],
    ['no equals sign', 'justtext', ''],
    ['an empty line', '', ''],
    ['Max-Age 0', 'a=1; Max-Age=0', ''],
    ['Max-Age below 0', 'a=1; Max-Age=-5', ''],
    ['Max-Age that is no number', 'a=1; Max-Age=soon', 'a=1'],
    ['Expires in the past', `a=1; Expires=${earlier}`, ''],
    ['Expires in the future', `a=1; Expires=${later}`, 'a=1'],
    ['Expires that is no date', 'a=1; Expires=tomorrow', 'a=1'],
    ['Max-Age over Expires', `a=1; Expires=${earlier}; Max-Age=100`, 'a=1'],
    ['Expires against Max-Age 0', `a=1; Expires=${later}; Max-Age=0`, ''],
    ['Secure over http', 'a=1; Secure', ''],
    ['HttpOnly', 'a=1; HttpOnly', 'a=1'],
    [
      'SameSite in all its forms',
      ['a=1; SameSite=Lax', 'b=2; SameSite=Strict', 'c=3; SameSite=None', 'd=4; SameSite=odd'],
      'a=1; b=2; c=3; d=4',
    ],
    ['the last Path of two', 'a=1; Path=/no; Path=/', 'a=1'],
    ['the last of two with one name', ['a=1', 'a=2'], 'a=2'],
    ['longer paths first', ['a=1; Path=/', 'b=2; Path=/p', 'c=3; Path=/p/q'], 'c=3; b=2; a=1'],
    ['older cookies first', ['b=1', 'a=2', 'c=3'], 'b=1; a=2; c=3'],
    ['deletion by the same name and path', ['a=1; Path=/', 'a=; Path=/; Max-Age=0'], ''],
    ['deletion that misses by its path', ['a=1; Path=/', 'a=; Path=/p; Max-Age=0'], 'a=1'],
    ['__Host- without Secure', '__Host-a=1; Path=/', ''],
    ['__Secure- without Secure', '__Secure-a=1', ''],
    ['a domain that is a public suffix', 'a=1; Domain=co.uk', ''],
    ['a foreign domain', 'a=1; Domain=elsewhere.com', ''],
    ['an empty domain', 'a=1; Domain=', 'a=1'],
    ['a dot as domain', 'a=1; Domain=.', 'a=1'],
    ['a value in UTF-8 bytes', 'a=\u00e9', 'a=\u00e9'],
    ['semicolons only', ';;;', ''],
  ])('%s', async (_what, lines, expected) => {
    await using session = open()
    await answerWith(session, 'http://h.com/p/q', lines)
    expect(await sentTo(session, 'http://h.com/p/q')).toBe(expected)
  })

  it('IP addresses keep their cookies to themselves', async () => {
    await using session = open()
    await answerWith(session, 'http://10.0.0.1/', ['a=1', 'b=2; Domain=0.0.1'])
    expect(await sentTo(session, 'http://10.0.0.1/')).toBe('a=1')
    expect(await sentTo(session, 'http://1.10.0.0/')).toBe('')
  })

  it('ports share cookies, schemes do not share secure ones', async () => {
    const leaf = await makeIdentity('localhost')
    await using secure = await serveHttps((request, reply) => {
      if (request.url === '/set')
        reply.setHeader('set-cookie', ['s=1; Secure; Path=/', '__Host-h=2; Secure; Path=/', 'o=3; Path=/'])
      reply.end(request.headers.cookie ?? '')
    }, leaf)
    await using plain = await serveHttp((request, reply) => void reply.end(request.headers.cookie ?? ''))
    await using session = new Session({ verify: false })
    await (await session.get(`${secure.url}/set`)).bytes()
    expect(await sentTo(session, secure.url)).toBe('s=1; __Host-h=2; o=3')
    expect(await sentTo(session, plain.url)).toBe('o=3')
  })

  it('session.cookies shows, sets, deletes and clears', async () => {
    await using session = new Session({ proxies: recorder.url, baseUrl: 'http://h.com/' })
    session.cookies.set('own', '1')
    session.cookies.set('wide', '2', { domain: 'h.com', maxAgeSeconds: 60, httpOnly: true, sameSite: 'lax' })
    session.cookies.set('deep', '3', { url: 'http://h.com/', path: '/deep' })
    expect(await sentTo(session, '/deep/x')).toBe('deep=3; own=1; wide=2')
    expect(await sentTo(session, 'http://sub.h.com/')).toBe('wide=2')
    expect(
      session.cookies
        .getAll()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['deep', 'own', 'wide'])
    expect(session.cookies.getAll('http://sub.h.com/')).toMatchObject([
      { name: 'wide', httpOnly: true, sameSite: 'lax' },
    ])
    expect(session.cookies.get('deep')).toBe('3')
    expect(session.cookies.delete('deep', { path: '/other' })).toBe(0)
    expect(session.cookies.delete('deep')).toBe(1)
    expect([session.cookies.size, await sentTo(session, '/deep/x')]).toEqual([2, 'own=1; wide=2'])
    session.cookies.clear()
    expect(await sentTo(session, '/')).toBe('')
    const bad: [string, string, object][] = [
      ['bad name', 'v', {}],
      ['n', 'semi;colon', {}],
      ['n', 'line\r\nbreak', {}],
      ['n', 'v', { domain: 'com' }],
    ]
    for (const [name, value, options] of bad) {
      expect(() => session.cookies.set(name, value, options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      )
    }
    expect(() => new Session().cookies.set('n', 'v')).toThrow('baseUrl')
  })
})
