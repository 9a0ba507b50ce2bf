import { constants, createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { Session } from 'sessionbench/session'
import { beforeAll, describe, expect, it } from 'vitest'
import { startFixtureServer } from '../../../fixtures-server/index.ts'
import { type Identity, listen, makeIdentity, type TestServer, until } from './test-servers.ts'

// Whatever ends a connection that several requests are on: no more connections than requests are opened, and each call
// comes to an end.

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Does something with each request that comes in; `connection` and `request` count from 1. */
type Script = (socket: Socket, at: { readonly connection: number; readonly request: number }) => void

function serveScript(script: Script): Promise<TestServer> {
  let connection = 0
  const server = createServer((socket) => {
    connection += 1
    const own = connection
    let request = 0
    let rest = ''
    socket.on('data', (chunk) => {
      const heads = (rest + chunk).split('\r\n\r\n')
      rest = heads.pop() as string
      for (const _head of heads) {
        request += 1
        script(socket, { connection: own, request })
      }
    })
  })
  return listen(server)
}

const statuses = (calls: readonly Promise<{ readonly status: number }>[]) =>
  Promise.allSettled(calls).then((settled) =>
    settled.map((one) => (one.status === 'fulfilled' ? one.value.status : String(one.reason))),
  )

describe('a connection that ends under several pipelined requests', () => {
  it.each([
    ['is reset', (socket: Socket) => void socket.resetAndDestroy()],
    ['is closed', (socket: Socket) => void socket.destroy()],
    ['is half closed', (socket: Socket) => void socket.end()],
    ['sends garbage', (socket: Socket) => void socket.write('no HTTP at all\r\n\r\n')],
  ])('that %s costs one connection more, for all of them', async (_way, end) => {
    await using server = await serveScript((socket, { connection, request }) => {
      if (connection > 1 || request === 1) socket.write(OK)
      else if (request === 4) end(socket)
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1, pipelining: 8 } })
    await (await session.get('/warm')).bytes()
    const found = await statuses(['/a', '/b', '/c'].map((path) => session.get(path)))
    expect(found.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2)
    expect(server.connections).toBe(2)
  })

  it.each([2, 4, 8])('after one answer with Connection: close each loses no call, %i at a time', async (pipelining) => {
    const close = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'
    await using server = await serveScript((socket, { request }) => {
      if (request === 1) socket.end(close)
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 2, pipelining } })
    const found = await statuses(Array.from({ length: 20 }, () => session.get('/')))
    expect(found).toEqual(Array(20).fill(200))
    expect(server.connections).toBe(20)
    expect(session.stats().staleResends).toBe(0)
  })

  it('because the first of them was aborted loses none of the others', async () => {
    await using server = await serveScript((socket, { connection }) => {
      if (connection > 5) socket.write(OK)
    })
    await using session = new Session({
      baseUrl: server.url,
      timeoutMs: 15_000,
      pool: { connections: 1, pipelining: 8 },
    })
    const stops = Array.from({ length: 5 }, () => new AbortController())
    const aborted = statuses(stops.map(({ signal }) => session.get('/aborted', { signal })))
    const others = statuses(['/a', '/b', '/c'].map((path) => session.get(path)))
    for (const [index, stop] of stops.entries()) {
      await until(() => server.connections === index + 1 && session.stats().busy === 8 - index)
      stop.abort(new Error('enough'))
    }
    expect(await aborted).toEqual(Array(5).fill('Error: enough'))
    expect(await others).toEqual([200, 200, 200])
    expect(server.connections).toBe(6)
  })

  it('that each one ends comes to an end', async () => {
    await using server = await serveScript((socket) => void socket.destroy())
    await using session = new Session({ baseUrl: server.url, pool: { connections: 2, pipelining: 8 } })
    await statuses(Array.from({ length: 40 }, (_, n) => session.get(`/${n}`)))
    const { connectionsOpened, staleResends } = session.stats()
    expect(connectionsOpened).toBeLessThanOrEqual(40 + staleResends)
    expect(server.connections).toBeLessThanOrEqual(40 + staleResends)
  })

  it('now and then, at random, loses no call', async () => {
    const target = await startFixtureServer({ seed: 1 })
    await target.setFaults({ resetReused: 0.05, seed: 1 })
    const session = new Session({ baseUrl: target.urls.http, pool: { connections: 4, pipelining: 4 } })
    const found = await statuses(Array.from({ length: 400 }, (_, n) => session.get(`/get?${n}`)))
    await session.close()
    await target.close()
    // One resend each: a call that meets a reset twice fails, which must stay rare.
    expect(found.filter((status) => status === 200).length).toBeGreaterThan(380)
    expect(session.stats().connectionsOpened).toBeLessThanOrEqual(400 + session.stats().staleResends)
  })
})

describe('an HTTP/2 connection that ends', () => {
  let authority: Identity
  let leaf: Identity
  beforeAll(async () => {
    authority = await makeIdentity('test authority', { isAuthority: true })
    leaf = await makeIdentity('localhost', { ca: authority })
  })

  type End = (at: { session: ServerHttp2Session; stream: ServerHttp2Stream; socket: Socket }) => void

  /** The first connection comes to its end at its nth stream, which gets no answer; all others answer. */
  async function serveH2(nth: number, end: End): Promise<TestServer> {
    const server = createSecureServer(leaf)
    let socket: Socket
    let sessions = 0
    server.on('connection', (one: Socket) => {
      socket = one
    })
    server.on('session', (session) => {
      sessions += 1
      const isFirst = sessions === 1
      const own = socket
      let streams = 0
      session.on('error', () => {})
      session.on('stream', (stream) => {
        streams += 1
        stream.on('error', () => {})
        if (isFirst && streams === nth) end({ session, stream, socket: own })
        else if (!stream.destroyed) {
          stream.respond()
          stream.end('ok')
        }
      })
    })
    return listen(server, 'https')
  }

  const { NGHTTP2_NO_ERROR, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = constants
  const ends: readonly (readonly [string, End])[] = [
    ['a graceful GOAWAY', ({ session }) => void session.close()],
    ['GOAWAY that takes nothing', ({ session }) => session.goaway(NGHTTP2_NO_ERROR, 0)],
    ['GOAWAY that takes the first', ({ session }) => session.goaway(NGHTTP2_NO_ERROR, 1)],
    ['GOAWAY with an error', ({ session }) => session.goaway(NGHTTP2_ENHANCE_YOUR_CALM, 0)],
    ['an end without GOAWAY', ({ socket }) => void socket.end()],
    ['a closed socket', ({ socket }) => void socket.destroy()],
    ['a reset', ({ socket }) => void socket.resetAndDestroy()],
    ['no TLS any more', ({ socket }) => void socket.write('what is this?')],
    ['its session destroyed', ({ session }) => session.destroy()],
    ['a stream reset', ({ stream }) => stream.close(NGHTTP2_CANCEL)],
    ['a stream refused', ({ stream }) => stream.close(NGHTTP2_REFUSED_STREAM)],
    ['no room for any stream', ({ session }) => session.settings({ maxConcurrentStreams: 0 })],
  ]

  it.each([1, 3].flatMap((nth) => ends.map(([name, end]) => [name, nth, end] as const)))(
    'with %s at stream %i',
    async (_name, nth, end) => {
      await using server = await serveH2(nth, end)
      await using session = new Session({
        ca: authority.cert,
        allowH2: true,
        baseUrl: server.url,
        pool: { connections: 1 },
        timeoutMs: { headers: 300 },
      })
      const found = await statuses(Array.from({ length: 8 }, (_, n) => session.get(`/${n}`)))
      // Those that the first connection had taken may be lost with it, and with no room everybody may have waited for it.
      expect(found).toHaveLength(8)
      expect((await session.get('/after')).status).toBe(200)
      expect(server.connections).toBeLessThanOrEqual(9 + session.stats().staleResends)
    },
  )

  it('loses none that the server says it did not take, POSTs included', async () => {
    await using server = await serveH2(4, ({ session, stream }) => {
      session.goaway(NGHTTP2_NO_ERROR, 7)
      stream.respond()
      stream.end('ok')
    })
    await using session = new Session({
      ca: authority.cert,
      allowH2: true,
      baseUrl: server.url,
      pool: { connections: 1 },
    })
    await (await session.get('/warm')).bytes()
    const found = await statuses(Array.from({ length: 30 }, (_, n) => session.post(`/${n}`, { json: n })))
    expect(found).toEqual(Array(30).fill(200))
    expect(server.connections).toBe(2)
  })

  it('sends nothing twice that the server had taken', async () => {
    const taken: string[] = []
    await using server = await serveH2(2, ({ session, stream, socket }) => {
      taken.push('POST')
      session.goaway(NGHTTP2_NO_ERROR, stream.id ?? 0)
      // What it has said gets there first.
      setTimeout(() => socket.destroy(), 20)
    })
    await using session = new Session({
      ca: authority.cert,
      allowH2: true,
      baseUrl: server.url,
      pool: { connections: 1 },
    })
    await (await session.get('/warm')).bytes()
    await expect(session.post('/', { json: 1 })).rejects.toMatchObject({ name: 'ConnectionError', sent: true })
    expect((await session.get('/after')).status).toBe(200)
    expect([taken, session.stats().staleResends]).toEqual([['POST'], 0])
  })

  it.each([
    ['their calls', { total: 60 }],
    ['the wait for a connection', { pool: 60 }],
    ['the answer', { headers: 60 }],
  ])('because it lets no request begin does not keep the others, whose limit is that of %s', async (_what, limits) => {
    await using server = await serveH2(2, ({ session, stream }) => {
      session.settings({ maxConcurrentStreams: 0 })
      stream.respond()
      stream.end('ok')
    })
    const options = { ca: authority.cert, allowH2: true, baseUrl: server.url, pool: { connections: 1 } }
    await using session = new Session({ ...options, timeoutMs: { headers: 400, ...limits } })
    await (await session.get('/warm')).bytes()
    await (await session.get('/last')).bytes()
    const found = await statuses([session.get('/a'), session.get('/b')])
    expect(found.every((status) => status === 200 || /Timeout/.test(String(status)))).toBe(true)
    expect((await session.get('/after')).status).toBe(200)
    // Those that were called off with it may have asked for one in between.
    expect(server.connections).toBeLessThanOrEqual(3)
  })
})
