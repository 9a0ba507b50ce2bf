import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { digest, type HookRetry, type RequestOptions, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { type Echo, echo, listen, serveHttp, until } from './test-servers.ts'

describe('digest', () => {
  const digestServer = (algorithm: string, hash: string) => {
    const seen: string[] = []
    const server = serveHttp((request, reply) => {
      const given = request.headers.authorization
      seen.push(given === undefined ? 'none' : (/nc=(\w+)/.exec(given)?.[1] ?? '?'))
      const value = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(given ?? '')?.[1] ?? ''
      const h = (text: string) => createHash(hash).update(text).digest('hex')
      const base = h('ann:lab:pw')
      const ha1 = algorithm.endsWith('-sess') ? h(`${base}:abc:${value('cnonce')}`) : base
      const ha2 = h(`${request.method}:${request.url}`)
      const expected = h([ha1, 'abc', value('nc'), value('cnonce'), 'auth', ha2].join(':'))
      if (value('response') === expected) return echo(request, reply)
      const challenge = `Digest realm="lab", nonce="abc", qop="auth", algorithm=${algorithm}`
      reply.writeHead(401, { 'www-authenticate': ['Basic realm="x"', challenge] }).end('no')
    })
    return { server, seen }
  }

  it.each([
    ['MD5', 'md5'],
    ['MD5-sess', 'md5'],
    ['SHA-256', 'sha256'],
    ['SHA-256-sess', 'sha256'],
    ['SHA-512-256', 'sha512-256'],
    ['SHA-512-256-sess', 'sha512-256'],
  ])('with %s: a session pays the 401 once', async (algorithm, hash) => {
    const { server, seen } = digestServer(algorithm, hash)
    await using running = await server
    await using session = new Session({ baseUrl: running.url, auth: digest('ann', 'pw') })
    for (let call = 0; call < 3; call += 1) expect((await session.post('/a?b=c', { json: { call } })).status).toBe(200)
    expect(seen).toEqual(['none', '00000001', '00000002', '00000003'])
    expect(running.connections).toBe(1)
  })

  it('returns the 401 when the password is wrong', async () => {
    const { server, seen } = digestServer('MD5', 'md5')
    await using running = await server
    await using session = new Session({ baseUrl: running.url, auth: digest('ann', 'wrong') })
    expect((await session.get('/')).status).toBe(401)
    expect(seen).toHaveLength(2)
    const stream = Readable.from([Buffer.from('x')])
    await expect(session.put('/', { body: stream })).rejects.toMatchObject({ code: 'BODY_NOT_REPLAYABLE' })
  })
})

describe('multipart', () => {
  const parse = async (reply: Echo) =>
    new Response(reply.body, { headers: { 'content-type': reply.headers['content-type'] as string } }).formData()

  it('sends fields, lists, files and blobs with a length, and a stream in chunks', async () => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url })
    const known = await (
      await session.post('/', {
        multipart: {
          title: 'Ünïcode "quoted"',
          tags: ['a', 2, true],
          file: { content: 'hello', filename: 'a"b.txt', contentType: 'text/plain' },
          blob: new File(['blobby'], 'b.bin'),
          raw: Buffer.from('raw'),
        },
      })
    ).json<Echo>()
    const form = await parse(known)
    expect(form.get('title')).toBe('Ünïcode "quoted"')
    expect(form.getAll('tags')).toEqual(['a', '2', 'true'])
    expect([(form.get('file') as File).name, await (form.get('file') as File).text()]).toEqual(['a"b.txt', 'hello'])
    expect(await (form.get('blob') as File).text()).toBe('blobby')
    expect(await (form.get('raw') as File).text()).toBe('raw')
    expect(Number(known.headers['content-length'])).toBe(Buffer.byteLength(known.body))
    const streamed = await (
      await session.post('/', {
        multipart: { file: { content: Readable.from([Buffer.from('st'), Buffer.from('ream')]), filename: 's' } },
      })
    ).json<Echo>()
    expect(streamed.headers['transfer-encoding']).toBe('chunked')
    expect(await ((await parse(streamed)).get('file') as File).text()).toBe('stream')
    const data = new FormData()
    data.set('k', 'v')
    expect((await parse(await (await session.post('/', { body: data })).json<Echo>())).get('k')).toBe('v')
  })

  it('sends streams as they are: a file with its name and length, others in chunks', async () => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url })
    const folder = await mkdtemp(join(tmpdir(), 'session-multipart-'))
    const path = join(folder, 'a "report".txt')
    await writeFile(path, 'report\n'.repeat(20_000))
    const send = async (multipart: RequestOptions['multipart']) => {
      const reply = await (await session.post('/', { multipart })).json<Echo>()
      return { reply, form: await parse(reply) }
    }
    const whole = await send({
      title: 'Q3',
      file: createReadStream(path),
      tail: createReadStream(path, { start: 7, end: 13 }),
    })
    const file = whole.form.get('file') as File
    expect([file.name, file.type, await file.text()]).toEqual([
      'a "report".txt',
      'application/octet-stream',
      'report\n'.repeat(20_000),
    ])
    expect(await (whole.form.get('tail') as File).text()).toBe('report\n')
    expect(Number(whole.reply.headers['content-length'])).toBe(Buffer.byteLength(whole.reply.body))
    const named = { content: createReadStream(path), filename: 'q3.txt', contentType: 'text/plain' }
    const others = await send({
      named: named,
      texts: Readable.from(['é', 'à']),
      web: new Blob(['web']).stream(),
      generated: (async function* () {
        yield new Uint8Array([0x61, 0x62])
      })(),
    })
    expect((others.form.get('named') as File).name).toBe('q3.txt')
    const texts = ['texts', 'web', 'generated'].map((name) => (others.form.get(name) as File).text())
    expect(await Promise.all(texts)).toEqual(['éà', 'web', 'ab'])
    expect(others.reply.headers['transfer-encoding']).toBe('chunked')
    await rm(folder, { recursive: true })
  })

  it('sends as much of a file as it announced when the file grows, and says when it shrinks', async () => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url })
    const folder = await mkdtemp(join(tmpdir(), 'session-multipart-'))
    const path = join(folder, 'log')
    await writeFile(path, 'first')
    const changing = async (change: () => Promise<void>) => {
      const signing = { auth: () => change() }
      return session.post('/', { multipart: { log: createReadStream(path) }, ...signing })
    }
    const grown = await parse(await (await changing(() => appendFile(path, ' second'))).json<Echo>())
    expect(await (grown.get('log') as File).text()).toBe('first')
    await expect(changing(() => writeFile(path, ''))).rejects.toMatchObject({ name: 'BodyError', code: 'BODY_UPLOAD' })
    const wrong = { a: Readable.from([{ no: 'bytes' }]) }
    await expect(session.post('/', { multipart: wrong })).rejects.toThrow('it gave an object')
    await rm(folder, { recursive: true })
  })
})

describe('hooks', () => {
  it('run in order, once per call, and may change headers and the response', async () => {
    const order: string[] = []
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/from') reply.writeHead(302, { location: '/to' }).end()
      else echo(request, reply)
    })
    await using session = new Session({
      baseUrl: server.url,
      hooks: {
        beforeRequest: [
          ({ headers }) => {
            order.push('request 1')
            headers.set('X-Hook', 'one')
          },
          async () => void order.push('request 2'),
        ],
        beforeRedirect: ({ response, next }) => {
          order.push(`redirect ${response.status} ${new URL(next.url).pathname}`)
          next.headers.set('X-Hop', '2')
        },
        afterResponse: (response) => void order.push(`response ${response.status}`),
      },
    })
    const other = await session.get('/other', { redirect: 'manual' })
    order.length = 0
    const response = await session.get('/from', {
      hooks: { beforeRequest: () => void order.push('request of the call') },
    })
    expect((await response.json<Echo>()).headers).toMatchObject({ 'x-hook': 'one', 'x-hop': '2' })
    expect(order).toEqual(['request 1', 'request 2', 'request of the call', 'redirect 302 /to', 'response 200'])
    expect(await session.get('/x', { hooks: { afterResponse: () => other } })).toBe(other)
    const failing = { beforeRequest: () => Promise.reject(new Error('from the hook')) }
    await expect(session.get('/x', { hooks: failing })).rejects.toThrow('from the hook')
  })

  it('are not waited for once the call is cancelled, nor is a signer', async () => {
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url })
    const never = () => new Promise<void>(() => {})
    const stuck: RequestOptions[] = [
      { hooks: { beforeRequest: never } },
      { hooks: { afterResponse: never } },
      { auth: never },
    ]
    for (const options of stuck) {
      await expect(session.get('/', { ...options, timeoutMs: 50 })).rejects.toMatchObject({ code: 'TOTAL_TIMEOUT' })
      const call = session.get('/', { ...options, signal: AbortSignal.timeout(20) })
      await expect(call).rejects.toMatchObject({ name: 'TimeoutError' })
    }
  })

  it('leave the body to the signal', async () => {
    await using server = await serveHttp((_request, reply) => void reply.write('part'))
    await using session = new Session({ baseUrl: server.url, hooks: { afterResponse: async () => {} } })
    const abort = new AbortController()
    const response = await session.get('/', { signal: abort.signal })
    const text = response.text()
    abort.abort()
    await expect(text).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('hear of every retry, and may stop it', async () => {
    await using server = await serveHttp((_request, reply) => void reply.writeHead(503).end())
    const heard: Pick<HookRetry, 'attempt' | 'waitMs'>[] = []
    await using session = new Session({
      baseUrl: server.url,
      retry: { total: 3, statuses: [503], raiseOnStatus: false },
    })
    const hooks = { beforeRetry: ({ attempt, waitMs }: HookRetry) => void heard.push({ attempt, waitMs }) }
    await session.get('/', { hooks })
    expect(heard).toEqual([1, 2, 3].map((attempt) => ({ attempt, waitMs: 0 })))
    const stop = () => {
      throw new Error('enough')
    }
    await expect(session.get('/', { hooks: { beforeRetry: stop } })).rejects.toThrow('enough')
  })
})

describe('netrc', () => {
  it('fills in where nothing else says who calls', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netrc-'))
    const path = join(folder, 'netrc')
    await writeFile(path, 'machine 127.0.0.1 login ann password pw\n')
    await using server = await serveHttp(echo)
    await using session = new Session({ baseUrl: server.url, netrc: path })
    const sent = async (options = {}) => (await (await session.get('/', options)).json<Echo>()).headers.authorization
    expect(await sent()).toBe(`Basic ${Buffer.from('ann:pw').toString('base64')}`)
    expect(await sent({ auth: null })).toBeUndefined()
    expect(await sent({ auth: { bearer: 'x' } })).toBe('Bearer x')
    await rm(folder, { recursive: true })
  })
})

describe('stale connections', () => {
  // Answers the first request of each connection, and resets the connection at the second: what an idle timeout of the
  // server's looks like when it crosses with a request.
  const resetting = async () => {
    const got: string[] = []
    const server = await listen(
      createTcp((socket) => {
        let requests = 0
        socket.on('data', (data) => {
          requests += 1
          if (requests > 1) return socket.resetAndDestroy()
          got.push(data.toString().split(' ')[0] as string)
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        })
      }),
    )
    return Object.assign(server, { got })
  }

  it('cost one resend on a fresh one, and no idempotent call is lost', async () => {
    await using server = await resetting()
    await using session = new Session({ baseUrl: server.url, pool: { connections: 2 } })
    for (const method of ['GET', 'GET', 'PUT', 'DELETE', 'GET', 'OPTIONS']) {
      expect(await (await session.request(method, '/')).text()).toBe('ok')
    }
    expect(server.got).toEqual(['GET', 'GET', 'PUT', 'DELETE', 'GET', 'OPTIONS'])
    expect(session.stats().staleResends).toBe(5)
    const many = await Promise.all(Array.from({ length: 20 }, async () => (await session.get('/')).text()))
    expect(many).toEqual(Array(20).fill('ok'))
  })

  it('are not risked with a POST, unless retry.methods or an Idempotency-Key allow it', async () => {
    await using server = await resetting()
    await using session = new Session({ baseUrl: server.url })
    const warm = async () => (await session.get('/')).text()
    await warm()
    await expect(session.post('/', { json: 1 })).rejects.toMatchObject({
      name: 'ConnectionError',
      code: 'CONNECTION_STALE',
      sent: true,
    })
    await warm()
    expect((await session.post('/', { json: 1, headers: { 'Idempotency-Key': 'k' } })).status).toBe(200)
    expect((await session.post('/', { json: 1, retry: { methods: ['POST'] } })).status).toBe(200)
  })

  it('are not risked with a body that cannot be sent twice', async () => {
    await using server = await resetting()
    await using session = new Session({ baseUrl: server.url })
    await (await session.get('/')).text()
    const body = Readable.from([Buffer.from('once')])
    await expect(session.put('/', { body })).rejects.toMatchObject({ code: 'CONNECTION_STALE' })
  })

  it('are not met at all when the server had closed them before', async () => {
    await using server = await serveHttp((_request, reply) => void reply.end('ok'))
    await using session = new Session({ baseUrl: server.url })
    for (let round = 1; round <= 3; round += 1) {
      expect(await (await session.post('/', { json: 1 })).text()).toBe('ok')
      for (const socket of server.sockets) socket.end()
      await until(() => session.stats().idle === 0)
    }
    expect(session.stats().staleResends).toBe(0)
  })
})

it('response.links and lines()', async () => {
  await using server = await serveHttp((_request, reply) => {
    reply.writeHead(200, { link: '</items?page=2>; rel="next"' })
    reply.write('one\r\ntwo\nthr')
    reply.end('ee\n\nlast')
  })
  await using session = new Session({ baseUrl: server.url })
  const response = await session.get('/items')
  expect(response.links.next?.url).toBe(`${server.url}/items?page=2`)
  const lines: string[] = []
  for await (const line of response.lines()) lines.push(line)
  expect(lines).toEqual(['one', 'two', 'three', '', 'last'])
  expect(() => response.stream()).not.toThrow()
})

it('text(), lines() and json() go by the mark and the charset of what came', async () => {
  await using server = await serveHttp((request, reply) => {
    const charset = 'title="; charset=utf-8"; charset="windows-1251"'
    if (request.url === '/russian') {
      reply.writeHead(200, { 'content-type': `text/plain; ${charset}` }).end(Buffer.from([0xe4, 0xe0, 0x0a, 0xed]))
    } else reply.writeHead(200, { 'content-type': `text/plain; ${charset}` }).end('\ufeff["да"]')
  })
  await using session = new Session({ baseUrl: server.url })
  expect(await (await session.get('/russian')).text()).toBe('да\nн')
  const lines: string[] = []
  for await (const line of (await session.get('/russian')).lines()) lines.push(line)
  expect(lines).toEqual(['да', 'н'])
  const marked = await session.get('/')
  expect([await marked.text(), await marked.json()]).toEqual(['["да"]', ['да']])
})
