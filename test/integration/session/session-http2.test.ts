import { createSecureServer, type Http2SecureServer } from 'node:http2'
import { get, Session } from 'sessionbench/session'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Identity, listen, makeIdentity } from './test-servers.ts'

let authority: Identity
let leaf: Identity
beforeAll(async () => {
  authority = await makeIdentity('test authority', { isAuthority: true })
  leaf = await makeIdentity('localhost', { ca: authority })
})

const serve = async () => {
  const server: Http2SecureServer = createSecureServer({ ...leaf, allowHTTP1: true }, (request, reply) => {
    reply.setHeader('x-version', request.httpVersion)
    reply.end(`${request.method} ${request.url} ${request.headers.cookie ?? ''}`)
  })
  return listen(server, 'https')
}

describe('HTTP/2', () => {
  it('is spoken only when asked for', async () => {
    await using server = await serve()
    await using session = new Session({ ca: authority.cert })
    expect((await session.get(server.url)).headers.get('x-version')).toBe('1.1')
    expect((await get(server.url, { ca: authority.cert })).headers.get('x-version')).toBe('1.1')
  })

  it('carries many requests on one connection, with the session’s state', async () => {
    await using server = await serve()
    await using session = new Session({
      ca: authority.cert,
      allowH2: true,
      baseUrl: server.url,
      pool: { connections: 1 },
    })
    session.cookies.set('a', '1')
    const texts = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => (await session.post(`/${n}`, { json: n })).text()),
    )
    expect(texts).toEqual(Array.from({ length: 50 }, (_, n) => `POST /${n} a=1`))
    expect((await session.get('/')).headers.get('x-version')).toBe('2.0')
    expect(server.connections).toBe(1)
  })

  it('has headers as large as maxResponseHeaderBytes allows, and no larger', async () => {
    const server = await listen(
      createSecureServer(leaf, (request, reply) => {
        const [, kind, bytes] = (request.url as string).split('/')
        if (kind === 'pieces') for (let n = 0; n < 10; n += 1) reply.setHeader(`x-${n}`, 'x'.repeat(Number(bytes) / 10))
        else if (kind === 'cookies')
          reply.setHeader('set-cookie', Array(10).fill(`a=${'x'.repeat(Number(bytes) / 10)}`))
        else reply.setHeader('x-large', 'x'.repeat(Number(bytes)))
        reply.end('ok')
      }),
      'https',
    )
    await using running = server
    await using session = new Session({ ca: authority.cert, allowH2: true, baseUrl: running.url })
    for (const kind of ['one', 'pieces', 'cookies']) {
      expect(await session.get(`/${kind}/15000`).text()).toBe('ok')
      const error = await session.get(`/${kind}/17000`).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ name: 'ConnectionError', code: 'BAD_RESPONSE' })
      expect(String(error)).toContain('more than 16384 bytes (maxResponseHeaderBytes)')
    }
    // The stream alone is given up.
    expect(running.connections).toBe(1)
    expect(session.stats()).toMatchObject({ busy: 0, pending: 0 })
    await using wide = new Session({
      ca: authority.cert,
      allowH2: true,
      baseUrl: running.url,
      maxResponseHeaderBytes: 40_000,
    })
    expect((await wide.get('/one/30000')).status).toBe(200)
    await expect(wide.get('/one/50000')).rejects.toThrow('more than 40000 bytes')
    await expect(wide.get('/one/90000')).rejects.toMatchObject({ name: 'ConnectionError' })
    const narrow = { ca: authority.cert, allowH2: true, maxResponseHeaderBytes: 500 }
    await expect(get(`${running.url}/one/1000`, narrow)).rejects.toThrow('more than 500 bytes')
  })
})
