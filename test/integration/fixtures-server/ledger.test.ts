import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type FixtureServer,
  type ListenerCounts,
  type ListenerName,
  startFixtureServer,
} from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer({ idleTimeoutMs: 60_000 })
})
afterAll(() => server.close())

/** Waits, by turns of the event loop and not by time, until the ledger satisfies `done`. */
async function ledgerWhen(
  name: ListenerName,
  done: (counts: ListenerCounts) => boolean,
  of = server,
): Promise<ListenerCounts> {
  for (;;) {
    const counts = of.ledger().listeners[name]
    if (done(counts)) return counts
    await new Promise(setImmediate)
  }
}

const paths = ['/get', '/bytes/1000', '/headers', '/status/404', '/get?x=1', '/cookies/set/a/b', '/bytes/70000']

describe.each([
  ['http', 0],
  ['https', 0],
  ['http', 4],
  ['https', 4],
] as const)('%s over a link of %d ms', (listener, rttMs) => {
  test('counts exactly what a raw client counts for itself', async () => {
    const link = rttMs > 0 ? await server.openLink({ listener, rttMs }) : undefined
    const url = link?.url ?? server.urls[listener]
    server.resetLedger()
    const own = { requests: 0, bytesIn: 0, bytesOut: 0, resumed: 0, full: 0 }
    const connections = 6
    let session: Buffer | undefined
    for (let i = 0; i < connections; i++) {
      const client = await RawClient.connect(url, { ca: server.ca, ...(session && { session }) })
      client.socket.on('session', (ticket: Buffer) => {
        session = ticket
      })
      for (let n = 0; n <= i; n++) {
        await client.get(paths[(i + n) % paths.length] as string)
        own.requests++
      }
      if (listener === 'https') own[client.resumed ? 'resumed' : 'full']++
      own.bytesIn += client.socket.bytesWritten
      own.bytesOut += client.socket.bytesRead
      await client.close()
    }
    const counts = await ledgerWhen(listener, ({ connectionsOpen }) => connectionsOpen === 0)
    expect(counts).toMatchObject({
      connectionsAccepted: connections,
      connectionsClosedByClient: connections,
      handshakesFull: own.full,
      handshakesResumed: own.resumed,
      handshakesFailed: 0,
      requests: own.requests,
      bytesIn: own.bytesIn,
      bytesOut: own.bytesOut,
      protocols: { 'HTTP/1.1': own.requests },
      requestsPerConnection: { 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1 },
    })
    if (listener === 'https') expect(own.resumed).toBeGreaterThan(0)
    expect(Object.values(counts.replies).reduce((sum, count) => sum + count, 0)).toBe(own.requests)
    await link?.close()
  })
})

describe('open connections', () => {
  test('are counted while they are open, and a reset starts them from nought', async () => {
    const client = await RawClient.connect(server.urls.http)
    await client.get('/bytes/10')
    server.resetLedger()
    const [sent, received] = [client.socket.bytesWritten, client.socket.bytesRead]
    await client.get('/bytes/20')
    await client.get('/headers')
    expect(server.ledger().listeners.http).toMatchObject({
      connectionsAccepted: 0,
      connectionsOpen: 1,
      requests: 2,
      bytesIn: client.socket.bytesWritten - sent,
      bytesOut: client.socket.bytesRead - received,
      replies: { '/bytes/{n:int} 200': 1, '/headers 200': 1 },
      requestsPerOpenConnection: { 2: 1 },
    })
    await client.close()
  })
})

describe('the end of a connection', () => {
  test('is put down to whoever caused it', async () => {
    await ledgerWhen('http', ({ connectionsOpen }) => connectionsOpen === 0)
    server.resetLedger()
    const connect = () => RawClient.connect(server.urls.http)

    const polite = await connect()
    await polite.get('/get')
    await polite.close()
    const rude = await connect()
    await rude.get('/headers')
    await rude.reset()
    const dismissed = await connect()
    await dismissed.get('/get', 'Connection: close\r\n')
    await dismissed.close()
    const dismissedByNode = await connect()
    await dismissedByNode.get('/headers', 'Connection: close\r\n')
    await dismissedByNode.close()

    expect(await ledgerWhen('http', ({ connectionsOpen }) => connectionsOpen === 0)).toMatchObject({
      connectionsAccepted: 4,
      connectionsClosedByClient: 1,
      connectionsResetByClient: 1,
      connectionsClosedByServer: 2,
    })
  })

  test.each(['/get', '/headers'])('an idle connection after %s is closed, and counted as idle', async (path) => {
    const impatient = await startFixtureServer({ idleTimeoutMs: 1_000 })
    const client = await RawClient.connect(impatient.urls.http)
    await client.get(path)
    await client.ended()
    await client.close()
    const counts = await ledgerWhen('http', ({ connectionsOpen }) => connectionsOpen === 0, impatient)
    expect(counts).toMatchObject({ connectionsClosedIdle: 1, connectionsClosedByServer: 0 })
    await impatient.close()
  })

  test('a failed handshake is an accepted connection and nothing more', async () => {
    server.resetLedger()
    const plain = await RawClient.connect(server.urls.https.replace('https', 'http'))
    plain.send('GET / HTTP/1.1\r\n\r\n')
    await plain.ended()
    const distrustful = RawClient.connect(server.urls.https)
    await expect(distrustful).rejects.toThrow(/certificate/)
    const silent = await RawClient.connect(server.urls.https.replace('https', 'http'))
    await silent.close()
    const counts = await ledgerWhen('https', ({ connectionsOpen }) => connectionsOpen === 0)
    expect(counts).toMatchObject({ connectionsAccepted: 3, requests: 0, bytesIn: 0, bytesOut: 0 })
    expect(counts.handshakesFailed + counts.handshakesFull).toBe(3)
  })
})

test('many connections at once are counted as exactly as one', async () => {
  await ledgerWhen('https', ({ connectionsOpen }) => connectionsOpen === 0)
  server.resetLedger()
  const one = async () => {
    const client = await RawClient.connect(server.urls.https, { ca: server.ca })
    for (let i = 0; i < 10; i++) client.send('GET /bytes/300 HTTP/1.1\r\nHost: a\r\n\r\n')
    for (let i = 0; i < 10; i++) await client.reply()
    const counts = [client.socket.bytesWritten, client.socket.bytesRead]
    const closed = once(client.socket, 'close')
    client.socket.end()
    await closed
    return counts as [number, number]
  }
  const own = await Promise.all(Array.from({ length: 50 }, one))
  const counts = await ledgerWhen('https', ({ connectionsOpen }) => connectionsOpen === 0)
  expect(counts).toMatchObject({
    connectionsAccepted: 50,
    handshakesFull: 50,
    requests: 500,
    bytesIn: own.reduce((sum, [written]) => sum + written, 0),
    bytesOut: own.reduce((sum, [, read]) => sum + read, 0),
    requestsPerConnection: { 10: 50 },
  })
})
