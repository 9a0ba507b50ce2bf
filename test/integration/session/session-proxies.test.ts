import { createServer as createTcp } from 'node:net'
import { inspect } from 'node:util'
import { ConnectTimeout, get, ProxyError, Session, TlsError } from 'sessionbench/session'
import { beforeAll, describe, expect, it } from 'vitest'
import { serveProxy, serveSocks } from './proxy-servers.ts'
import { echo, type Identity, listen, makeIdentity, serveHttp, serveHttps } from './test-servers.ts'

let authority: Identity
let leaf: Identity
beforeAll(async () => {
  authority = await makeIdentity('test authority', { isAuthority: true })
  leaf = await makeIdentity('localhost', { ca: authority })
})

const withUser = (url: string) => url.replace('://', '://ann:s3cret@')

describe('http proxies', () => {
  it('take plain http with the whole URL, on a kept connection, with credentials', async () => {
    await using proxy = await serveProxy('ann:s3cret')
    await using session = new Session({ proxies: withUser(proxy.url) })
    for (let call = 0; call < 3; call += 1) {
      const response = await session.get('http://unreachable.test/path?q=1')
      expect(await response.json()).toEqual({ url: 'http://unreachable.test/path?q=1', host: 'unreachable.test' })
    }
    expect(proxy.connections).toBe(1)
    expect(new Set(proxy.seen.map(({ line }) => line))).toEqual(new Set(['GET http://unreachable.test/path?q=1']))
  })

  it('tunnel https; the origin never sees the proxy’s credentials', async () => {
    await using proxy = await serveProxy('ann:s3cret')
    await using server = await serveHttps(echo, leaf)
    await using session = new Session({ ca: authority.cert, proxies: { https: withUser(proxy.url) } })
    for (let call = 0; call < 3; call += 1) {
      const reply = await (await session.get(`${server.url}/x`)).json<{ headers: Record<string, string> }>()
      expect(reply.headers['proxy-authorization']).toBeUndefined()
    }
    expect([proxy.connections, server.connections]).toEqual([1, 1])
    expect(proxy.seen.map(({ line }) => line)).toEqual([`CONNECT 127.0.0.1:${server.port}`])
    await (await get(`${server.url}/x`, { ca: authority.cert, proxies: withUser(proxy.url) })).bytes()
    expect(proxy.connections).toBe(2)
  })

  it('may be reached over TLS themselves', async () => {
    await using server = await serveHttps(echo, leaf)
    await using proxy = await serveHttps((request, reply) => void reply.end(request.url), leaf)
    proxy.server.on('connect', (request, socket) => void socket.end(`HTTP/1.1 403 no ${request.url}\r\n\r\n`))
    await using session = new Session({ ca: authority.cert, proxies: proxy.url })
    expect(await (await session.get('http://plain.test/a')).text()).toBe('http://plain.test/a')
    await expect(session.get(server.url)).rejects.toMatchObject({ code: 'PROXY_REFUSED' })
  })

  it('fail with one class, each failure with its code, and no credential in sight', async () => {
    await using proxy = await serveProxy('other:one')
    await using server = await serveHttps(echo, leaf)
    await using silent = await listen(createTcp(() => {}))
    await using garbage = await listen(createTcp((socket) => void socket.end('hello\r\n\r\n')))
    await using gone = await serveHttp(echo)
    await gone[Symbol.asyncDispose]()
    const calls = [
      ['http://plain.test/', proxy.url, 'PROXY_AUTH'],
      [server.url, proxy.url, 'PROXY_AUTH'],
      [server.url, gone.url, 'PROXY_UNREACHABLE'],
      ['http://plain.test/', gone.url, 'PROXY_UNREACHABLE'],
      [server.url, garbage.url, 'PROXY_BAD_RESPONSE'],
      [server.url, garbage.url.replace('http', 'socks5'), 'PROXY_BAD_RESPONSE'],
    ] as const
    for (const [url, through, code] of calls) {
      await using session = new Session({ ca: authority.cert, proxies: withUser(through) })
      const error = await session.get(url).catch((caught: ProxyError) => caught)
      expect(error).toBeInstanceOf(ProxyError)
      expect(error).toMatchObject({ code, request: { method: 'GET', url: new URL(url).href } })
      expect(inspect([error, session], { depth: 9 })).not.toMatch(/s3cret|YW5uOnMzY3JldA/)
    }
    const hung = get(server.url, { ca: authority.cert, proxies: silent.url, timeoutMs: { connect: 30 } })
    await expect(hung).rejects.toBeInstanceOf(ConnectTimeout)
    await expect(hung).rejects.toMatchObject({ request: { method: 'GET', url: `${server.url}/` } })
    await using open = await serveProxy()
    await expect(get('https://forbidden.test/', { proxies: open.url })).rejects.toMatchObject({ code: 'PROXY_REFUSED' })
    await expect(get(server.url, { proxies: open.url })).rejects.toBeInstanceOf(TlsError)
  })

  it('are chosen by call before session before environment, and NO_PROXY holds', async () => {
    await using proxy = await serveProxy()
    await using server = await serveHttp(echo)
    const before = { ...process.env }
    process.env.http_proxy = proxy.url
    process.env.no_proxy = '127.0.0.0/8'
    try {
      await using blind = new Session()
      await using trusting = new Session({ trustEnv: true })
      expect((await trusting.get('http://elsewhere.test/')).headers.get('x-through')).toBe('proxy')
      expect((await trusting.get(server.url)).headers.get('x-through')).toBeNull()
      expect((await blind.get(server.url)).headers.get('x-through')).toBeNull()
      await using direct = new Session({ trustEnv: true, proxies: false })
      expect((await direct.get(server.url)).headers.get('x-through')).toBeNull()
      expect((await direct.get(server.url, { proxies: proxy.url })).headers.get('x-through')).toBe('proxy')
    } finally {
      process.env = before
    }
  })
})

describe('SOCKS5 proxies', () => {
  it('take http and https, names resolved by the proxy, with credentials', async () => {
    await using socks = await serveSocks({ user: 'ann', password: 's3cret' })
    await using plain = await serveHttp(echo)
    await using secure = await serveHttps(echo, leaf)
    await using session = new Session({ ca: authority.cert, proxies: withUser(socks.url.replace('http', 'socks5h')) })
    for (let call = 0; call < 2; call += 1) {
      expect((await session.get(`http://localhost:${plain.port}/`)).status).toBe(200)
      expect((await session.get(`https://localhost:${secure.port}/`)).status).toBe(200)
    }
    expect(socks.asked).toEqual([`localhost:${plain.port}`, `localhost:${secure.port}`])
    await using local = new Session({ proxies: withUser(socks.url.replace('http', 'socks5')) })
    expect((await local.get(`http://127.0.0.1:${plain.port}/`)).status).toBe(200)
    expect(socks.asked.at(-1)).toBe(`127.0.0.1:${plain.port}`)
  })

  it('fail by name', async () => {
    await using socks = await serveSocks({ user: 'ann', password: 'other' })
    await using open = await serveSocks()
    const through = (url: string) => url.replace('http', 'socks5h')
    await expect(get('http://x.test/', { proxies: withUser(through(socks.url)) })).rejects.toMatchObject({
      code: 'PROXY_AUTH',
    })
    await expect(get('http://x.test/', { proxies: through(socks.url) })).rejects.toMatchObject({ code: 'PROXY_AUTH' })
    await expect(get('http://forbidden.test/', { proxies: through(open.url) })).rejects.toMatchObject({
      code: 'PROXY_REFUSED',
    })
  })
})
