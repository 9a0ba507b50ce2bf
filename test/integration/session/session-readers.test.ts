import { gzipSync } from 'node:zlib'
import { get, HttpResponse, post, type RequestOptions, request, Session, StatusError } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { type Echo, echo, serveHttp, until } from './test-servers.ts'

describe('the promise of a call', () => {
  const serve = () =>
    serveHttp((incoming, reply) => {
      if (incoming.url === '/lines') return void reply.end('one\ntwo\n')
      reply.end(JSON.stringify({ method: incoming.method }))
    })

  it('has the readers of the body, in a session and without one', async () => {
    await using server = await serve()
    await using session = new Session({ baseUrl: server.url })
    const { url } = server
    expect(await session.get('/').json<{ method: string }>()).toEqual({ method: 'GET' })
    expect(await session.post('/').text()).toBe('{"method":"POST"}')
    expect(Buffer.from(await session.put('/').bytes()).toString()).toBe('{"method":"PUT"}')
    expect(await session.request('PATCH', '/').json()).toEqual({ method: 'PATCH' })
    expect(await get(url).json()).toEqual({ method: 'GET' })
    expect(await post(url, { json: 1 }).text()).toBe('{"method":"POST"}')
    expect(await request('DELETE', url).json()).toEqual({ method: 'DELETE' })
    for (const call of [session.get('/lines'), get(`${url}/lines`)]) {
      const lines: string[] = []
      for await (const line of call.lines()) lines.push(line)
      expect(lines).toEqual(['one', 'two'])
    }
    const pieces: Uint8Array[] = []
    for await (const piece of session.get('/lines').stream()) pieces.push(piece)
    for await (const piece of await get(`${url}/lines`).stream()) pieces.push(piece)
    expect(Buffer.concat(pieces).toString()).toBe('one\ntwo\none\ntwo\n')
    expect(session.stats()).toMatchObject({ connectionsOpened: 1, busy: 0 })
  })

  it('is a promise like any other', async () => {
    await using server = await serve()
    await using session = new Session({ baseUrl: server.url })
    const call = session.get('/')
    expect([call instanceof Promise, call.constructor, String(call)]).toEqual([true, Promise, '[object Promise]'])
    expect(await call).toBeInstanceOf(HttpResponse)
    expect(await call).toBe(await Promise.resolve(call))
    const derived = call.then(({ status }) => status)
    expect([await derived, 'json' in derived, 'json' in Promise.prototype]).toEqual([200, false, false])
    expect([await call.text(), await call.json()]).toEqual(['{"method":"GET"}', { method: 'GET' }])
  })

  it('fails in its readers as the call does, and at nobody else', async () => {
    await using session = new Session({ baseUrl: 'http://127.0.0.1:1' })
    const refused = { name: 'ConnectionError', code: 'CONNECTION_REFUSED' }
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', listen)
    for (const call of [() => session.get('/'), () => get('http://127.0.0.1:1/')]) {
      await expect(call().json()).rejects.toMatchObject(refused)
      await expect(call().text()).rejects.toMatchObject(refused)
      await expect(call().bytes()).rejects.toMatchObject(refused)
      await expect(call().lines().next()).rejects.toMatchObject(refused)
      await expect(call().stream().getReader().read()).rejects.toMatchObject(refused)
      const left = [call().lines(), call().stream()]
      await expect(call()).rejects.toMatchObject(refused)
      expect(left).toHaveLength(2)
    }
    await expect(session.get('ftp://h/').text()).rejects.toMatchObject({ name: 'InvalidUrl' })
    await expect(session.get('/', { json: undefined, nothing: 1 } as never).json()).rejects.toMatchObject({
      name: 'InvalidOption',
    })
    await expect(get('/', { nothing: 1 } as never).json()).rejects.toMatchObject({ name: 'InvalidOption' })
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  it('can be left before the response comes, which is then given up', async () => {
    const held: (() => void)[] = []
    await using server = await serveHttp((_incoming, reply) => {
      held.push(() => {
        reply.write('first\n')
      })
    })
    await using session = new Session({ baseUrl: server.url })
    const lines = session.get('/').lines()
    const first = lines.next()
    expect(await lines.return(undefined)).toEqual({ done: true, value: undefined })
    const reader = session.get('/').stream().getReader()
    const piece = reader.read()
    await reader.cancel()
    expect(await piece).toEqual({ done: true, value: undefined })
    await until(() => held.length === 2)
    for (const answer of held) answer()
    expect(await first).toEqual({ done: true, value: undefined })
    await until(() => server.open === 0)
    expect(session.stats()).toMatchObject({ busy: 0, pending: 0 })
  })
})

describe('raiseForStatus', () => {
  const serve = () =>
    serveHttp((incoming, reply) => {
      reply.statusCode = Number(incoming.url?.slice(1))
      if (reply.statusCode === 302) reply.setHeader('location', '/404')
      reply.end('the body')
    })

  it('of a call, of a session, and the call wins', async () => {
    await using server = await serve()
    await using plain = new Session({ baseUrl: server.url })
    await using strict = new Session({ baseUrl: server.url, raiseForStatus: true })
    for (const call of [
      () => plain.get('/404', { raiseForStatus: true }),
      () => strict.get('/404'),
      () => strict.get('/302'),
      () => get(`${server.url}/404`, { raiseForStatus: true }),
      () => strict.get('/404', { timeoutMs: 60_000 }),
    ]) {
      const error = await call().catch((caught: unknown) => caught as StatusError<HttpResponse>)
      expect(error).toMatchObject({ name: 'StatusError', code: 'HTTP_404', status: 404 })
      expect(await (error as StatusError<HttpResponse>).response.text()).toBe('the body')
    }
    await expect(strict.post('/500').json()).rejects.toBeInstanceOf(StatusError)
    await expect(strict.all(['/200', '/503'])).rejects.toMatchObject({ code: 'HTTP_503' })
    expect((await strict.get('/404', { raiseForStatus: false })).status).toBe(404)
    expect((await strict.get('/302', { redirect: 'manual' })).status).toBe(302)
    expect((await plain.get('/404')).status).toBe(404)
    expect((await strict.fetch('/404')).status).toBe(404)
  })

  it('comes after retries and hooks', async () => {
    await using server = await serve()
    const seen: number[] = []
    await using session = new Session({
      baseUrl: server.url,
      raiseForStatus: true,
      retry: { total: 1, statuses: [500], raiseOnStatus: false },
      hooks: { afterResponse: ({ status, retries }) => void seen.push(status, retries.length) },
    })
    await expect(session.get('/500')).rejects.toMatchObject({ code: 'HTTP_500' })
    expect(seen).toEqual([500, 1])
    await expect(session.get('/500', { retry: { raiseOnStatus: true } })).rejects.toMatchObject({ name: 'RetryError' })
  })
})

describe('decompress: false', () => {
  it('leaves the bytes as they came, of a call or a session', async () => {
    const body = gzipSync('text '.repeat(1_000))
    await using server = await serveHttp((_incoming, reply) => {
      reply.writeHead(200, { 'content-encoding': 'gzip' }).end(body)
    })
    await using plain = new Session({ baseUrl: server.url })
    await using raw = new Session({ baseUrl: server.url, decompress: false })
    for (const call of [plain.get('/', { decompress: false }), raw.get('/'), get(server.url, { decompress: false })]) {
      const response = await call
      expect(response.headers.get('content-encoding')).toBe('gzip')
      expect(body.equals(await response.bytes())).toBe(true)
    }
    const pieces: Uint8Array[] = []
    for await (const piece of raw.get('/').stream()) pieces.push(piece)
    expect(Buffer.concat(pieces).equals(body)).toBe(true)
    expect(await raw.get('/', { decompress: true }).text()).toBe('text '.repeat(1_000))
    expect(await plain.get('/').text()).toBe('text '.repeat(1_000))
  })
})

describe('Content-Type', () => {
  const form = 'application/x-www-form-urlencoded'
  const json = 'application/json'
  const table: readonly (readonly [string, string | undefined, RequestOptions, string | RegExp | undefined])[] = [
    ['a default of JSON does not make JSON of a form', json, { form: { a: 1 } }, form],
    ['nor of fields', json, { multipart: { a: 1 } }, /^multipart\/form-data; boundary=/],
    ['nor of FormData', json, { body: new FormData() }, /^multipart\/form-data; boundary=/],
    ['nor of URLSearchParams', json, { body: new URLSearchParams('a=1') }, form],
    ['nor of a Blob that has a type', json, { body: new Blob(['x'], { type: 'image/png' }) }, 'image/png'],
    ['it stands for text', json, { body: '{}' }, json],
    ['and for bytes', json, { body: Buffer.from('{}') }, json],
    [
      'a default of some JSON stands for JSON',
      'application/vnd.api+json; v=1',
      { json: 1 },
      'application/vnd.api+json; v=1',
    ],
    ['any other does not', form, { json: 1 }, json],
    ['what only looks like it does not', 'application/jsonish', { json: 1 }, json],
    ['without a default each has its own', undefined, { body: 'x' }, 'text/plain;charset=UTF-8'],
    ['bytes have none', undefined, { body: Buffer.from('x') }, undefined],
    ['the call’s own wins over all', json, { form: { a: 1 }, headers: { 'content-type': 'x/y' } }, 'x/y'],
    ['in any form', json, { multipart: { a: 1 }, headers: [['CONTENT-TYPE', 'x/y']] }, 'x/y'],
    [
      'null takes the default away',
      json,
      { body: '{}', headers: { 'Content-Type': null } },
      'text/plain;charset=UTF-8',
    ],
  ]

  it.each(table)('%s', async (_, fallback, options, expected) => {
    await using server = await serveHttp(echo)
    await using session = new Session({
      baseUrl: server.url,
      headers: fallback === undefined ? {} : { 'Content-Type': fallback },
      auth: { bearer: 't' },
    })
    const { headers } = await session.post('/', options).json<Echo>()
    if (expected instanceof RegExp) expect(headers['content-type']).toMatch(expected)
    else expect(headers['content-type']).toBe(expected)
    expect(headers.authorization).toBe('Bearer t')
    expect(session.headers.get('content-type')).toBe(fallback ?? null)
  })
})

it('text as form and params goes as it is', async () => {
  await using server = await serveHttp(echo)
  await using session = new Session({ baseUrl: server.url, params: 'key=7&a=default' })
  const sent = await session.post('/path?x=1', { params: 'a=1&sig=%2B%20', form: 'b=%20+&c' }).json<Echo>()
  expect([sent.url, sent.body]).toEqual(['/path?x=1&key=7&a=1&sig=%2B%20', 'b=%20+&c'])
  const pairs = await get(server.url, {
    params: [
      ['a', 1],
      ['a', 2],
    ],
  }).json<Echo>()
  expect(pairs.url).toBe('/?a=1&a=2')
})
