import { createReadStream, readdirSync, readlinkSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { Adapter, digest, post, type RequestOptions, Session, type SessionOptions } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from './debian-servers.ts'
import { listen, serveHttp, type TestServer, until } from './test-servers.ts'

// Whoever is given a stream as a body owns it until it ends: however the call goes, the file is closed in the end.

const file = 'package-lock.json'

const closing = (stream: Readable) => new Promise((resolve) => stream.once('close', resolve))

/** How often this process has the file open. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).endsWith(`/${file}`)).length
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}

type Way = {
  readonly options?: SessionOptions
  readonly call?: RequestOptions
  readonly path?: string
  readonly before?: (session: Session, server: TestServer) => unknown
  readonly after?: (session: Session) => unknown
}

const aborted = AbortSignal.abort(new Error('enough'))
const thrown = () => {
  throw new Error('no')
}

const ways: Readonly<Record<string, Way>> = {
  'a wrong option': { call: { maxRedirects: -1 } },
  'two bodies': { call: { json: 1 } },
  'a wrong header': { call: { headers: { 'a b': 'c' } } },
  'a wrong URL': { path: 'ftp://h/' },
  'a closed session': { before: (session) => session.close() },
  'a destroyed session': { before: (session) => session.destroy() },
  'a session destroyed meanwhile': { path: '/hang', after: (session) => session.destroy() },
  'an aborted signal': { call: { signal: aborted } },
  'a hook that throws': { call: { hooks: { beforeRequest: thrown } } },
  'a signer that throws': { call: { auth: thrown } },
  'a refused connection': { path: 'http://127.0.0.1:CLOSED/' },
  'a refused connection, tried again': { path: 'http://127.0.0.1:CLOSED/', call: { retry: 3 } },
  'a connection that takes too long': { path: 'https://127.0.0.1:SILENT/', call: { timeoutMs: { connect: 20 } } },
  'an abort while it waits': {
    options: { pool: { connections: 1 } },
    before: (session) => void session.get('/hang').catch(() => {}),
    call: { signal: AbortSignal.timeout(20) },
  },
  PoolTimeout: {
    options: { pool: { connections: 1 }, timeoutMs: { pool: 20 } },
    before: (session) => void session.get('/hang').catch(() => {}),
  },
  HeadersTimeout: { path: '/hang', call: { timeoutMs: { headers: 20 } } },
  TotalTimeout: { path: '/hang', call: { timeoutMs: 20 } },
  'a redirect that drops it': { path: '/303' },
  'a redirect that would need it again': { path: '/307' },
  'a 401 that would need it again': { path: '/401', call: { auth: digest('ann', 'secret') } },
  'a 503 that is tried again': { path: '/503', call: { retry: { total: 2, statuses: [503] } } },
  'an early answer': { path: '/early' },
  'a reset': { path: '/reset' },
  'an answer': { path: '/echo' },
  'a transport that throws': {
    before: (session) => {
      const transport = { send: thrown, stats: thrown, close: async () => {}, destroy: async () => {} }
      session.mount('http://', new Adapter({ transport }))
    },
  },
}

describe('a stream given as a body is closed after', () => {
  let server: TestServer
  let silent: TestServer
  let closedPort: number
  beforeAll(async () => {
    closedPort = await freePort()
    silent = await listen(createServer(() => {}))
    server = await serveHttp((request, reply) => {
      const { url } = request
      if (url === '/hang') return
      if (url === '/reset') request.socket.resetAndDestroy()
      else if (url === '/early') reply.writeHead(413).end('no')
      else if (url === '/303' || url === '/307') reply.writeHead(Number(url.slice(1)), { location: '/echo' }).end()
      else if (url === '/401')
        reply.writeHead(401, { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' }).end()
      else if (url === '/503') reply.writeHead(503).end()
      else request.resume().on('end', () => reply.end('ok'))
    })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await silent[Symbol.asyncDispose]()
  })

  const makers: Readonly<
    Record<string, () => { readonly options: RequestOptions; readonly closed: Promise<unknown> }>
  > = {
    'a file': () => {
      const stream = createReadStream(file)
      return { options: { body: stream }, closed: closing(stream) }
    },
    'a file among fields': () => {
      const stream = createReadStream(file)
      return { options: { multipart: { a: 'b', file: { content: stream } } }, closed: closing(stream) }
    },
    'a file among pairs of fields': () => {
      const stream = createReadStream(file)
      const pairs: RequestOptions['multipart'] = [
        ['a', 'b'],
        ['file', stream],
      ]
      return { options: { multipart: pairs }, closed: closing(stream) }
    },
    'a web stream': () => {
      const stream = createReadStream(file)
      return { options: { body: Readable.toWeb(stream) as ReadableStream<Uint8Array> }, closed: closing(stream) }
    },
    'a web stream among fields': () => {
      const stream = createReadStream(file)
      const content = Readable.toWeb(stream) as ReadableStream<Uint8Array>
      return { options: { multipart: { file: { content } } }, closed: closing(stream) }
    },
  }

  it.each(Object.keys(makers).flatMap((maker) => Object.keys(ways).map((way) => [way, maker] as const)))(
    '%s: %s',
    async (name, maker) => {
      const { options, call, path = '/echo', before, after } = ways[name] as Way
      const session = new Session({ baseUrl: server.url, ...options })
      await before?.(session, server)
      const made = (makers[maker] as (typeof makers)[string])()
      const url = path.replace('CLOSED', String(closedPort)).replace('SILENT', String(silent.port))
      const done = session.post(url, { ...made.options, ...call }).then(
        (response) => response.discard(),
        () => {},
      )
      await after?.(session)
      await Promise.all([done, made.closed])
      await session.destroy()
      await until(() => openFiles() === 0)
    },
  )

  it('a one-off call with a wrong option or a refused connection', async () => {
    const streams = [createReadStream(file), createReadStream(file)]
    const closed = streams.map((stream) => closing(stream))
    const url = `http://127.0.0.1:${closedPort}/`
    await expect(post(url, { body: streams[0], maxRedirects: -1 })).rejects.toThrow()
    await expect(post(url, { body: streams[1] })).rejects.toThrow()
    await Promise.all(closed)
  })

  it('a call of many that is never made', async () => {
    await using session = new Session({ baseUrl: server.url })
    const streams = Array.from({ length: 5 }, () => createReadStream(file))
    const closed = streams.map((stream) => closing(stream))
    const inputs = streams.map((body) => ({ method: 'POST', url: 'ftp://h/', options: { body } }))
    await expect(session.all(inputs, { concurrency: 1 })).rejects.toMatchObject({ code: 'INVALID_URL' })
    await Promise.all(closed)
  })
})

describe('a stream given as a body', () => {
  it('that cannot be opened fails its call, and nothing else', async () => {
    await using server = await serveHttp((request, reply) => void request.resume().on('end', () => reply.end('ok')))
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    const missing = () => createReadStream('/does/not/exist')
    for (const make of [() => ({ body: missing() }), () => ({ multipart: { file: { content: missing() } } })]) {
      const error = await session.post('/', make()).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ name: 'BodyError', code: 'BODY_UPLOAD', cause: { code: 'ENOENT' } })
    }
    expect((await session.get('/')).status).toBe(200)
  })

  it('that fails while its call waits for a connection fails it there', async () => {
    let asked = 0
    await using server = await serveHttp(() => void asked++)
    const session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    void session.get('/').catch(() => {})
    await until(() => asked === 1)
    const error = await session
      .post('/', { body: createReadStream('/does/not/exist') })
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'BODY_UPLOAD' })
    expect(session.stats()).toMatchObject({ busy: 1, pending: 0 })
    await session.destroy()
  })

  it('of which somebody else has a reader is an InvalidOption', async () => {
    const stream = new ReadableStream<Uint8Array>()
    stream.getReader()
    await expect(post('http://127.0.0.1:9/', { body: stream })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it('that is a generator is ended, if it has begun', async () => {
    await using server = await serveHttp((_request, reply) => void reply.writeHead(413).end('no'))
    let ended = false
    async function* endless() {
      try {
        for (;;) yield Buffer.alloc(64 * 1024)
      } finally {
        ended = true
      }
    }
    await using session = new Session({ baseUrl: server.url })
    await session.post('/', { body: endless() }).then(
      (response) => response.discard(),
      () => {},
    )
    await until(() => ended)
  })
})

describe('a stream given to session.fetch', () => {
  it.each([
    ['a refused connection', 'http://127.0.0.1:CLOSED/', {}],
    ['a wrong URL', 'ftp://h/', {}],
    ['an aborted signal', 'http://127.0.0.1:CLOSED/', { signal: aborted }],
    ['a wrong method', 'http://127.0.0.1:CLOSED/', { method: 'a b' }],
  ])('is closed after %s', async (_, url, more) => {
    await using session = new Session()
    const body = createReadStream(file)
    const closed = closing(body)
    const init = { method: 'POST', body, duplex: 'half', ...more } as unknown as RequestInit
    await expect(session.fetch(url.replace('CLOSED', String(await freePort())), init)).rejects.toThrow()
    await closed
    await until(() => openFiles() === 0)
  })

  it('is sent, and closed', async () => {
    let sent = 0
    await using server = await serveHttp((request, reply) => {
      request.on('data', (bytes: Buffer) => {
        sent += bytes.length
      })
      request.on('end', () => reply.end('ok'))
    })
    await using session = new Session()
    const body = createReadStream(file)
    const closed = closing(body)
    const init = { method: 'POST', body, duplex: 'half' } as unknown as RequestInit
    expect(await (await session.fetch(server.url, init)).text()).toBe('ok')
    await closed
    expect(sent).toBe(statSync(file).size)
  })
})
