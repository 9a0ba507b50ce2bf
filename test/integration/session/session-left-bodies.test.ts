import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { type HttpResponse, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { listen, makeIdentity, serveHttp, until } from './test-servers.ts'

/** Fails long before a time-out of 300 s would have ended what hangs. */
function soon<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => reject(new Error('still hangs')), 15_000)
    work.then(resolve, reject).finally(() => clearTimeout(giveUp))
  })
}

async function* endlessLines() {
  for (;;) yield Buffer.from(`${'x'.repeat(1_000)}\n`.repeat(40))
}

/** Bodies without an end: as fast as they are taken, or a line from time to time; gzipped when asked so. */
function endless(request: IncomingMessage | Http2ServerRequest, answer: ServerResponse | Http2ServerResponse): void {
  const reply = answer as ServerResponse
  if (request.url === '/next') return void reply.end('next')
  const isGzip = request.url?.includes('gzip') === true
  if (isGzip) reply.setHeader('content-encoding', 'gzip')
  const out = isGzip ? createGzip() : reply
  if (out !== reply) (out as Readable & NodeJS.WritableStream).pipe(reply)
  reply.on('error', () => {})
  if (request.url?.startsWith('/fast')) return void Readable.from(endlessLines()).pipe(out as NodeJS.WritableStream)
  const write = () => {
    if (reply.destroyed) return clearInterval(drip)
    out.write('drip\n')
    if ('flush' in out) out.flush()
  }
  const drip = setInterval(write, 10)
  reply.once('close', () => clearInterval(drip))
  write()
}

async function serveEndless(protocol: string) {
  if (protocol === 'http/1.1') return { server: await serveHttp(endless), options: {} }
  const authority = await makeIdentity('test authority', { isAuthority: true })
  const leaf = await makeIdentity('localhost', { ca: authority })
  const server = await listen(createSecureServer(leaf, endless), 'https')
  return { server, options: { ca: authority.cert, allowH2: true } }
}

type Begun = { readonly next: () => Promise<unknown> }

const begin: Readonly<Record<string, (session: Session, path: string) => Promise<Begun>>> = {
  'stream()': async (session, path) => {
    const reader = (await session.get(path)).stream().getReader()
    await reader.read()
    return { next: () => reader.read() }
  },
  'lines()': async (session, path) => {
    const lines = (await session.get(path)).lines()
    await lines.next()
    return lines
  },
  'the body of session.fetch': async (session, path) => {
    const reader = ((await session.fetch(path)).body as ReadableStream).getReader()
    await reader.read()
    return { next: () => reader.read() }
  },
}

const rows = ['http/1.1', 'h2'].flatMap((protocol) =>
  ['/fast', '/fast-gzip', '/drip', '/drip-gzip'].flatMap((path) =>
    Object.keys(begin).map((how) => ({ protocol, path, how })),
  ),
)

/** Reads on to the error that the body was ended with. */
async function readOn({ next }: Begun): Promise<never> {
  for (;;) await next()
}

describe('a body that was begun and left', () => {
  it.each(rows)('as $how of $path over $protocol does not keep close() waiting for ever', async (row) => {
    const { server, options } = await serveEndless(row.protocol)
    await using running = server
    const session = new Session({
      baseUrl: running.url,
      timeoutMs: { body: 400 },
      pool: { connections: 1, unreadBodyTimeoutMs: 20 },
      ...options,
    })
    const begun = await begin[row.how]?.(session, row.path)
    await soon(session.close())
    await soon(until(() => running.open === 0))
    // The drip may have been late on a busy machine.
    const ending = await readOn(begun as Begun).catch((error: unknown) => error)
    const error = ending instanceof TypeError ? ending.cause : ending
    expect(['BODY_UNREAD', 'BODY_TIMEOUT']).toContain((error as { code?: unknown }).code)
  })

  it('says so to a reader who comes back after all', async () => {
    await using server = await serveHttp(endless)
    const session = new Session({
      baseUrl: server.url,
      timeoutMs: { body: 100 },
      pool: { unreadBodyTimeoutMs: 20 },
    })
    const begun = await begin['stream()']?.(session, '/fast')
    await soon(session.close())
    await expect(readOn(begun as Begun)).rejects.toMatchObject({
      name: 'BodyError',
      code: 'BODY_UNREAD',
      message: expect.stringContaining('for more than 100 ms (timeoutMs.body)'),
    })
  })

  it('holds whoever waits for its connection up until their own limit', async () => {
    await using server = await serveHttp(endless)
    await using session = new Session({ baseUrl: server.url, pool: { connections: 1 } })
    const left = await session.get('/fast')
    const reader = left.stream().getReader()
    await reader.read()
    const waiting = session.get('/next', { timeoutMs: { pool: 50 } }).text()
    await expect(soon(waiting)).rejects.toMatchObject({ name: 'PoolTimeout' })
    const total = session.get('/next', { timeoutMs: 50 }).text()
    await expect(soon(total)).rejects.toMatchObject({ name: 'TotalTimeout' })
    await reader.cancel()
  })

  it.each([1, 4])('gives its connection up to whoever waits for it, with pipelining %i', async (pipelining) => {
    await using server = await serveHttp(endless)
    const pool = { connections: 1, unreadBodyTimeoutMs: 20, pipelining }
    await using session = new Session({ baseUrl: server.url, timeoutMs: { body: 100 }, pool })
    const reader = (await session.get('/fast')).stream().getReader()
    await reader.read()
    expect(await soon(session.get('/next').text())).toBe('next')
  })

  it('is waited for by close() while its reader lives', async () => {
    await using server = await serveHttp((_request, reply) => void reply.end(Buffer.alloc(1_000_000)))
    const session = new Session({ baseUrl: server.url, timeoutMs: { body: 60_000 }, pool: { unreadBodyTimeoutMs: 1 } })
    const response: HttpResponse = await session.get('/')
    let bytes = 0
    let closing: Promise<void> | undefined
    for await (const piece of response.stream()) {
      closing ??= session.close()
      bytes += piece.length
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(bytes).toBe(1_000_000)
    await soon(closing as Promise<void>)
  })
})
