import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

let server: FixtureServer
const timers: NodeJS.Timeout[] = []

beforeAll(async () => {
  server = await startFixtureServer({ bodyTimeoutMs: 300, headTimeoutMs: 300 })
})
beforeEach(() => server.resetLedger())
afterEach(() => {
  for (const timer of timers.splice(0)) clearInterval(timer)
})
afterAll(() => server.close())

/** Sends the bytes again and again, for as long as the test lasts. */
function drip(client: RawClient, bytes: string | Buffer = 'x'): void {
  const timer = setInterval(() => client.socket.writable && client.send(bytes), 20)
  client.socket.once('error', () => clearInterval(timer))
  timers.push(timer)
}

/** Ended as a whole, and not only the server's half; a client that still writes is told by a reset. */
function closed({ socket }: RawClient): Promise<unknown> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve))
}

/** What the listener has answered: a reply may get lost behind a proxy whose client still writes. */
function answers(): Readonly<Record<string, number>> {
  return server.ledger().listeners.http.replies
}

const hostOf = (url: string) => new URL(url).host
const head = (start: string, more = '') => `${start} HTTP/1.1\r\nHost: a\r\n${more}Content-Length: 1000000\r\n\r\n`

describe('a body that drips', () => {
  test.each([
    ['the lane', 'http', 'POST /post'],
    ['the lane, which does not read it', 'http', 'GET /get'],
    ['node:http', 'http', 'POST /anything'],
    ['the lane over TLS', 'https', 'POST /post'],
    ['node:http over TLS', 'https', 'PUT /put'],
  ] as const)('is answered 408 by %s, and the connection ends', async (_name, listener, start) => {
    const client = await RawClient.connect(server.urls[listener], { ca: server.ca })
    client.send(head(start))
    drip(client)
    const { status, headers } = await client.reply()
    expect([status, headers.connection]).toEqual([408, 'close'])
    await client.ended()
  })

  test('is not waited for when its route has answered without it', async () => {
    const client = await RawClient.connect(server.urls.http)
    client.send(head('GET /headers'))
    expect((await client.reply()).status).toBe(200)
    drip(client)
    await client.ended()
  })

  test.each(['1\r\nx\r\n', '1;a=b\r\nx\r\n'])('in chunks is no better: %j', async (chunk) => {
    for (const path of ['/post', '/anything']) {
      const client = await RawClient.connect(server.urls.http)
      client.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`)
      drip(client, chunk)
      expect((await client.reply()).status).toBe(408)
      await client.ended()
    }
  })

  test.each(['/post', '/headers', '/anything'])('ends its stream over HTTP/2: %s', async (path) => {
    const session = connectHttp2(server.urls.h2, { ca: server.ca })
    const stream = session.request(
      { ':path': path, ':method': path === '/headers' ? 'GET' : 'POST' },
      { endStream: false },
    )
    stream.on('error', () => {})
    timers.push(setInterval(() => stream.writable && stream.write('x'), 50))
    const [fields] = (await once(stream, 'response')) as [Record<string, string>]
    expect(Number(fields[':status'])).toBe(path === '/headers' ? 200 : 408)
    stream.resume()
    await once(stream, 'close')
    // The others on the connection go on.
    const other = session.request({ ':path': '/get' })
    const [more] = (await once(other, 'response')) as [Record<string, string>]
    expect(Number(more[':status'])).toBe(200)
    session.destroy()
  })

  test('through the forward proxy ends there too', async () => {
    for (const path of ['/post', '/anything', '/headers']) {
      const client = await RawClient.connect(server.urls.proxy)
      client.send(head(`${path === '/headers' ? 'GET' : 'POST'} ${server.urls.http}${path}`))
      drip(client)
      await client.ended()
    }
    expect(answers()).toMatchObject({ '/post 408': 1, '/anything 408': 1, '/headers 200': 1 })
  })

  test('to a proxy that refuses its request ends there', async () => {
    for (const target of [`${server.urls.control}/health`, 'http://127.0.0.1:1/']) {
      const client = await RawClient.connect(server.urls.proxy)
      client.send(head(`POST ${target}`))
      drip(client)
      expect((await client.reply()).status).toBe(403)
      await closed(client)
    }
    const client = await RawClient.connect(server.urls.proxyAuth)
    client.send(head(`POST ${server.urls.http}/post`))
    drip(client)
    expect((await client.reply()).status).toBe(407)
    await closed(client)
  })

  test('through tunnels ends as it would without', async () => {
    const tunnel = await RawClient.connect(server.urls.proxy)
    tunnel.send(`CONNECT ${hostOf(server.urls.http)} HTTP/1.1\r\nHost: a\r\n\r\n`)
    await tunnel.reply()
    const socks = await RawClient.connect(server.urls.socks.replace('socks5', 'http'))
    const port = Number(new URL(server.urls.http).port)
    socks.send(Buffer.from([5, 1, 0]))
    await socks.take(2)
    socks.send(Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 0xff]))
    await socks.take(10)
    for (const client of [tunnel, socks]) {
      client.send(head('POST /post'))
      drip(client)
      await client.ended()
    }
    expect(answers()).toEqual({ '/post 408': 2 })
  })

  test('to the control port ends there', async () => {
    const client = await RawClient.connect(server.urls.control)
    const fields = `Host: ${hostOf(server.urls.control)}\r\nContent-Type: application/json\r\n`
    client.send(`POST /faults HTTP/1.1\r\n${fields}Content-Length: 10000\r\n\r\n`)
    drip(client)
    expect((await client.reply()).status).toBe(408)
    await client.ended()
  })

  test('is no body that is merely slower than others', async () => {
    const client = await RawClient.connect(server.urls.http)
    client.send('POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n')
    while (server.ledger().listeners.http.requests < 1) await new Promise(setImmediate)
    client.send('x'.repeat(4_000))
    // Longer than the limit for a body of which nothing has come.
    await new Promise((resolve) => setTimeout(resolve, 400))
    client.send('x'.repeat(1_000))
    expect((await client.reply()).status).toBe(200)
    await client.close()
  })
})

test.each(['proxy', 'control', 'http'] as const)('a head that drips ends at %s', async (name) => {
  const client = await RawClient.connect(server.urls[name])
  client.send('GET /')
  drip(client)
  await client.ended()
})

test('requests with bodies leave no timers behind', async () => {
  const client = await RawClient.connect(server.urls.http)
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  for (let i = 0; i < 200; i++) {
    client.send(`POST ${i % 2 ? '/post' : '/anything'} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc`)
    expect((await client.reply()).status).toBe(200)
  }
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThan(before + 20)
  await client.close()
})
