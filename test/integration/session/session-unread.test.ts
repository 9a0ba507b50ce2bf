import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createServer as createTcp } from 'node:net'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { digest, get, type HttpResponse, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { listen, makeIdentity, serveHttp, until } from './test-servers.ts'

/** Fails long before a time-out of 300 s would have ended what hangs. */
function soon<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => reject(new Error('still hangs')), 10_000)
    work.then(resolve, reject).finally(() => clearTimeout(giveUp))
  })
}

/** Two lines at once, then never anything more; gzipped when asked so. */
function pausing(request: IncomingMessage | Http2ServerRequest, reply: ServerResponse | Http2ServerResponse): void {
  if (request.url === '/plain') {
    reply.setHeader('content-type', 'text/plain')
    ;(reply as ServerResponse).write('one\ntwo\nthr')
    return
  }
  reply.setHeader('content-encoding', 'gzip')
  const gzip = createGzip()
  gzip.pipe(reply as ServerResponse)
  gzip.write('one\ntwo\nthr')
  gzip.flush()
}

async function servePausing(protocol: string) {
  if (protocol === 'http/1.1') {
    const server = await serveHttp(pausing)
    return { server, options: {} }
  }
  const authority = await makeIdentity('test authority', { isAuthority: true })
  const leaf = await makeIdentity('localhost', { ca: authority })
  const server = await listen(createSecureServer(leaf, pausing), 'https')
  return { server, options: { ca: authority.cert, allowH2: true } }
}

const leave: Readonly<Record<string, (response: HttpResponse) => Promise<unknown>>> = {
  'breaks out of lines()': async (response) => {
    for await (const line of response.lines()) {
      expect(line).toBe('one')
      break
    }
  },
  'throws within lines()': async (response) => {
    const reading = (async () => {
      for await (const line of response.lines()) throw new Error(`stops at ${line}`)
    })()
    await expect(reading).rejects.toThrow('stops at one')
  },
  'returns from lines() while it waits': async (response) => {
    const lines = response.lines()
    await lines.next()
    await lines.next()
    const third = lines.next()
    expect(await lines.return(undefined)).toEqual({ done: true, value: undefined })
    expect(await third).toEqual({ done: true, value: undefined })
    expect(await lines.next()).toEqual({ done: true, value: undefined })
  },
  'disposes of lines()': async (response) => {
    const lines = response.lines()
    const waiting = [lines.next(), lines.next(), lines.next()]
    await lines[Symbol.asyncDispose]()
    await Promise.all(waiting)
  },
  'cancels the reader while it waits': async (response) => {
    const reader = response.stream().getReader()
    await reader.read()
    const waiting = reader.read()
    await reader.cancel('enough')
    expect(await waiting).toEqual({ done: true, value: undefined })
  },
  'cancels the stream before a byte was read': (response) => response.stream().cancel(),
  'breaks out of stream()': async (response) => {
    for await (const piece of response.stream()) {
      expect(piece.length).toBeGreaterThan(0)
      break
    }
  },
  'disposes of the response with its stream half read': async (response) => {
    const reader = response.stream().getReader()
    await reader.read()
    const waiting = reader.read()
    await response[Symbol.asyncDispose]()
    await expect(waiting).rejects.toMatchObject({ name: 'BodyError', code: 'BODY_DROPPED' })
  },
}

describe.each(['http/1.1', 'h2'])('a body over %s that pauses', (protocol) => {
  describe.each(['/plain', '/gzip'])('%s', (path) => {
    it.each(Object.keys(leave))('is given up at once by a reader who %s', async (how) => {
      const { server, options } = await servePausing(protocol)
      await using running = server
      await using session = new Session({ baseUrl: running.url, pool: { connections: 1 }, ...options })
      for (let turn = 0; turn < 3; turn += 1) {
        const response = await session.get(path)
        await soon((leave[how] as (response: HttpResponse) => Promise<unknown>)(response))
      }
      expect(session.stats()).toMatchObject({ busy: 0, pending: 0 })
      await soon(session.close())
      await soon(until(() => running.open === 0))
    })
  })
})

/** A server that writes these bytes for each request line's path; what it leaves open stays open. */
function serveRaw(answers: Readonly<Record<string, string | readonly string[]>>) {
  return listen(
    createTcp((socket) => {
      socket.on('data', (data) => {
        const path = data.toString().split(' ')[1] as string
        const given = data.toString().includes('Authorization: Digest') ? `${path} signed` : path
        const answer = answers[given] ?? answers[path] ?? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
        const pieces = typeof answer === 'string' ? [answer] : [...answer]
        const write = () => {
          const piece = pieces.shift()
          if (piece !== undefined && !socket.destroyed) socket.write(piece, () => setImmediate(write))
        }
        write()
      })
    }),
  )
}

const missing = (status: string, header: string) => `HTTP/1.1 ${status}\r\n${header}\r\nContent-Length: 5\r\n\r\n`

async function* endless() {
  for (;;) yield Buffer.alloc(40_000)
}

describe('a body that nobody wants and that does not come', () => {
  it('of a redirect holds the call up for a moment only', async () => {
    await using server = await serveRaw({ '/moved': missing('302 Found', 'Location: /ok') })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    const response = await soon(session.get('/moved'))
    expect([response.status, response.url, await response.text()]).toEqual([200, `${server.url}/ok`, 'ok'])
    expect(await soon(get(`${server.url}/moved`).then((one) => one.text()))).toBe('ok')
  })

  it('of a 401 that digest answers', async () => {
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nin'
    const challenge = missing('401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
    await using server = await serveRaw({ '/': challenge, '/ signed': ok })
    await using session = new Session({ baseUrl: server.url, auth: digest('ann', 'pw'), pool: { connections: 1 } })
    expect(await soon(session.get('/').then((one) => one.text()))).toBe('in')
  })

  it('of a 503 that is tried again', async () => {
    await using server = await serveRaw({ '/': missing('503 Busy', 'Retry-After: 0') })
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    const retry = { total: 2, raiseOnStatus: false }
    const response = await soon(session.get('/', { retry }))
    expect([response.status, response.retries.length]).toEqual([503, 2])
    await soon(response.discard())
  })

  it.each(['never comes', 'trickles for ever', 'is announced as large', 'is large'])(
    'is given up by discard() and by await using when it %s',
    async (what) => {
      await using server = await serveHttp((request, reply) => {
        if (request.url === '/next') return void reply.end('next')
        if (what === 'is announced as large') reply.writeHead(200, { 'content-length': 2 ** 40 })
        reply.flushHeaders()
        if (what === 'is large') Readable.from(endless()).pipe(reply)
        if (what !== 'trickles for ever') return
        const drip = setInterval(() => reply.write('.'), 10)
        reply.once('close', () => clearInterval(drip))
      })
      await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
      const discarded = await session.get('/')
      await soon(discarded.discard())
      await expect(discarded.text()).rejects.toMatchObject({ name: 'BodyError', code: 'BODY_DROPPED' })
      expect(await soon(session.get('/next').then((one) => one.text()))).toBe('next')
      await soon(session.get('/').then((one) => one[Symbol.asyncDispose]()))
      expect(session.stats()).toMatchObject({ busy: 0, pending: 0, connectionsOpened: 2 })
    },
  )
})

describe('a body that was given up', () => {
  const late = (status: string, text: string) => [
    `HTTP/1.1 ${status}\r\nLocation: /ok\r\nContent-Length: ${text.length}\r\n\r\n`,
    text.slice(0, 3),
    text.slice(3),
  ]

  it('can still be read when it was small, with its connection kept', async () => {
    await using server = await serveRaw({
      '/moved': late('302 Found', 'moved to /ok'),
      '/': late('200 OK', 'twelve chars'),
    })
    await using session = new Session({ baseUrl: server.url })
    const { history } = await session.get('/moved')
    expect(await history[0]?.text()).toBe('moved to /ok')
    expect(await history[0]?.text()).toBe('moved to /ok')
    const response = await session.get('/')
    await Promise.all([response.discard(), response.discard()])
    expect([await response.text(), session.stats().connectionsOpened]).toEqual(['twelve chars', 1])
    const streamed = await session.get('/')
    const discarding = streamed.discard()
    const pieces: Uint8Array[] = []
    for await (const piece of streamed.stream()) pieces.push(piece)
    await discarding
    expect(Buffer.concat(pieces).toString()).toBe('twelve chars')
  })

  it('says so when it was not', async () => {
    const text = 'x'.repeat(300_000)
    await using server = await serveRaw({ '/moved': late('302 Found', text) })
    await using session = new Session({ baseUrl: server.url })
    const response = await session.get('/moved')
    await expect(response.history[0]?.text()).rejects.toMatchObject({ name: 'BodyError', code: 'BODY_DROPPED' })
    expect(await response.text()).toBe('ok')
  })
})

describe('bodies that nobody reads', () => {
  const take: Readonly<Record<string, (session: Session) => Promise<unknown>>> = {
    'a call': (session) => session.get('/'),
    'session.fetch': (session) => session.fetch('/'),
    'the body of session.fetch': async (session) => (await session.fetch('/')).body,
    'a stream that is taken': async (session) => (await session.get('/')).stream(),
    'lines that are taken': async (session) => (await session.get('/')).lines(),
  }

  it.each(Object.keys(take))('of %s free their connections for others, and for close()', async (how) => {
    await using server = await serveHttp((_request, reply) => void reply.end(Buffer.alloc(130_000)))
    const session = new Session({ baseUrl: server.url, pool: { connections: 3, unreadBodyTimeoutMs: 20 } })
    const taken = take[how] as (session: Session) => Promise<unknown>
    const unread = await Promise.all([taken(session), taken(session), taken(session)])
    const response = await soon(session.get('/'))
    expect((await response.bytes()).length).toBe(130_000)
    await Promise.all([taken(session), taken(session)])
    await soon(session.close())
    expect(unread).toHaveLength(3)
  })

  it.each(['stop half way', 'trickle for ever'])('and that %s hold others up for a while only', async (what) => {
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/next') return void reply.end('next')
      reply.write('.')
      if (what === 'stop half way') return
      const drip = setInterval(() => reply.write('.'), 10)
      reply.once('close', () => clearInterval(drip))
    })
    const session = new Session({ baseUrl: server.url, pool: { connections: 2, unreadBodyTimeoutMs: 20 } })
    const unread = await Promise.all([session.get('/'), session.get('/')])
    expect(await soon(session.get('/next').text())).toBe('next')
    await expect(Promise.all(unread.map((response) => response.text()))).rejects.toMatchObject({ code: 'BODY_UNREAD' })
    await session.get('/')
    await soon(session.close())
  })
})
