import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Adapter, BodyError, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { type Echo, echo, serveHttp, until } from './test-servers.ts'

describe('the pool', () => {
  it('carries 1,000 concurrent calls within its limit, in order of asking, none lost', async () => {
    const order: string[] = []
    const onCreate = (message: unknown) => order.push((message as { request: { path: string } }).request.path)
    subscribe('undici:request:create', onCreate)
    let open = 0
    let most = 0
    await using server = await serveHttp((request, reply) => {
      open += 1
      most = Math.max(most, open)
      setImmediate(() => {
        open -= 1
        reply.end(request.url)
      })
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 10 } })
    const texts = await Promise.all(Array.from({ length: 1000 }, async (_, n) => (await session.get(`/${n}`)).text()))
    unsubscribe('undici:request:create', onCreate)
    expect(texts).toEqual(Array.from({ length: 1000 }, (_, n) => `/${n}`))
    expect(order).toEqual(texts)
    expect(server.connections).toBe(10)
    expect(most).toBeLessThanOrEqual(10)
    expect(session.stats()).toMatchObject({
      connectionsOpened: 10,
      requestsOnReused: 990,
      idle: 10,
      busy: 0,
      pending: 0,
    })
  })

  it('opens extra connections with block: false, and closes them after use', async () => {
    const replies: (() => void)[] = []
    await using server = await serveHttp((_request, reply) => void replies.push(() => reply.end('ok')))
    await using session = new Session({ baseUrl: server.url, pool: { connections: 2, block: false } })
    const calls = Array.from({ length: 6 }, async () => (await session.get('/')).text())
    await until(() => replies.length === 6)
    expect(server.connections).toBe(6)
    for (const reply of replies) reply()
    await Promise.all(calls)
    await until(() => server.open === 2)
    expect(session.stats().idle).toBe(2)
  })

  it('closes a connection after maxRequestsPerConnection', async () => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url, pool: { maxRequestsPerConnection: 2 } })
    for (let call = 0; call < 5; call += 1) await (await session.get('/')).bytes()
    expect(server.connections).toBe(3)
  })

  it('pipelines when asked to', async () => {
    const urls: string[] = []
    await using server = await serveHttp((request, reply) => {
      urls.push(request.url as string)
      reply.end(request.url)
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1, pipelining: 4 } })
    const texts = await Promise.all(['/a', '/b', '/c', '/d', '/e'].map(async (url) => (await session.get(url)).text()))
    expect(texts).toEqual(['/a', '/b', '/c', '/d', '/e'])
    expect([urls, server.connections]).toEqual([texts, 1])
  })

  it('pipelines before the first answer is in, up to the limit', async () => {
    const replies: (() => void)[] = []
    await using server = await serveHttp((request, reply) => void replies.push(() => reply.end(request.url)))
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1, pipelining: 3 } })
    const texts = Promise.all(['/a', '/b', '/c', '/d'].map(async (url) => (await session.get(url)).text()))
    await until(() => replies.length === 3)
    for (const reply of replies.splice(0)) reply()
    await until(() => replies.length === 1)
    replies[0]?.()
    expect(await texts).toEqual(['/a', '/b', '/c', '/d'])
    expect(server.connections).toBe(1)
  })

  it('keeps pools of at most maxOrigins origins', async () => {
    await using one = await serveHttp(echo)
    await using two = await serveHttp(echo)
    await using session = new Session({ pool: { maxOrigins: 1 } })
    await (await session.get(one.url)).bytes()
    await until(() => session.stats().idle === 1)
    await (await session.get(two.url)).bytes()
    await until(() => one.open === 0)
    expect(session.stats()).toMatchObject({ connectionsOpened: 2, idle: 1 })
  })

  it('closes the pool that was used longest ago when there are too many', async () => {
    await using one = await serveHttp(echo)
    await using two = await serveHttp(echo)
    await using three = await serveHttp(echo)
    await using session = new Session({ pool: { maxOrigins: 2 } })
    for (const { url } of [one, two, one]) {
      await (await session.get(url)).bytes()
      await until(() => session.stats().busy === 0)
    }
    await (await session.get(three.url)).bytes()
    await until(() => two.open === 0)
    await (await session.get(one.url)).bytes()
    expect([one.connections, two.connections, three.connections]).toEqual([1, 1, 1])
    expect(session.stats()).toMatchObject({ connectionsOpened: 3, requestsOnReused: 2 })
  })

  it('closes idle connections after keepAliveTimeoutMs', async () => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url, pool: { keepAliveTimeoutMs: 20 } })
    // Without the server's own hint, which would be longer.
    server.server.on('request', (_request, reply) => reply.removeHeader('keep-alive'))
    const quiet = await serveHttp((_request, reply) => {
      reply.setHeader('connection', 'keep-alive')
      reply.end('ok')
    })
    await (await session.get(quiet.url)).bytes()
    await until(() => quiet.open === 0)
    await quiet[Symbol.asyncDispose]()
    expect(session.stats().idle).toBe(0)
  })

  it('gives a connection up when its call is cancelled, and serves the next', async () => {
    const hung: string[] = []
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/hang') hung.push('/hang')
      else reply.end('ok')
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    const abort = new AbortController()
    const hanging = session.get('/hang', { signal: abort.signal })
    const next = Array.from({ length: 3 }, async () => (await session.get('/ok')).text())
    await until(() => hung.length === 1)
    abort.abort()
    await expect(hanging).rejects.toThrow()
    expect(await Promise.all(next)).toEqual(['ok', 'ok', 'ok'])
    expect(server.connections).toBe(2)
  })
})

describe('unread bodies', () => {
  const large = Buffer.alloc(300_000, 'x')
  const huge = Buffer.alloc(8_000_000, 'x')
  const serve = () =>
    serveHttp(
      (request, reply) => void reply.end(request.url === '/huge' ? huge : request.url === '/large' ? large : 'ok'),
    )

  it('below 64 KiB cost nothing', async () => {
    await using server = await serve()
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    const unread = await Promise.all(Array.from({ length: 20 }, () => session.get('/small')))
    expect(await Promise.all(unread.map((response) => response.text()))).toEqual(Array(20).fill('ok'))
    expect(server.connections).toBe(1)
  })

  it('are read ahead while others wait, and can still be read', async () => {
    await using server = await serve()
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1, unreadBodyTimeoutMs: 5 } })
    const unread = await session.get('/large')
    expect(await (await session.get('/small')).text()).toBe('ok')
    expect((await unread.bytes()).length).toBe(large.length)
    expect(server.connections).toBe(1)
  })

  it('are given up with their connection when they are too large, and say so', async () => {
    await using server = await serve()
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1, unreadBodyTimeoutMs: 5 } })
    const unread = await session.get('/huge')
    expect(await (await session.get('/small')).text()).toBe('ok')
    await expect(unread.bytes()).rejects.toMatchObject({ name: 'BodyError', code: 'BODY_UNREAD' })
    expect(server.connections).toBe(2)
  })

  it('do not keep close() waiting', async () => {
    await using server = await serve()
    const session = new Session({ baseUrl: server.url, pool: { unreadBodyTimeoutMs: 5 } })
    await session.get('/huge')
    await session.close()
    await until(() => server.open === 0)
  })

  it('leave the connection to others after discard()', async () => {
    await using server = await serve()
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    await (await session.get('/large')).discard()
    await using kept = await session.get('/small')
    expect(kept.status).toBe(200)
    expect(server.connections).toBe(2)
  })

  it('stream with backpressure, to the last byte', async () => {
    await using server = await serve()
    await using session = new Session({ baseUrl: server.url })
    let bytes = 0
    for await (const piece of (await session.get('/huge')).stream()) bytes += piece.length
    expect(bytes).toBe(huge.length)
    for await (const _line of (await session.get('/huge')).lines()) break
    for await (const _piece of (await session.get('/huge')).stream()) break
    await until(() => session.stats().busy === 0)
    const reader = (await session.get('/huge')).stream().getReader()
    await reader.read()
    await reader.cancel()
    expect((await session.get('/small')).status).toBe(200)
  })
})

describe('limits', () => {
  it('maxResponseBytes holds for what is sent and for what it decodes to', async () => {
    const { gzipSync } = await import('node:zlib')
    const bomb = gzipSync(Buffer.alloc(5_000_000))
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/bomb') reply.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
      else reply.end(Buffer.alloc(5_000))
    })
    await using session = new Session({ baseUrl: server.url, maxResponseBytes: 100_000 })
    await expect((await session.get('/', { maxResponseBytes: 4_999 })).bytes()).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    })
    expect((await (await session.get('/', { maxResponseBytes: 5_000 })).bytes()).length).toBe(5_000)
    await expect((await session.get('/bomb')).bytes()).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    await expect((await session.get('/bomb')).text()).rejects.toBeInstanceOf(BodyError)
    await until(() => session.stats().busy === 0)
  })

  it('a broken encoding is a BodyError, an unknown one is passed through', async () => {
    await using server = await serveHttp((request, reply) => {
      reply.writeHead(200, { 'content-encoding': request.url === '/gzip' ? 'gzip' : 'rot13' }).end('not encoded')
    })
    await using session = new Session({ baseUrl: server.url })
    await expect((await session.get('/gzip')).text()).rejects.toMatchObject({ code: 'BODY_ENCODING' })
    expect(await (await session.get('/other')).text()).toBe('not encoded')
  })

  it('a body that fails while it is sent ends the call, and only that', async () => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    const failing = (async function* () {
      yield Buffer.from('some')
      throw new Error('the disk is gone')
    })()
    const error = await session.post('/', { body: failing }).catch((caught: Error) => caught)
    expect(error).toMatchObject({ name: 'BodyError', code: 'BODY_UPLOAD', cause: { message: 'the disk is gone' } })
    expect((await session.post('/', { body: 'fine' })).status).toBe(200)
  })
})

describe('adapters', () => {
  it('have pools, retries and TLS of their own; the longest prefix wins', async () => {
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/api/flaky' && server.connections < 2) request.socket.destroy()
      else echo(request, reply)
    })
    await using session = new Session({ baseUrl: server.url })
    const general = new Adapter()
    const api = new Adapter({ retry: { total: 2 }, pool: { connections: 1 } })
    session.mount('http://', general)
    session.mount(`${server.url}/API/`, api)
    expect(session.getAdapter('/api/x')).toBe(api)
    expect(session.getAdapter('/other')).toBe(general)
    expect(session.getAdapter('https://x.test/')).toBeUndefined()
    const response = await session.get('/api/flaky')
    expect([response.status, response.retries.length]).toEqual([200, 1])
    expect(session.unmount(`${server.url}/api/`)).toBe(api)
    expect(session.getAdapter('/api/x')).toBe(general)
    await (await session.get('/api/x')).bytes()
    expect(session.stats().connectionsOpened).toBe(3)
  })

  it('do not take a longer host for their own', async () => {
    await using session = new Session()
    const adapter = new Adapter()
    session.mount('https://api.test', adapter)
    expect(session.getAdapter('https://api.test/x')).toBe(adapter)
    expect(session.getAdapter('https://API.test')).toBe(adapter)
    expect(session.getAdapter('https://api.test.evil/')).toBeUndefined()
  })

  it('may be no network at all', async () => {
    const sent: string[] = []
    const adapter = new Adapter({
      transport: {
        async send({ method, target }) {
          sent.push(`${method} ${target.path}`)
          return {
            status: 200,
            statusText: 'OK',
            headers: { 'x-from': 'memory' },
            body: {
              ended: true,
              read: async () => null,
              readAll: async () => [],
              drop() {},
              onSettled: (done) => done(),
            },
          }
        },
        stats: () => ({ connectionsOpened: 0, requestsOnReused: 0, idle: 0, busy: 0, pending: 0 }),
        close: async () => {},
        destroy: async () => {},
      },
    })
    await using session = new Session({ baseUrl: 'http://memory.test' })
    session.mount('http://memory.test/', adapter)
    expect((await session.get('/a?b=c')).headers.get('x-from')).toBe('memory')
    expect(sent).toEqual(['GET /a?b=c'])
  })
})

describe('session.all', () => {
  it('keeps the order, the limit and what is read', async () => {
    let open = 0
    let most = 0
    await using server = await serveHttp((request, reply) => {
      open += 1
      most = Math.max(most, open)
      setImmediate(() => {
        open -= 1
        echo(request, reply)
      })
    })
    await using session = new Session({ baseUrl: server.url })
    const urls = Array.from({ length: 30 }, (_, n) => `/page/${n}`)
    const found = await session.all(urls, { concurrency: 3, read: async (page) => (await page.json<Echo>()).url })
    expect(found).toEqual(urls)
    expect(most).toBeLessThanOrEqual(3)
    const [first] = await session.all([{ method: 'POST', url: '/x', options: { json: 1 } }])
    expect((await first?.json<Echo>())?.method).toBe('POST')
    await expect(session.all(['/a', 'ftp://b', '/c'], { concurrency: 1 })).rejects.toMatchObject({
      code: 'INVALID_URL',
    })
    await expect(session.all([], { concurrency: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it('ends the rest with the first error, also those with a signal of their own', async () => {
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/ok') echo(request, reply)
    })
    await using session = new Session({ baseUrl: server.url })
    const own = new AbortController()
    const ended = session.all([{ url: '/hangs', options: { signal: own.signal } }, 'ftp://b'], { concurrency: 2 })
    await expect(ended).rejects.toMatchObject({ code: 'INVALID_URL' })
    await until(() => session.stats().busy === 0)
    own.abort(new Error('mine'))
    const others = [{ url: '/ok', options: { signal: own.signal } }]
    await expect(session.all(others)).rejects.toThrow('mine')
  })
})

describe('session.fetch', () => {
  it('is a WHATWG fetch with the session’s state', async () => {
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/login') reply.setHeader('set-cookie', ['sid=1; Path=/', 'b=2; Path=/'])
      if (request.url === '/302') reply.writeHead(302, { location: '/login' }).end()
      else if (request.url === '/204') reply.writeHead(204).end()
      else if (request.url === '/404') reply.writeHead(404, 'Nope').end('no')
      else echo(request, reply)
    })
    await using session = new Session({ baseUrl: server.url, auth: { bearer: 't' }, headers: { 'X-S': '1' } })
    const { fetch } = session
    const redirected = await fetch('/302')
    expect([redirected.status, redirected.redirected, redirected.url]).toEqual([200, true, `${server.url}/login`])
    expect(redirected.headers.getSetCookie()).toHaveLength(2)
    const posted = await fetch(new URL(`${server.url}/x`), {
      method: 'POST',
      body: new URLSearchParams({ a: '1' }),
      headers: { 'x-call': '2' },
    })
    const reply = (await posted.json()) as Echo
    expect(reply).toMatchObject({ method: 'POST', body: 'a=1' })
    expect(reply.headers).toMatchObject({ cookie: 'sid=1; b=2', authorization: 'Bearer t', 'x-s': '1', 'x-call': '2' })
    expect(reply.headers['content-type']).toContain('application/x-www-form-urlencoded')
    const viaRequest = await fetch(new Request(`${server.url}/y`, { method: 'PUT', body: 'text' }))
    expect((await viaRequest.json()) as Echo).toMatchObject({ method: 'PUT', body: 'text' })
    const form = new FormData()
    form.set('k', 'v')
    expect(((await (await fetch('/f', { method: 'POST', body: form })).json()) as Echo).body).toContain('name="k"')
    expect([(await fetch('/204')).status, (await fetch('/404')).ok, (await fetch('/404')).statusText]).toEqual([
      204,
      false,
      'Nope',
    ])
    expect((await fetch('/302', { redirect: 'manual' })).status).toBe(302)
    await expect(fetch('/302', { redirect: 'error' })).rejects.toBeInstanceOf(TypeError)
    await expect(fetch('/x', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    const port = server.port
    await server[Symbol.asyncDispose]()
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      name: 'TypeError',
      cause: { code: 'CONNECTION_REFUSED' },
    })
    await expect(fetch('ftp://x/')).rejects.toBeInstanceOf(TypeError)
  })
})
