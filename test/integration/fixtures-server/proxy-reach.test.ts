import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

// Somebody else's server on 127.0.0.1, and the fixture server on the same port of another address of this machine.
let other: Server
let server: FixtureServer
let port: number
let seen = 0

beforeAll(async () => {
  other = createServer((_request, response) => {
    seen++
    response.end("somebody else's")
  })
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  port = (other.address() as { port: number }).port
  server = await startFixtureServer({ host: '127.0.0.2', ports: { http: port } })
})
afterAll(async () => {
  await server.close()
  other.close()
})

const foreign = ['127.0.0.1', 'localhost', '[::1]', '127.0.0.3', '0.0.0.0', 'ip6-localhost', '127.1', '2130706433']

async function through(request: string): Promise<number> {
  const client = await RawClient.connect(server.urls.proxy)
  client.send(`${request} HTTP/1.1\r\nHost: a\r\n\r\n`)
  const { status } = await client.reply()
  client.socket.destroy()
  return status
}

async function throughSocks(host: string): Promise<{ code: number; client: RawClient }> {
  const client = await RawClient.connect(server.urls.socks.replace('socks5', 'http'))
  client.send(Buffer.from([5, 1, 0]))
  await client.take(2)
  const name = Buffer.from(host)
  const ask = Buffer.from([5, 1, 0, 3, name.length, ...name, port >> 8, port & 0xff])
  client.send(ask)
  return { code: (await client.take(10))[1] as number, client }
}

describe('a proxy of a server that is bound to one address', () => {
  test.each(foreign)('leads nowhere for %s', async (host) => {
    expect(await through(`GET http://${host}:${port}/`)).toBe(403)
    expect(await through(`CONNECT ${host}:${port}`)).toBe(403)
    const { code, client } = await throughSocks(host.replace(/^\[|\]$/g, ''))
    expect(code).toBe(2)
    client.socket.destroy()
    expect(seen).toBe(0)
  })

  test('leads to that address', async () => {
    expect(await through(`GET http://127.0.0.2:${port}/get`)).toBe(200)
    expect(await through(`CONNECT 127.0.0.2:${port}`)).toBe(200)
    const { code, client } = await throughSocks('127.0.0.2')
    expect([code, (await client.get('/get')).status]).toEqual([0, 200])
    client.socket.destroy()
    const link = await server.openLink({ listener: 'http', rttMs: 1 })
    expect(await through(`GET ${link.url}/get`)).toBe(200)
    await link.close()
    expect(seen).toBe(0)
  })
})

describe.each(['0.0.0.0', 'localhost', '127.0.0.1'])('a proxy of a server that is bound to %s', (host) => {
  test('connects to where the server listens, by whatever name of this machine', async () => {
    await using bound = await startFixtureServer({ host })
    const own = new URL(bound.urls.http).port
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      const client = await RawClient.connect(bound.urls.proxy)
      client.send(`GET http://${name}:${own}/headers HTTP/1.1\r\nHost: ${name}:${own}\r\n\r\n`)
      const { status, body } = await client.reply()
      // The request arrives as it was sent, wherever the connection leads.
      expect([status, JSON.parse(body.toString()).headers.Host]).toEqual([200, `${name}:${own}`])
      client.send(`CONNECT ${name}:${own} HTTP/1.1\r\nHost: a\r\n\r\n`)
      expect((await client.reply()).status).toBe(200)
      expect((await client.get('/get')).status).toBe(200)
      client.socket.destroy()
    }
    expect(bound.ledger().proxies.proxy).toMatchObject({ requestsForwarded: 3, tunnels: 3, failed: 0 })
  })
})

test.each(['proxy', 'proxyAuth', 'socks', 'socksAuth'] as const)('%s never leads to control', async (name) => {
  await using bound = await startFixtureServer({ host: '0.0.0.0' })
  const control = Number(new URL(bound.urls.control).port)
  const client = await RawClient.connect(bound.urls[name].replace('socks5', 'http'))
  const isSocks = name.startsWith('socks')
  const { user, password } = bound.proxyCredentials
  if (isSocks) {
    client.send(Buffer.from([5, 2, 0, 2]))
    const [, method] = await client.take(2)
    if (method === 2) {
      client.send(Buffer.from([1, user.length, ...Buffer.from(user), password.length, ...Buffer.from(password)]))
      await client.take(2)
    }
    client.send(Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, control >> 8, control & 0xff]))
    expect((await client.take(10))[1]).toBe(2)
  } else {
    const credentials = Buffer.from(`${user}:${password}`).toString('base64')
    client.send(`CONNECT 127.0.0.1:${control} HTTP/1.1\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`)
    expect((await client.reply()).status).toBe(403)
  }
  client.socket.destroy()
})
