import { createServer, type Socket } from 'node:net'
import { get, HttpHeaders, request, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { listen, type TestServer, until } from './test-servers.ts'

/** Answers each head that comes in with whatever `answer` writes; a body is not looked at. */
function serveHeads(answer: (socket: Socket, path: string, connection: number) => void): Promise<TestServer> {
  let connections = 0
  return listen(
    createServer((socket) => {
      connections += 1
      const own = connections
      socket.on('data', (chunk) => {
        for (const [, path] of String(chunk).matchAll(/(?:GET|POST|PUT|HEAD) (\S+) HTTP\/1\.1\r\n/g))
          answer(socket, path as string, own)
      })
    }),
  )
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'

describe('interim responses', () => {
  it.each([
    ['100 that nobody asked for', CONTINUE + OK],
    ['several of them, in one piece', CONTINUE + CONTINUE + HINTS + CONTINUE + OK],
    ['102', `HTTP/1.1 102 Processing\r\n\r\n${OK}`],
    ['100 with headers', `HTTP/1.1 100 Continue\r\nX-A: b\r\nContent-Length: 0\r\n\r\n${OK}`],
  ])('are passed over: %s', async (_what, answer) => {
    await using server = await serveHeads((socket) => void socket.write(answer))
    await using session = new Session({ baseUrl: server.url })
    for (let call = 0; call < 3; call += 1) {
      const response = await session.post('/', { body: 'x' })
      expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([200, null, 'ok'])
    }
    expect(await (await get(server.url)).text()).toBe('ok')
    expect(server.connections).toBe(2)
  })

  it('are passed over byte by byte, and between pipelined answers', async () => {
    const pieces: [Socket, string][] = []
    await using server = await serveHeads((socket) => {
      for (const byte of CONTINUE + OK) pieces.push([socket, byte])
    })
    const timer = setInterval(() => {
      const [socket, byte] = pieces.shift() ?? []
      if (byte !== undefined) socket?.write(byte)
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1, pipelining: 3 } })
    const texts = await Promise.all(['/a', '/b', '/c'].map(async (path) => (await session.get(path)).text()))
    clearInterval(timer)
    expect(texts).toEqual(['ok', 'ok', 'ok'])
    expect(server.connections).toBe(1)
  })

  it('are no part of a body that looks like one', async () => {
    await using server = await serveHeads(
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${CONTINUE.length}\r\n\r\n${CONTINUE}`),
    )
    expect(await (await get(server.url)).text()).toBe(CONTINUE)
  })

  it('do not put off the end of timeoutMs.headers', async () => {
    await using server = await serveHeads((socket) => {
      const timer = setInterval(() => socket.write(HINTS), 20)
      socket.on('close', () => clearInterval(timer))
    })
    await using session = new Session({ baseUrl: server.url, timeoutMs: { headers: 200 } })
    const error = await session.get('/').catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'HeadersTimeout', code: 'HEADERS_TIMEOUT', timeoutMs: 200 })
    await until(() => server.open === 0)
  })
})

describe('Expect', () => {
  it('is refused before anything is sent, with a word on why', async () => {
    await using server = await serveHeads((socket) => void socket.write(OK))
    await using session = new Session({ baseUrl: server.url })
    const headers = { Expect: '100-continue' }
    for (const send of [() => session.post('/', { headers }), () => request('POST', server.url, { headers })])
      await expect(send()).rejects.toMatchObject({
        name: 'InvalidHeader',
        code: 'INVALID_HEADER',
        message: expect.stringContaining('100 Continue'),
      })
    expect(() => new HttpHeaders().set('expect', '100-continue')).toThrow(/Expect/i)
    expect(server.connections).toBe(0)
  })
})

describe('a final answer before the body is out', () => {
  const TOO_LARGE = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nno!'
  const large = Buffer.alloc(20_000_000)

  async function* endless() {
    for (;;) yield Buffer.alloc(64 * 1024)
  }

  it.each([
    ['bytes', () => large],
    ['a Blob', () => new Blob([large])],
    ['a stream', () => endless()],
  ])('costs the connection: %s', async (_what, makeBody) => {
    await using server = await serveHeads((socket, path, connection) => {
      if (connection === 1 && path === '/upload') {
        // Nothing more is read from it.
        socket.pause()
        socket.write(TOO_LARGE)
      } else socket.write(OK)
    })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 }, timeoutMs: { headers: 5_000 } })
    const refused = await session.put('/upload', { body: makeBody() })
    expect([refused.status, await refused.text()]).toEqual([413, 'no!'])
    expect(await (await session.get('/next')).text()).toBe('ok')
    expect(server.connections).toBe(2)
  })
})
