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
})
