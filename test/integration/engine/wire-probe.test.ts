import http from 'node:http'
import https from 'node:https'
import { connect } from 'node:net'
import { Agent, request, fetch as undiciFetch } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { differenceOf, openWireProbe, type WireProbe } from '../../../src/probe/wire-probe.ts'
import { wireCountNames } from '../../../src/sample/wire-counts.ts'
import type { Protocol } from '../../../src/scenario/protocol.ts'
import { get, Session } from '../../../src/session/index.ts'
import { checkAgainstLedger, readingOf } from '../../../src/target/ledger.ts'

let fixture: FixtureServer
let probe: WireProbe
beforeEach(async () => {
  fixture = await startFixtureServer()
  probe = openWireProbe()
})
afterEach(async () => {
  probe.close()
  await fixture.close()
})

/** Counts of both sides over some work, and where they differ. */
async function count(protocol: Protocol, work: () => Promise<unknown>) {
  const ledger = () => readingOf(fixture.ledger(), protocol)
  const before = { client: probe.read(), unanswered: probe.unanswered(), server: ledger() }
  probe.startBlock()
  await work()
  const wire = differenceOf(probe.read(), before.client)
  const carriers = probe.takeNewCarriers()
  const unanswered = probe.unanswered() - before.unanswered
  const disagreements = await checkAgainstLedger(
    { wire, unanswered },
    {
      before: before.server,
      counts: wireCountNames,
      read: async () => ledger(),
    },
  )
  return { wire, unanswered, carriers, disagreements }
}

async function times(n: number, work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < n; i++) await work()
}

function nodeGet(url: string, options: https.RequestOptions): Promise<void> {
  const { get } = url.startsWith('https') ? https : http
  return new Promise((resolve, reject) => {
    get(url, options, (response) => response.on('end', resolve).resume()).on('error', reject)
  })
}

describe('places', () => {
  const hostOf = (url: string) => new URL(url).host

  it('are where used connections led in a block, whether kept or closed', async () => {
    await using session = new Session({ baseUrl: fixture.urls.http })
    const use = async () => (await session.get('/get')).bytes()
    await use()
    probe.startBlock()
    expect(probe.places()).toEqual([])
    await use()
    expect(probe.places()).toEqual([hostOf(fixture.urls.http)])
    probe.startBlock()
    await (await get(`${fixture.urls.https}/get`, { ca: fixture.ca })).bytes()
    expect(probe.places()).toEqual([hostOf(fixture.urls.https)])
  })

  it('are all of those that are kept, however many lead to the first', async () => {
    await using session = new Session({ pool: { connections: 8 }, ca: fixture.ca })
    const use = (url: string) => session.get(`${url}/get`).bytes()
    await Promise.all(Array.from({ length: 8 }, () => use(fixture.urls.http)))
    await use(fixture.urls.https)
    probe.startBlock()
    await Promise.all(Array.from({ length: 8 }, () => use(fixture.urls.http)))
    await use(fixture.urls.https)
    expect(probe.places().sort()).toEqual([hostOf(fixture.urls.http), hostOf(fixture.urls.https)].sort())
  })

  it('are those of a few closed connections only: asking takes time', async () => {
    probe.startBlock()
    await times(20, async () => (await get(`${fixture.urls.http}/get`)).bytes())
    await (await get(`${fixture.urls.https}/get`, { ca: fixture.ca })).bytes()
    expect(probe.places()).toEqual([hostOf(fixture.urls.http)])
  })
})

it('carriers tell full handshakes of TLS 1.2 from those that take one round trip', async () => {
  const { carriers } = await count('https', () =>
    times(2, () => nodeGet(`${fixture.urls.https}/get`, { ca: fixture.ca, agent: false, maxVersion: 'TLSv1.2' })),
  )
  expect(carriers).toMatchObject({ connections: 2, handshakesFull: 2, handshakesFullTls12: 2 })
})

describe('the wire probe counts what the ledger counts', () => {
  it.each<Protocol>(['http', 'https'])('for stateless calls over %s', async (listener) => {
    const { wire, carriers, disagreements } = await count(listener, () =>
      times(5, async () => (await get(`${fixture.urls[listener]}/get`, { ca: fixture.ca })).bytes()),
    )
    const handshakesFull = listener === 'https' ? 5 : 0
    expect(disagreements).toEqual([])
    expect(wire).toMatchObject({ connectionsOpened: 5, requests: 5, handshakesFull, handshakesResumed: 0 })
    expect(carriers).toEqual({ connections: 5, handshakesFull, handshakesResumed: 0 })
  })

  it.each<[string, (url: string, signal: AbortSignal) => Promise<unknown>]>([
    ['a stateless call', async (url, signal) => (await get(url, { signal })).bytes()],
    ['undici fetch', (url, signal) => fetch(url, { signal })],
    ['node:http', (url, signal) => nodeGet(url, { signal })],
  ])('for %s that gives up waiting', async (_, send) => {
    const { wire, unanswered, disagreements } = await count('http', async () => {
      const isAsked = fixture.ledger().listeners.http.requests
      const giveUp = new AbortController()
      const call = send(`${fixture.urls.http}/work?serviceUs=20000`, giveUp.signal).catch(() => 'gave up')
      while (fixture.ledger().listeners.http.requests === isAsked) await new Promise(setImmediate)
      giveUp.abort()
      expect(await call).toBe('gave up')
    })
    expect({ requests: wire.requests, unanswered, disagreements }).toEqual({
      requests: 1,
      unanswered: 1,
      disagreements: [],
    })
  })

  it.each<Protocol>(['http', 'https'])('for a session over %s', async (listener) => {
    await using session = new Session({ baseUrl: fixture.urls[listener], ca: fixture.ca })
    const work = () => times(5, async () => (await session.get('/get')).bytes())
    const first = await count(listener, work)
    expect(first).toMatchObject({
      disagreements: [],
      wire: { connectionsOpened: 1, requests: 5 },
      carriers: { connections: 1 },
    })
    const second = await count(listener, work)
    expect(second).toMatchObject({
      disagreements: [],
      wire: { connectionsOpened: 0, requests: 5 },
      carriers: { connections: 0 },
    })
  })

  it('for connections that were opened before the block: they are its new carriers, not its opened ones', async () => {
    await using session = new Session({ baseUrl: fixture.urls.https, ca: fixture.ca })
    await (await session.get('/get')).bytes()
    const { wire, carriers } = await count('https', async () => (await session.get('/get')).bytes())
    expect(wire).toMatchObject({ connectionsOpened: 0, handshakesFull: 0 })
    expect(carriers).toEqual({ connections: 1, handshakesFull: 1, handshakesResumed: 0 })
  })

  it('for resumed handshakes', async () => {
    const agent = new https.Agent({ keepAlive: false, maxCachedSessions: 10, ca: fixture.ca })
    const { wire, disagreements } = await count('https', () =>
      times(3, () => nodeGet(`${fixture.urls.https}/get`, { agent })),
    )
    expect(disagreements).toEqual([])
    expect(wire).toMatchObject({ connectionsOpened: 3, handshakesFull: 1, handshakesResumed: 2 })
  })

  it.each([
    ['node:http', () => nodeGet(`${fixture.urls.http}/bytes/1000`, { agent: new http.Agent({ keepAlive: true }) })],
    ["Node's fetch", async () => (await fetch(`${fixture.urls.http}/bytes/1000`)).arrayBuffer()],
    ["undici's fetch", async () => (await undiciFetch(`${fixture.urls.http}/bytes/1000`)).bytes()],
    [
      'undici.request',
      async () => {
        const dispatcher = new Agent()
        await (await request(`${fixture.urls.http}/bytes/1000`, { dispatcher })).body.dump()
        await dispatcher.close()
      },
    ],
  ])('for %s', async (_, send) => {
    const { wire, disagreements } = await count('http', () => times(3, send))
    expect(disagreements).toEqual([])
    expect(wire.requests).toBe(3)
    expect(wire.bytesReceived).toBeGreaterThan(3_000)
  })

  it('for pipelined, chunked and handed-over requests', async () => {
    await using session = new Session({ baseUrl: fixture.urls.http, pool: { connections: 1, pipelining: 4 } })
    const paths = ['/get', '/headers', '/cookies', '/bytes/10', '/status/404', '/get']
    const { wire, disagreements } = await count('http', () =>
      Promise.all(paths.map(async (path) => (await session.get(path)).bytes())),
    )
    expect(disagreements).toEqual([])
    expect(wire.requests).toBe(paths.length)
  })

  it('and sees a connection that carries nothing', async () => {
    const { wire, carriers, disagreements } = await count('http', async () => {
      const socket = connect(Number(new URL(fixture.urls.http).port), '127.0.0.1')
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.destroy()
    })
    expect(disagreements).toEqual([])
    expect({ wire, carriers }).toMatchObject({
      wire: { connectionsOpened: 1, requests: 0 },
      carriers: { connections: 0 },
    })
  })
})

describe('the wire probe counts what the ledger counts over HTTP/2', () => {
  it('for a session, bytes included', async () => {
    await using session = new Session({ baseUrl: fixture.urls.h2, ca: fixture.ca, allowH2: true })
    for (let block = 0; block < 3; block++) {
      const { wire, disagreements } = await count('h2', () =>
        session.all(
          Array.from({ length: 50 }, () => '/bytes/1024'),
          { concurrency: 10, read: (reply) => reply.bytes() },
        ),
      )
      expect(disagreements).toEqual([])
      expect(wire.requests).toBe(50)
      // Ten at once find no connection yet, and each opens one before it is known that they can share.
      if (block > 0) expect(wire.connectionsOpened).toBe(0)
    }
    expect(fixture.ledger().listeners.h2.protocols).toEqual({ 'HTTP/2': 150 })
  })

  it("for undici's own agent", async () => {
    const dispatcher = new Agent({ allowH2: true, connect: { ca: fixture.ca } })
    const { wire, disagreements } = await count('h2', () =>
      times(5, async () => (await request(`${fixture.urls.h2}/get`, { dispatcher })).body.text()),
    )
    await dispatcher.close()
    expect(disagreements).toEqual([])
    expect(wire).toMatchObject({ connectionsOpened: 1, requests: 5, handshakesFull: 1 })
  })
})

describe('a client that lies', () => {
  it('is found out, count by count', async () => {
    const read = async () => readingOf(fixture.ledger(), 'http')
    const before = await read()
    const wire = {
      connectionsOpened: 1,
      handshakesFull: 1,
      handshakesResumed: 0,
      requests: 2,
      bytesSent: 0,
      bytesReceived: 7,
    }
    const disagreements = await checkAgainstLedger({ wire, unanswered: 0 }, { before, counts: wireCountNames, read })
    expect(disagreements).toEqual([
      { count: 'connectionsOpened', client: 1, server: 0 },
      { count: 'handshakesFull', client: 1, server: 0 },
      { count: 'requests', client: 2, server: 0 },
      { count: 'bytesReceived', client: 7, server: 0 },
    ])
  })
})
