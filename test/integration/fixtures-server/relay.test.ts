import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startFixtureServer } from '../../../fixtures-server/index.ts'
import { LatenessBook } from '../../../fixtures-server/link/lateness.ts'
import { makeTransit } from '../../../fixtures-server/link/link-shape.ts'
import { relay } from '../../../fixtures-server/link/relay.ts'
import { Pacer } from '../../../fixtures-server/pacer.ts'
import { FakeClock } from '../../unit/fixtures-server/fake-clock.ts'
import { RawClient } from './raw-client.ts'

const rttMs = 100

/** A server and a relay to it whose clock stands still until everything sent has arrived at the relay. */
async function openFakeLink() {
  const clock = new FakeClock()
  const servers: Server[] = []
  const open = async (serve: (socket: Socket) => void) => {
    const server = createServer({ allowHalfOpen: true }, serve)
    servers.push(server.listen(0, '127.0.0.1'))
    await once(server, 'listening')
    return (server.address() as { port: number }).port
  }
  const seen: [string, number][] = []
  const note = (what: string) => seen.push([what, clock.nowMs])
  let far: Socket | undefined
  const targetPort = await open((socket) => {
    far = socket
    note('server: connection')
    socket.on('data', (bytes) => note(`server: ${bytes}`))
    socket.on('end', () => note('server: FIN'))
    socket.on('error', () => note('server: RST'))
  })
  const link = {
    host: '127.0.0.1',
    targetPort,
    rttMs,
    pacer: new Pacer(clock),
    now: clock.now,
    lateness: new LatenessBook(),
    awakeMs: 0,
  }
  const relayPort = await open((client) => {
    relay(client, { ...link, up: makeTransit({ rttMs }), down: makeTransit({ rttMs }) })
  })
  const client = await RawClient.connect(`http://127.0.0.1:${relayPort}`)
  client.socket.on('data', (bytes) => note(`client: ${bytes}`))
  client.socket.on('end', () => note('client: FIN'))
  client.socket.on('error', () => note('client: RST'))
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return {
    client,
    seen,
    server: () => far as Socket,
    /** Lets real packets through; then moves the clock on, until `what` has been seen. */
    async until(what: string) {
      while (!seen.some(([name]) => name === what)) {
        for (let i = 0; i < 20; i++) await turn()
        if (!clock.isIdle) clock.step()
      }
    },
    close() {
      client.socket.destroy()
      far?.destroy()
      for (const server of servers) server.close()
    },
  }
}

describe('the round-trip model, by a clock that only the test moves', () => {
  let link: Awaited<ReturnType<typeof openFakeLink>>
  beforeEach(async () => {
    link = await openFakeLink()
  })
  afterEach(() => link.close())

  test('a request on a new connection costs two round trips, the next one costs one, a FIN half of one', async () => {
    link.client.send('first')
    await link.until('server: first')
    link.server().write('answer')
    await link.until('client: answer')
    link.client.send('second')
    await link.until('server: second')
    link.server().end('bye')
    await link.until('client: FIN')
    link.client.socket.end()
    await link.until('server: FIN')
    expect(link.seen).toEqual([
      ['server: connection', 0.5 * rttMs],
      ['server: first', 1.5 * rttMs],
      ['client: answer', 2 * rttMs],
      ['server: second', 2.5 * rttMs],
      ['client: bye', 3 * rttMs],
      ['client: FIN', 3 * rttMs],
      ['server: FIN', 3.5 * rttMs],
    ])
  })

  test('a handshake of one exchange before the request makes it three', async () => {
    for (const [i, word] of ['hello', 'request'].entries()) {
      link.client.send(word)
      await link.until(`server: ${word}`)
      link.server().write(`to ${word}`)
      await link.until(`client: to ${word}`)
      expect(link.seen.at(-1)).toEqual([`client: to ${word}`, (2 + i) * rttMs])
    }
  })

  test('a server that speaks first is heard after one round trip', async () => {
    await link.until('server: connection')
    link.server().write('welcome')
    await link.until('client: welcome')
    expect(link.seen.at(-1)).toEqual(['client: welcome', rttMs])
  })

  test('a reset travels in order behind the data', async () => {
    link.client.send('data')
    await link.until('server: data')
    link.client.socket.resetAndDestroy()
    await link.until('server: RST')
    expect(link.seen.map(([what]) => what)).toEqual(['server: connection', 'server: data', 'server: RST'])
  })

  test('a reset by the server reaches the client', async () => {
    await link.until('server: connection')
    link.server().resetAndDestroy()
    await link.until('client: RST')
    expect(link.seen.at(-1)).toEqual(['client: RST', rttMs])
  })
})

describe('a real link', () => {
  test('keeps bytes and order, large bodies both ways, while the client reads in jerks', async () => {
    await using server = await startFixtureServer()
    const shapes = [{ rttMs: 2 }, { rttMs: 2, jitterMs: 3, seed: 5 }, { rttMs: 1, bytesPerSecond: 20_000_000 }]
    for (const shape of shapes) {
      const { url, close } = await server.openLink({ listener: 'https', ...shape })
      const client = await RawClient.connect(url, { ca: server.ca })
      const plain = await RawClient.connect(server.urls.https, { ca: server.ca })
      const path = '/bytes/102400?seed=9'
      client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(10))
      client.send(`POST /delay/0 HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`)
      const { body } = await plain.get(path)
      for (let i = 0; i < 10; i++) {
        client.socket.pause()
        await new Promise(setImmediate)
        client.socket.resume()
        expect((await client.reply()).body.equals(body)).toBe(true)
      }
      expect((await client.reply()).status).toBe(200)
      await Promise.all([client.close(), plain.close()])
      await close()
    }
  })

  test('is never faster than its distance and its capacity, each way of its own', async () => {
    await using server = await startFixtureServer()
    const shape = { rttMs: 20, jitterMs: 5, bytesPerSecond: { up: 500_000, down: 1_000_000 } }
    const { url } = await server.openLink({ listener: 'http', ...shape })
    const client = await RawClient.connect(url)
    const startMs = performance.now()
    client.send(`POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n${'x'.repeat(50_000)}`)
    const { body } = await client.reply()
    const elapsedMs = performance.now() - startMs
    expect(JSON.parse(body.toString()).data).toHaveLength(50_000)
    // 50,000 bytes up at 500,000 a second, as many down at a million, and a round trip between.
    expect(elapsedMs).toBeGreaterThanOrEqual(100 + 50 + 20)
    for (let n = 0; n < 20; n++) client.send(`GET /get?n=${n} HTTP/1.1\r\nHost: a\r\n\r\n`)
    const order = []
    for (let n = 0; n < 20; n++) order.push(JSON.parse((await client.reply()).body.toString()).args.n)
    expect(order).toEqual([...Array(20).keys()].map(String))
    await client.close()
    const { connectionsAccepted, requests } = server.ledger().listeners.http
    expect({ connectionsAccepted, requests }).toEqual({ connectionsAccepted: 1, requests: 21 })
  })
})
