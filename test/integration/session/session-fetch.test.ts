import { inspect } from 'node:util'
import { Session, type SessionOptions } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { serveLarge } from './serve-large.ts'
import { type Echo, echo, serveHttp, until } from './test-servers.ts'

describe('session.fetch: answers that the Response constructor refuses', () => {
  it.each([
    ['600 Six Hundred', 600, 'Six Hundred'],
    ['999 Odd', 999, 'Odd'],
    ['200 caf\xe9', 200, 'caf\ufffd'],
    ['200 \xe2\x82\xac', 200, '€'],
    ['200 a\x01b', 200, 'a\x01b'],
  ])('returns "%s" as it is, and frees its connection', async (line, status, statusText) => {
    await using server = await serveLarge(line)
    await using session = new Session({ baseUrl: server.url, pool: { connections: 2 }, timeoutMs: 20_000 })
    for (let n = 0; n < 5; n++) {
      const response = await session.fetch('/')
      expect([response.status, response.statusText, response.ok]).toEqual([status, statusText, status === 200])
      const copy = response.clone()
      expect([copy.status, copy.statusText, copy.url]).toEqual([status, statusText, `${server.url}/`])
      await Promise.all([response.body?.cancel(), copy.body?.cancel()])
    }
    expect(session.stats().busy).toBe(0)
  })
})

describe('session.fetch: answers that end otherwise than in a body', () => {
  it.each<[what: string, head: string, init: RequestInit, settled: string]>([
    ['a redirect that may not be', '302 Found\r\nLocation: /', { redirect: 'error' }, 'fetch failed'],
    ['a redirect to nowhere that may not be', '302 Found', { redirect: 'error' }, 'fetch failed'],
    ['too many redirects', '302 Found\r\nLocation: /', {}, 'fetch failed'],
    [
      'a redirect to another origin in mode same-origin',
      '302 Found\r\nLocation: http://localhost:1/',
      { mode: 'same-origin' },
      'fetch failed',
    ],
    ['a redirect to no URL', '302 Found\r\nLocation: http://[', {}, 'fetch failed'],
    ['an answer for a proxy', '407 Proxy Authentication Required', {}, 'fetch failed'],
    ['another body than was promised', '200 OK', { integrity: 'sha256-AAAA' }, 'fetch failed'],
    ['a status without a body that has one', '205 Reset Content', {}, '205'],
  ])('%s: frees its connection', async (_, head, init, settled) => {
    await using server = await serveLarge(head)
    await using session = new Session({
      baseUrl: server.url,
      pool: { connections: 1 },
      maxRedirects: 2,
      timeoutMs: 20_000,
    })
    for (let n = 0; n < 3; n++) {
      const outcome = await session.fetch('/', init).then(
        ({ status }) => String(status),
        (error: Error) => error.message,
      )
      expect(outcome).toBe(settled)
    }
    await until(() => session.stats().busy === 0)
  })
})

describe('a request for a part of a resource', () => {
  const range = { Range: 'bytes=0-9' }
  it.each<[what: string, own: SessionOptions, headers: Record<string, string>, encoding: string | undefined]>([
    ['asks for no encoding', {}, range, 'identity'],
    ['says so for the session too', { headers: range }, {}, 'identity'],
    ['sends the encoding that the call names', {}, { ...range, 'Accept-Encoding': 'gzip' }, 'gzip'],
    ['sends the encoding that the session names', { headers: { 'accept-encoding': 'br' } }, range, 'br'],
    ['sends none where none is wanted', { headers: { 'accept-encoding': null } }, range, undefined],
    ['is told apart from others', {}, { 'X-Range': '1' }, 'gzip, deflate, br, zstd'],
  ])('%s', async (_, own, headers, encoding) => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url, ...own })
    expect(((await (await session.fetch('/', { headers })).json()) as Echo).headers['accept-encoding']).toBe(encoding)
    expect((await (await session.get('/', { headers })).json<Echo>()).headers['accept-encoding']).toBe(encoding)
    expect(session.headers.get('accept-encoding')).not.toBe('identity')
  })
})

describe("session.fetch: credentials 'omit'", () => {
  it('sends nothing of who the user is, and keeps no cookie', async () => {
    await using server = await serveHttp((request, reply) => {
      reply.setHeader('set-cookie', 'new=1')
      if (request.url === '/302') reply.writeHead(302, { location: '/' }).end()
      else echo(request, reply)
    })
    await using session = new Session({
      baseUrl: server.url.replace('//', '//user:password@'),
      auth: { bearer: 'token' },
      headers: { Authorization: 'Basic eA==', Cookie: 'a=b', 'X-Team': 'search' },
    })
    session.cookies.set('sid', '1')
    for (const init of [
      { credentials: 'omit' } as const,
      { credentials: 'omit', headers: { 'X-Call': '1' } } as const,
    ]) {
      const { headers } = (await (await session.fetch('/302', init)).json()) as Echo
      expect(headers).toMatchObject({ 'x-team': 'search' })
      expect(headers).not.toHaveProperty('authorization')
      expect(headers).not.toHaveProperty('cookie')
    }
    const own = await session.fetch('/', { credentials: 'omit', headers: { Authorization: 'X', Cookie: 'c=d' } })
    expect(((await own.json()) as Echo).headers).toMatchObject({ authorization: 'X', cookie: 'c=d' })
    expect(session.cookies.getAll().map(({ name }) => name)).toEqual(['sid'])
    for (const credentials of ['same-origin', 'include'] as const) {
      const { headers } = (await (await session.fetch('/', { credentials })).json()) as Echo
      expect(headers.authorization).toBe('Bearer token')
    }
  })

  it('prints no credential of its responses', async () => {
    const headers = {
      'set-cookie': 'sid=qzpass',
      location: 'ann:qzpass@h.test/',
      link: '<//ann:qzpass@h.test/>; rel=next',
    }
    await using server = await serveHttp((_request, reply) => void reply.writeHead(201, headers).end())
    await using session = new Session({ baseUrl: server.url })
    const response = await session.fetch('/')
    expect(response.headers.get('location')).toBe('ann:qzpass@h.test/')
    expect(inspect([response, response.headers, response.clone()], { depth: 20, showHidden: true })).not.toContain(
      'qzpass',
    )
  })
})
