import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import {
  BodyError,
  ConnectionError,
  get,
  HeadersTimeout,
  PoolTimeout,
  Session,
  SessionClosed,
  StatusError,
  TlsError,
  TotalTimeout,
} from 'sessionbench/session'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Echo, echo, type Identity, makeIdentity, serveHttp, serveHttps, until } from './test-servers.ts'

let authority: Identity
let leaf: Identity
beforeAll(async () => {
  authority = await makeIdentity('test authority', { isAuthority: true })
  leaf = await makeIdentity('localhost', { ca: authority })
})

describe('stateless calls', () => {
  it('open a connection each, over http, and close it', async () => {
    await using server = await serveHttp(echo)
    for (let call = 1; call <= 3; call += 1) {
      const reply = await (await get(`${server.url}/a?b=1`)).json<Echo>()
      expect(reply).toMatchObject({ method: 'GET', url: '/a?b=1', headers: { connection: 'close' } })
      expect(server.connections).toBe(call)
    }
    await until(() => server.open === 0)
  })

  it('shake hands in full each, over https', async () => {
    await using server = await serveHttps(echo, leaf)
    const resumed: boolean[] = []
    server.server.on('secureConnection', (socket) => resumed.push(socket.isSessionReused()))
    for (let call = 0; call < 3; call += 1) await (await get(`${server.url}/`, { ca: authority.cert })).bytes()
    expect(resumed).toEqual([false, false, false])
    await until(() => server.open === 0)
  })

  it('keep nothing: no cookie from one call reaches the next', async () => {
    await using server = await serveHttp((incoming, reply) => {
      reply.setHeader('set-cookie', 'a=1; Path=/')
      echo(incoming, reply)
    })
    await (await get(`${server.url}/`)).bytes()
    expect((await (await get(`${server.url}/`)).json<Echo>()).headers.cookie).toBeUndefined()
  })

  it('carry cookies from one redirect hop to the next, within one call', async () => {
    await using server = await serveHttp((incoming, reply) => {
      if (incoming.url === '/next') return echo(incoming, reply)
      reply.writeHead(302, { location: '/next', 'set-cookie': 'a=1; Path=/' }).end()
    })
    const response = await get(`${server.url}/`)
    expect((await response.json<Echo>()).headers.cookie).toBe('a=1')
    expect(response.history.map(({ status }) => status)).toEqual([302])
    expect(server.connections).toBe(2)
  })

  it('are seen by the wire probe: one socket and one request each', async () => {
    await using server = await serveHttp(echo)
    let sockets = 0
    let requests = 0
    const onSocket = (message: unknown) => {
      if ((message as { socket: Socket }).socket !== undefined) sockets += 1
    }
    const onRequest = () => {
      requests += 1
    }
    subscribe('net.client.socket', onSocket)
    subscribe('undici:client:sendHeaders', onRequest)
    try {
      for (let call = 0; call < 4; call += 1) await (await get(server.url)).bytes()
      await using session = new Session({ baseUrl: server.url })
      for (let call = 0; call < 4; call += 1) await (await session.get('/')).bytes()
    } finally {
      unsubscribe('net.client.socket', onSocket)
      unsubscribe('undici:client:sendHeaders', onRequest)
    }
    expect({ sockets, requests }).toEqual({ sockets: 5, requests: 8 })
  })
})

describe('a session', () => {
  it('keeps its connection, over http and https, and counts', async () => {
    await using plain = await serveHttp(echo)
    await using secure = await serveHttps(echo, leaf)
    await using session = new Session({ ca: authority.cert })
    for (let call = 0; call < 5; call += 1) {
      await (await session.get(`${plain.url}/`)).bytes()
      await (await session.get(`${secure.url}/`)).bytes()
    }
    expect([plain.connections, secure.connections]).toEqual([1, 1])
    expect(session.stats()).toMatchObject({ connectionsOpened: 2, requestsOnReused: 8, busy: 0, pending: 0 })
  })

  it('keeps the connection after HEAD, 204, 304 and a DELETE with a body', async () => {
    await using server = await serveHttp((incoming, reply) => {
      if (incoming.url === '/204') reply.writeHead(204).end()
      else if (incoming.url === '/304') reply.writeHead(304).end()
      else echo(incoming, reply)
    })
    await using session = new Session({ baseUrl: server.url })
    for (const path of ['/204', '/304']) expect((await session.get(path)).status).toBe(Number(path.slice(1)))
    const head = await session.head('/')
    expect([head.status, (await head.bytes()).length]).toEqual([200, 0])
    expect((await (await session.delete('/', { json: { a: 1 } })).json<Echo>()).body).toBe('{"a":1}')
    await (await session.get('/')).bytes()
    expect(server.connections).toBe(1)
  })

  it('merges headers and params; null deletes for that call only', async () => {
    await using server = await serveHttp(echo)
    await using session = new Session({
      baseUrl: `${server.url}/v1/`,
      headers: { 'X-Team': 'search', Accept: 'text/plain' },
      params: { key: 'k', lang: 'en' },
    })
    const first = await (
      await session.get('/a?own=1', {
        headers: { 'x-team': 'ads', accept: null },
        params: { lang: null, q: ['1', '2'] },
      })
    ).json<Echo>()
    expect(first.url).toBe('/v1/a?own=1&key=k&q=1&q=2')
    expect(first.headers['x-team']).toBe('ads')
    expect(first.headers.accept).toBeUndefined()
    const second = await (await session.get('a')).json<Echo>()
    expect(second.url).toBe('/v1/a?key=k&lang=en')
    expect(second.headers).toMatchObject({ 'x-team': 'search', accept: 'text/plain' })
    session.headers.set('X-TEAM', 'third')
    expect((await (await session.get('a')).json<Echo>()).headers['x-team']).toBe('third')
  })

  it('sends JSON, forms, text, bytes, blobs and streams', async () => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url })
    const bodies = [
      [{ json: { a: 'é' } }, '{"a":"é"}', 'application/json', '10'],
      [{ form: { a: 'b c', d: [1, 2] } }, 'a=b+c&d=1&d=2', 'application/x-www-form-urlencoded', '13'],
      [{ body: 'hello' }, 'hello', 'text/plain;charset=UTF-8', '5'],
      [{ body: Buffer.from('bytes') }, 'bytes', undefined, '5'],
      [{ body: new Blob(['blob'], { type: 'text/x' }) }, 'blob', 'text/x', '4'],
      [{ body: new Blob(['stream']).stream() }, 'stream', undefined, undefined],
      [{ body: '' }, '', 'text/plain;charset=UTF-8', '0'],
      [{}, '', undefined, '0'],
    ] as const
    for (const [options, text, type, length] of bodies) {
      const reply = await (await session.post('/', options)).json<Echo>()
      expect([reply.body, reply.headers['content-type'], reply.headers['content-length']]).toEqual([text, type, length])
    }
    const own = await (await session.post('/', { json: 1, headers: { 'content-type': 'application/x' } })).json<Echo>()
    expect(own.headers['content-type']).toBe('application/x')
    expect(server.connections).toBe(1)
  })

  it('authenticates: call before session before URL, and an Authorization header on the call stands', async () => {
    await using server = await serveHttp(echo)
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
    const sent = async (session: Session, url: string, options = {}) =>
      (await (await session.get(url, options)).json<Echo>()).headers.authorization
    const userinfo = server.url.replace('//', '//ann:s%40fe@')
    await using plain = new Session()
    expect(await sent(plain, userinfo)).toBe(basic('ann:s@fe'))
    await using session = new Session({ auth: ['bob', 'pw'] })
    expect(await sent(session, userinfo)).toBe(basic('bob:pw'))
    expect(await sent(session, server.url, { auth: { bearer: 't' } })).toBe('Bearer t')
    expect(await sent(session, server.url, { auth: null })).toBeUndefined()
    expect(await sent(session, server.url, { headers: { AUTHORIZATION: 'Own x' } })).toBe('Own x')
    session.auth = async ({ headers, method, url }) => {
      headers.set('Authorization', `Signed ${method} ${new URL(url).pathname}`)
    }
    expect(await sent(session, `${server.url}/p`)).toBe('Signed GET /p')
  })

  it('keeps cookies, host by host, and shows them without values', async () => {
    await using server = await serveHttp((incoming, reply) => {
      if (incoming.url === '/login') reply.setHeader('set-cookie', ['sid=secret; Path=/; HttpOnly', 'p=1; Path=/deep'])
      if (incoming.url === '/logout') reply.setHeader('set-cookie', 'sid=; Path=/; Max-Age=0')
      echo(incoming, reply)
    })
    await using session = new Session({ baseUrl: server.url })
    const cookie = async (path: string, options = {}) =>
      (await (await session.get(path, options)).json<Echo>()).headers.cookie
    await (await session.post('/login', { form: { user: 'u' } })).bytes()
    expect(await cookie('/')).toBe('sid=secret')
    expect(await cookie('/deep/x')).toBe('p=1; sid=secret')
    expect(await cookie('/', { cookies: { once: '1', sid: 'mine' } })).toBe('once=1; sid=mine')
    expect(await cookie('/', { headers: { Cookie: 'only=this' } })).toBe('only=this')
    expect(session.cookies.get('sid')).toBe('secret')
    expect(JSON.stringify((await import('node:util')).inspect(session.cookies))).not.toContain('secret')
    await using copy = new Session({ baseUrl: server.url, cookies: session.cookies.toJSON() })
    expect((await (await copy.get('/')).json<Echo>()).headers.cookie).toBe('sid=secret')
    await (await session.get('/logout')).bytes()
    expect(await cookie('/')).toBeUndefined()
  })

  it('follows redirects with cookies on every hop, /dash → /login → /dash included', async () => {
    await using server = await serveHttp((incoming, reply) => {
      if (incoming.url === '/dash' && incoming.headers.cookie === undefined) {
        reply.writeHead(302, { location: '/login' }).end()
      } else if (incoming.url === '/login') {
        reply.writeHead(303, { location: '/dash', 'set-cookie': 'sid=1; Path=/' }).end()
      } else echo(incoming, reply)
    })
    await using session = new Session({ baseUrl: server.url })
    const response = await session.get('/dash#part')
    expect((await response.json<Echo>()).headers.cookie).toBe('sid=1')
    expect(response.history.map(({ status, url }) => [status, new URL(url).pathname])).toEqual([
      [302, '/dash'],
      [303, '/login'],
    ])
    expect(new URL(response.url).hash).toBe('#part')
    expect(server.connections).toBe(1)
    const manual = await session.get('/login', { redirect: 'manual' })
    expect(manual.status).toBe(303)
  })

  it('queues above the pool limit in order of asking, and loses none', async () => {
    const order: string[] = []
    await using server = await serveHttp((incoming, reply) => {
      order.push(incoming.url as string)
      reply.end('ok')
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    await Promise.all(Array.from({ length: 50 }, async (_, index) => (await session.get(`/${index}`)).text()))
    expect(order).toEqual(Array.from({ length: 50 }, (_, index) => `/${index}`))
    expect(server.connections).toBe(1)
  })

  it('raises for status only when asked, with the response', async () => {
    await using server = await serveHttp((_incoming, reply) => void reply.writeHead(404).end('nothing here'))
    await using session = new Session({ baseUrl: server.url })
    const response = await session.get('/x')
    expect([response.ok, response.status]).toEqual([false, 404])
    const error = await Promise.resolve()
      .then(() => response.raiseForStatus())
      .catch((caught: StatusError) => caught)
    expect(error).toBeInstanceOf(StatusError)
    expect(error).toMatchObject({ code: 'HTTP_404', status: 404, name: 'StatusError', response })
    expect(await response.text()).toBe('nothing here')
  })

  it('ends a call by its signal: before it starts, while it waits, while it runs, while the body comes', async () => {
    await using server = await serveHttp((incoming, reply) => {
      if (incoming.url === '/body') reply.write('part')
      else if (incoming.url === '/ok') reply.end('ok')
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    await expect(session.get('/', { signal: AbortSignal.abort(new Error('mine')) })).rejects.toThrow('mine')
    const running = new AbortController()
    const waiting = new AbortController()
    const calls = [session.get('/', { signal: running.signal }), session.get('/', { signal: waiting.signal })]
    await until(() => session.stats().pending === 1 && session.stats().busy === 1)
    waiting.abort()
    await expect(calls[1]).rejects.toMatchObject({ name: 'AbortError' })
    running.abort()
    await expect(calls[0]).rejects.toMatchObject({ name: 'AbortError' })
    const reading = new AbortController()
    const response = await session.get('/body', { signal: reading.signal })
    const text = response.text()
    reading.abort()
    await expect(text).rejects.toMatchObject({ name: 'AbortError' })
    expect(await (await session.get('/ok')).text()).toBe('ok')
    expect(session.stats()).toMatchObject({ pending: 0, busy: 0 })
  })

  it('has an error class for each timeout', async () => {
    await using server = await serveHttp((incoming, reply) => {
      if (incoming.url === '/body') reply.write('part')
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    await expect(session.get('/', { timeoutMs: { headers: 20 } })).rejects.toThrow(HeadersTimeout)
    await expect(session.get('/', { timeoutMs: 20 })).rejects.toThrow(TotalTimeout)
    const slow = await session.get('/body', { timeoutMs: { body: 20 } })
    await expect(slow.text()).rejects.toMatchObject({ name: 'BodyTimeout', code: 'BODY_TIMEOUT', timeoutMs: 20 })
    const total = session.get('/body', { timeoutMs: 200 }).then((response) => response.text())
    await expect(total).rejects.toThrow(TotalTimeout)
    const held = new AbortController()
    const holding = session.get('/', { signal: held.signal })
    await until(() => session.stats().busy === 1)
    await expect(session.get('/', { timeoutMs: { pool: 20 } })).rejects.toThrow(PoolTimeout)
    held.abort()
    await expect(holding).rejects.toThrow()
  })

  it('close() waits for calls and bodies; destroy() rejects them with a named error', async () => {
    const replies: (() => void)[] = []
    await using server = await serveHttp((_incoming, reply) => void replies.push(() => reply.end('late')))
    const session = new Session({ baseUrl: server.url, pool: { connections: 2 } })
    const calls = [1, 2, 3].map(async () => (await session.get('/')).text())
    await until(() => replies.length === 2)
    const closing = session.close()
    await expect(session.get('/')).rejects.toMatchObject({ name: 'SessionClosed', code: 'SESSION_CLOSED' })
    for (let index = 0; index < 3; index += 1) {
      await until(() => replies.length > index)
      replies[index]?.()
    }
    expect(await Promise.all(calls)).toEqual(['late', 'late', 'late'])
    await closing
    await until(() => server.open === 0)
    const doomed = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    const lost = [doomed.get('/'), doomed.get('/')]
    await until(() => replies.length === 4)
    await doomed.destroy()
    for (const call of lost) await expect(call).rejects.toBeInstanceOf(SessionClosed)
  })

  it('maps refused, reset, truncated and garbage to its own errors', async () => {
    await using server = await serveHttp((incoming, reply) => {
      if (incoming.url === '/reset') incoming.socket.resetAndDestroy()
      else if (incoming.url === '/garbage') incoming.socket.end('what is this?\r\n\r\n')
      else {
        reply.writeHead(200, { 'content-length': '100' }).write('short')
        setImmediate(() => incoming.socket.destroy())
      }
    })
    await using session = new Session({ baseUrl: server.url })
    await expect(session.post('/reset')).rejects.toMatchObject({ name: 'ConnectionError', code: 'CONNECTION_RESET' })
    await expect(session.post('/garbage')).rejects.toMatchObject({ name: 'ConnectionError', code: 'BAD_RESPONSE' })
    await expect((await session.post('/truncate')).text()).rejects.toBeInstanceOf(BodyError)
    const port = server.port
    await server[Symbol.asyncDispose]()
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      name: 'ConnectionError',
      code: 'CONNECTION_REFUSED',
    })
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toBeInstanceOf(ConnectionError)
  })

  it('decodes gzip, br, zstd and deflate', async () => {
    const zlib = await import('node:zlib')
    const encoders: Record<string, (data: string) => Buffer> = {
      gzip: zlib.gzipSync,
      br: zlib.brotliCompressSync,
      zstd: zlib.zstdCompressSync,
      deflate: zlib.deflateSync,
    }
    await using server = await serveHttp((incoming, reply) => {
      const encoding = incoming.url?.slice(1) as string
      reply.writeHead(200, { 'content-encoding': encoding }).end(encoders[encoding]?.('text '.repeat(10_000)))
    })
    await using session = new Session({ baseUrl: server.url })
    for (const encoding of Object.keys(encoders)) {
      expect(await (await session.get(`/${encoding}`)).text()).toBe('text '.repeat(10_000))
    }
  })
})

describe('TLS', () => {
  let expired: Identity
  let otherHost: Identity
  let selfSigned: Identity
  beforeAll(async () => {
    expired = await makeIdentity('localhost', { ca: authority, expired: true })
    otherHost = await makeIdentity('elsewhere.test', { ca: authority, hosts: ['elsewhere.test'] })
    selfSigned = await makeIdentity('localhost')
  })

  it('refuses what it cannot trust, each with its code, unless verify is false', async () => {
    const cases = [
      [() => expired, 'TLS_EXPIRED'],
      [() => otherHost, 'TLS_WRONG_HOST'],
      [() => selfSigned, 'TLS_SELF_SIGNED'],
    ] as const
    for (const [identity, code] of cases) {
      await using server = await serveHttps(echo, identity())
      await expect(get(server.url, { ca: authority.cert })).rejects.toMatchObject({ name: 'TlsError', code })
      expect((await get(server.url, { verify: false })).status).toBe(200)
    }
    await using untrusted = await serveHttps(echo, leaf)
    await using session = new Session()
    await expect(session.get(untrusted.url)).rejects.toMatchObject({ name: 'TlsError', code: 'TLS_UNTRUSTED' })
    await using plain = await serveHttp(echo)
    await expect(get(plain.url.replace('http', 'https'))).rejects.toBeInstanceOf(TlsError)
  })

  it('verifies although the environment says otherwise', async () => {
    await using server = await serveHttps(echo, selfSigned)
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      await expect(get(server.url)).rejects.toBeInstanceOf(TlsError)
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    }
  })

  it('shows a client certificate, and says when one is wanted', async () => {
    const client = await makeIdentity('a client', { ca: authority })
    await using server = await serveHttps(echo, {
      ...leaf,
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    await using known = new Session({ ca: authority.cert, cert: client.cert, key: client.key })
    expect((await known.get(server.url)).status).toBe(200)
    // Node's server closes without an alert, so that only the message can say what may be missing.
    await expect(get(server.url, { ca: authority.cert })).rejects.toThrow('client certificate')
  })

  it('keeps the connection when the Host header changes', async () => {
    await using server = await serveHttps(echo, leaf)
    await using session = new Session({ ca: authority.cert })
    for (const host of ['one.test', 'two.test', undefined]) {
      const headers = host === undefined ? {} : { Host: host }
      const reply = await (await session.get(server.url, { headers })).json<Echo>()
      expect(reply.headers.host).toBe(host ?? `127.0.0.1:${server.port}`)
    }
    expect(server.connections).toBe(1)
  })

  it('resumes TLS on a session’s further connections', async () => {
    await using server = await serveHttps((incoming, reply) => {
      reply.setHeader('connection', 'close')
      echo(incoming, reply)
    }, leaf)
    const resumed: boolean[] = []
    server.server.on('secureConnection', (socket) => resumed.push(socket.isSessionReused()))
    await using session = new Session({ ca: authority.cert })
    for (let call = 0; call < 3; call += 1) await (await session.get(server.url)).bytes()
    expect(resumed).toEqual([false, true, true])
  })
})
