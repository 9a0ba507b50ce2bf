import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { connect, createServer, type LookupFunction, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axios from 'axios'
import got from 'got'
import { Agent, ProxyAgent, request } from 'undici'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { noReach, type Reach } from '../../../src/plan/reach.ts'
import { watchReach } from '../../../src/probe/watch-reach.ts'
import { get, Session } from '../../../src/session/index.ts'
import { serveProxy, serveSocks } from '../session/proxy-servers.ts'

/** Somebody else's machine, for these tests: it is reached as any other, and yet no request leaves this one. */
const elsewhere = '127.0.0.2'
vi.mock('../../../fixtures-server/is-loopback.ts', async (original) => {
  const actual = await original<typeof import('../../../fixtures-server/is-loopback.ts')>()
  return { ...actual, isLoopback: (host: string) => !host.includes(elsewhere) && actual.isLoopback(host) }
})

let own: FixtureServer
let foreign: FixtureServer
beforeAll(async () => {
  own = await startFixtureServer()
})
afterAll(() => own.close())

let reasons: string[] = []
let unwatch: (() => void) | undefined
beforeEach(async () => {
  reasons = []
  // Another each time: no client has a connection to it from an earlier test.
  foreign = await startFixtureServer({ host: elsewhere })
})
afterEach(async () => {
  unwatch?.()
  await foreign.close()
})

function watch(reach: Partial<Reach> = {}): void {
  unwatch?.()
  unwatch = watchReach({
    ...noReach,
    ...reach,
    nowMs: () => performance.now(),
    onStop: (reason) => reasons.push(reason),
  })
}

const requestsThere = () => {
  const { http, https, h2 } = foreign.ledger().listeners
  return http.requests + https.requests + h2.requests
}

function nodeGet(url: string, options: https.RequestOptions = {}): Promise<void> {
  const client = url.startsWith('https') ? https : http
  return new Promise((resolve, reject) => {
    client
      .get(url, { rejectUnauthorized: false, ...options }, (response) => response.on('end', resolve).resume())
      .on('error', reject)
  })
}

/** Over a session of its own, or one that is kept. */
function http2Get(url: string, kept?: Map<string, http2.ClientHttp2Session>): Promise<void> {
  return new Promise((resolve, reject) => {
    const session = kept?.get(url) ?? http2.connect(url, { rejectUnauthorized: false }).on('error', reject)
    kept?.set(url, session)
    session
      .request({ ':path': '/get' })
      .on('error', reject)
      .on('end', () => (kept === undefined ? session.close(resolve) : resolve()))
      .resume()
  })
}

/** Whatever the name, it leads there. */
const lookupElsewhere: LookupFunction = (_, { all }, done) =>
  all ? done(null, [{ address: elsewhere, family: 4 }]) : done(null, elsewhere, 4)
const insecure = { connect: { rejectUnauthorized: false } }

const clients: Readonly<Record<string, (urls: FixtureServer['urls']) => Promise<unknown>>> = {
  fetch: async ({ http }) => (await fetch(`${http}/get`)).text(),
  'undici over https': async ({ https }) => {
    const { body } = await request(`${https}/get`, { dispatcher: new Agent(insecure) })
    return body.text()
  },
  'undici over h2': async ({ h2 }) => {
    const { body } = await request(`${h2}/get`, { dispatcher: new Agent({ ...insecure, allowH2: true }) })
    return body.text()
  },
  'node:http': ({ http }) => nodeGet(`${http}/get`),
  'node:https': ({ https }) => nodeGet(`${https}/get`),
  'node:http2': ({ h2 }) => http2Get(h2),
  got: ({ http }) => got(`${http}/get`, { retry: { limit: 0 } }),
  axios: ({ http }) => axios.get(`${http}/get`),
  'a stateless get': async ({ https }) => (await get(`${https}/get`, { verify: false })).text(),
  'a session': async ({ http }) => {
    await using session = new Session()
    return (await session.get(`${http}/get`)).text()
  },
  'a bare socket': ({ http }) => {
    const { hostname, port } = new URL(http)
    return new Promise((resolve, reject) => {
      connect(Number(port), hostname)
        .resume()
        .on('error', reject)
        .on('close', resolve)
        .end('GET /get HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    })
  },
}

describe.each(Object.keys(clients))('%s', (name) => {
  const send = (urls: FixtureServer['urls']) => (clients[name] as (typeof clients)[string])(urls)

  it('may go to this machine', async () => {
    watch()
    await send(own.urls)
    expect(reasons).toEqual([])
  })

  it('may go to an allowed host', async () => {
    watch({ hosts: [elsewhere] })
    await send(foreign.urls)
    expect(reasons).toEqual([])
    expect(requestsThere()).toBe(1)
  })

  it('goes nowhere else, and sends nothing there', async () => {
    watch()
    await send(foreign.urls).catch(() => {})
    expect(reasons).toEqual([
      `stopped: a client went to ${elsewhere}, which is neither this machine nor the target; add --allow-target ${elsewhere} if it is yours to load`,
    ])
    expect(requestsThere()).toBe(0)
  })
})

describe('a name', () => {
  const port = () => new URL(foreign.urls.http).port
  const ask = async (name: string) => {
    const dispatcher = new Agent({ connect: { lookup: lookupElsewhere } })
    const { body } = await request(`http://${name}:${port()}/get`, { dispatcher })
    await body.text()
  }

  it('is looked up before anything else, and told with where it leads', async () => {
    watch()
    await ask('shop.test').catch(() => {})
    expect(reasons).toEqual([
      expect.stringMatching(/went to shop\.test \(127\.0\.0\.2\), .* --allow-target shop\.test /),
    ])
    expect(foreign.ledger().listeners.http.connectionsAccepted).toBe(0)
  })

  it('is not this machine for being called so', async () => {
    watch()
    await ask('localhost').catch(() => {})
    expect(reasons).toHaveLength(1)
  })

  it('may be what is allowed, wherever it leads', async () => {
    watch({ hosts: ['shop.test'] })
    await ask('Shop.Test')
    await nodeGet(`http://shop.test:${port()}/get`, { lookup: lookupElsewhere })
    expect(reasons).toEqual([])
    expect(requestsThere()).toBe(2)
  })

  it('that leads to this machine is this machine', async () => {
    watch()
    const lookup: LookupFunction = (_, { all }, done) =>
      all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
    const url = `http://shop.test:${new URL(own.urls.http).port}/get`
    await (await request(url, { dispatcher: new Agent({ connect: { lookup } }) })).body.text()
    await nodeGet(url, { lookup })
    expect(reasons).toEqual([])
  })
})

describe('through a proxy on this machine', () => {
  const refusal = /went to shop\.test, /
  const plain = () => `http://shop.test:${new URL(own.urls.http).port}/get`
  const secure = () => `https://shop.test:${new URL(own.urls.https).port}/get`
  const viaUndici = async (url: string, proxy: string) => {
    const dispatcher = new ProxyAgent({ uri: proxy, requestTls: { rejectUnauthorized: false } })
    const { body } = await request(url, { dispatcher })
    return body.text()
  }
  const viaSession = async (url: string, proxy: string) => {
    await using session = new Session({ proxies: { all: proxy }, verify: false })
    return (await session.get(url)).text()
  }

  const ways: Readonly<Record<string, (proxy: string, socks: string) => Promise<unknown>>> = {
    'undici, plain': (proxy) => viaUndici(plain(), proxy),
    'undici, in a tunnel': (proxy) => viaUndici(secure(), proxy),
    'a session, plain': (proxy) => viaSession(plain(), proxy),
    'a session, in a tunnel': (proxy) => viaSession(secure(), proxy),
    'a session, by SOCKS': (_, socks) => viaSession(plain(), socks),
    'node:http, in its own words': (proxy) => nodeGet(proxy, { path: plain(), headers: { host: 'shop.test' } }),
  }

  it.each(Object.keys(ways))('nobody goes where he may not: %s', async (name) => {
    const proxy = await serveProxy()
    const socks = await serveSocks()
    const go = () => ways[name]?.(proxy.url, `socks5h://127.0.0.1:${socks.port}`)
    watch()
    await go()?.catch(() => {})
    expect(reasons).toEqual([expect.stringMatching(refusal)])
    reasons = []
    watch({ hosts: ['shop.test'] })
    await go()
    expect(reasons).toEqual([])
  })
})

describe('a pipe', () => {
  const path = join(tmpdir(), `sessionbench-${process.pid}.sock`)
  let server: Server
  beforeAll(() => {
    server = createServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')),
    )
    return new Promise<void>((resolve) => server.listen(path, resolve))
  })
  afterAll(() => void server.close())

  it('leads to this machine, whatever the request calls it', async () => {
    watch()
    await (
      await request('http://docker.test/get', { dispatcher: new Agent({ connect: { socketPath: path } }) })
    ).body.text()
    await nodeGet('http://docker.test/get', { socketPath: path })
    expect(reasons).toEqual([])
  })
})

describe('an allowed host gets no more than its caps', () => {
  const h2Agent = new Agent({ ...insecure, allowH2: true })
  const kept = new Map<string, http2.ClientHttp2Session>()
  afterEach(() => {
    for (const session of kept.values()) session.destroy()
    kept.clear()
  })

  it.each([
    ['undici', async () => (await fetch(`${foreign.urls.http}/get`)).text()],
    ['node:http', () => nodeGet(`${foreign.urls.http}/get`)],
    ['node:http2', () => http2Get(foreign.urls.h2, kept)],
    ['undici over h2', async () => (await request(`${foreign.urls.h2}/get`, { dispatcher: h2Agent })).body.text()],
  ])('of requests, from %s', async (_, send) => {
    watch({ hosts: [elsewhere], maxRate: 10 })
    for (let i = 0; i < 70; i++) await send()
    expect(reasons).toEqual([])
    for (let i = 0; i < 70; i++) await send()
    expect(reasons).toEqual([
      `stopped: ${elsewhere} got more requests than the 10 per second that someone else's server gets; use --rate, or raise --max-rate`,
    ])
  })

  it('of connections, one after another, from a client whose requests nobody can count', async () => {
    watch({ hosts: [elsewhere], maxRate: 10 })
    const { hostname, port } = new URL(foreign.urls.http)
    const send = () => new Promise((resolve) => connect(Number(port), hostname).on('close', resolve).resume().end())
    for (let i = 0; i < 70; i++) await send()
    expect(reasons).toEqual([])
    for (let i = 0; i < 70; i++) await send()
    expect(reasons).toEqual([
      expect.stringMatching(/^stopped: 127\.0\.0\.2 got more connections than the 10 per second/),
    ])
  })

  it('of connections, those that are being closed allowed for', async () => {
    watch({ hosts: [elsewhere], maxConnections: 3 })
    const agent = new http.Agent({ maxSockets: 7 })
    const slow = (count: number) =>
      Array.from({ length: count }, () => nodeGet(`${foreign.urls.http}/delay/0.2`, { agent }))
    await Promise.all(slow(6))
    expect(reasons).toEqual([])
    await Promise.all(slow(7))
    expect(reasons).toEqual([
      expect.stringMatching(/^stopped: 7 connections to 127\.0\.0\.2 at once are more than the 3 /),
    ])
  })

  it('and this machine as much as it likes', async () => {
    watch({ maxRate: 1, maxConnections: 1 })
    for (let i = 0; i < 100; i++) await (await fetch(`${own.urls.http}/get`)).text()
    await Promise.all(Array.from({ length: 20 }, () => nodeGet(`${own.urls.http}/get`)))
    expect(reasons).toEqual([])
  })
})
