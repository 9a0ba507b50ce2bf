import { once } from 'node:events'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer()
})
beforeEach(() => server.resetLedger())
afterAll(() => server.close())

const hostOf = (url: string) => new URL(url).host
const basic = (text: string) => `Proxy-Authorization: Basic ${Buffer.from(text).toString('base64')}\r\n`

async function get(client: RawClient, target: string, fields = '') {
  client.send(`GET ${target} HTTP/1.1\r\nHost: ${hostOf(server.urls.http)}\r\n${fields}\r\n`)
  return client.reply()
}

/** TLS over a tunnel, then one request through both. */
async function getOverTunnel(client: RawClient): Promise<number> {
  const secure: TLSSocket = connectTls({ socket: client.socket, ca: server.ca, host: '127.0.0.1' })
  await once(secure, 'secureConnect')
  const inner = new RawClient(secure)
  const { status } = await inner.get('/get')
  secure.destroy()
  return status
}

describe('the forward proxy', () => {
  test('passes on requests in absolute form, and counts them', async () => {
    const client = await RawClient.connect(server.urls.proxy)
    const reply = await get(client, `${server.urls.http}/get?a=1`)
    expect([reply.status, JSON.parse(reply.body.toString()).args]).toEqual([200, { a: '1' }])
    expect((await get(client, `${server.urls.http}/status/404`)).status).toBe(404)
    expect(server.ledger().proxies.proxy).toMatchObject({
      requestsForwarded: 2,
      tunnels: 0,
      connectionsAccepted: 1,
      bytesIn: client.socket.bytesWritten,
      bytesOut: client.socket.bytesRead,
    })
    expect(server.ledger().listeners.http.requests).toBe(2)
    await client.close()
  })

  test('tunnels TLS', async () => {
    const client = await RawClient.connect(server.urls.proxy)
    client.send(`CONNECT ${hostOf(server.urls.https)} HTTP/1.1\r\nHost: a\r\n\r\n`)
    expect((await client.reply()).status).toBe(200)
    expect(await getOverTunnel(client)).toBe(200)
    expect(server.ledger().proxies.proxy.tunnels).toBe(1)
    expect(server.ledger().listeners.https).toMatchObject({ handshakesFull: 1, requests: 1 })
  })

  test('asks for credentials where it should', async () => {
    const refused = await RawClient.connect(server.urls.proxyAuth)
    const { status, headers } = await get(refused, `${server.urls.http}/get`, basic('user:wrong'))
    expect([status, headers['proxy-authenticate']]).toEqual([407, 'Basic realm="sessionbench"'])
    const tunnel = await RawClient.connect(server.urls.proxyAuth)
    tunnel.send(`CONNECT ${hostOf(server.urls.https)} HTTP/1.1\r\nHost: a\r\n\r\n`)
    expect((await tunnel.reply()).status).toBe(407)
    const { user, password } = server.proxyCredentials
    const welcome = await RawClient.connect(server.urls.proxyAuth)
    expect((await get(welcome, `${server.urls.http}/get`, basic(`${user}:${password}`))).status).toBe(200)
    expect(server.ledger().proxies.proxyAuth).toMatchObject({ refusedCredentials: 2, requestsForwarded: 1 })
    for (const client of [refused, tunnel, welcome]) client.socket.destroy()
  })

  test('leads nowhere but to the server itself', async () => {
    const targets = [
      'http://example.com/',
      'http://127.0.0.1:9/',
      `${server.urls.control}/health`,
      `${server.urls.proxy}/`,
      `http://169.254.169.254:${new URL(server.urls.http).port}/`,
    ]
    for (const target of targets) {
      const client = await RawClient.connect(server.urls.proxy)
      expect((await get(client, target)).status, target).toBe(403)
      const tunnel = await RawClient.connect(server.urls.proxy)
      tunnel.send(`CONNECT ${new URL(target).hostname}:${new URL(target).port || 80} HTTP/1.1\r\nHost: a\r\n\r\n`)
      expect((await tunnel.reply()).status, target).toBe(403)
    }
    expect(server.ledger().proxies.proxy.refusedTargets).toBe(2 * targets.length)
    const link = await server.openLink({ listener: 'http', rttMs: 1 })
    const client = await RawClient.connect(server.urls.proxy)
    expect((await get(client, `${link.url}/get`)).status).toBe(200)
    expect((await get(client, '/get')).status).toBe(400)
    client.socket.destroy()
    await link.close()
  })
})

describe('the SOCKS5 proxy', () => {
  const port = (url: string) => Buffer.from([Number(new URL(url).port) >> 8, Number(new URL(url).port) & 0xff])
  const addresses = {
    ipv4: Buffer.from([1, 127, 0, 0, 1]),
    name: Buffer.from([3, 9, ...Buffer.from('localhost')]),
    ipv6: Buffer.from([4, ...Array(15).fill(0), 1]),
  }

  /** Sends each message once the reply to the one before is there; answers all replies. */
  async function converse(url: string, messages: readonly (readonly [Buffer, number])[]) {
    const client = await RawClient.connect(url.replace('socks5', 'http'))
    const replies: number[][] = []
    for (const [message, replyBytes] of messages) {
      for (const byte of message) client.send(Buffer.from([byte]))
      replies.push([...(await client.take(replyBytes))])
    }
    return { client, replies }
  }

  test.each(['ipv4', 'name', 'ipv6'] as const)('tunnels to an address given as %s', async (kind) => {
    const ask = Buffer.concat([Buffer.from([5, 1, 0]), addresses[kind], port(server.urls.https)])
    const { client, replies } = await converse(server.urls.socks, [
      [Buffer.from([5, 2, 0, 2]), 2],
      [ask, 10],
    ])
    expect(replies.map((reply) => reply.slice(0, 2))).toEqual([
      [5, 0],
      [5, 0],
    ])
    expect(await getOverTunnel(client)).toBe(200)
    expect(server.ledger().proxies.socks).toMatchObject({ tunnels: 1, connectionsAccepted: 1 })
  })

  test('asks for user and password where it should', async () => {
    const { user, password } = server.proxyCredentials
    const login = (name: string, word: string) =>
      Buffer.from([1, name.length, ...Buffer.from(name), word.length, ...Buffer.from(word)])
    const hello: readonly [Buffer, number] = [Buffer.from([5, 2, 0, 2]), 2]
    const ask = Buffer.concat([Buffer.from([5, 1, 0]), addresses.ipv4, port(server.urls.http)])
    const good = await converse(server.urls.socksAuth, [hello, [login(user, password), 2], [ask, 10]])
    expect(good.replies.map((reply) => reply.slice(0, 2))).toEqual([
      [5, 2],
      [1, 0],
      [5, 0],
    ])
    expect((await good.client.get('/get')).status).toBe(200)
    await good.client.close()
    const bad = await converse(server.urls.socksAuth, [hello, [login(user, 'wrong'), 2]])
    expect(bad.replies[1]).toEqual([1, 1])
    await bad.client.ended()
    const none = await converse(server.urls.socksAuth, [[Buffer.from([5, 1, 0]), 2]])
    expect(none.replies[0]).toEqual([5, 255])
    expect(server.ledger().proxies.socksAuth).toMatchObject({ refusedCredentials: 2, tunnels: 1 })
    for (const { client } of [bad, none]) client.socket.destroy()
  })

  test.each([
    ['another host', [5, 1, 0, 1, 10, 0, 0, 1, 0, 80], 2],
    ['the control port', 'control', 2],
    ['BIND', [5, 2, 0, 1, 127, 0, 0, 1, 0, 80], 7],
    ['an unknown kind of address', [5, 1, 0, 9, 0], 8],
  ] as const)('refuses %s', async (_name, bytes, code) => {
    const ask =
      bytes === 'control'
        ? Buffer.concat([Buffer.from([5, 1, 0]), addresses.ipv4, port(server.urls.control)])
        : Buffer.from(bytes)
    const { client, replies } = await converse(server.urls.socks, [
      [Buffer.from([5, 1, 0]), 2],
      [ask, 10],
    ])
    expect(replies[1]?.[1]).toBe(code)
    await client.ended()
    client.socket.destroy()
  })
})
