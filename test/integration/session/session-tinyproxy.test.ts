import type { RequestListener } from 'node:http'
import { get, Session } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, isInstalled, type Running, startProgram } from './debian-servers.ts'
import { type Echo, echo, type Identity, makeIdentity, serveHttp, serveHttps, until } from './test-servers.ts'

describe.runIf(isInstalled('tinyproxy', 'tinyproxy'))('through tinyproxy', () => {
  let proxy: Running
  let authority: Identity
  let leaf: Identity
  let proxyUrl = ''

  beforeAll(async () => {
    authority = await makeIdentity('test authority', { isAuthority: true })
    leaf = await makeIdentity('localhost', { ca: authority })
    const port = await freePort()
    proxyUrl = `http://ann:s3cret@127.0.0.1:${port}`
    proxy = await startProgram((folder) => ['tinyproxy', '-d', '-c', `${folder}/tinyproxy.conf`], {
      port,
      files: (folder) => ({
        'tinyproxy.conf': `Port ${port}\nListen 127.0.0.1\nTimeout 30\nMaxClients 50\nBasicAuth ann s3cret\nLogFile "${folder}/logs/log"\nPidFile "${folder}/pid"\n`,
      }),
    })
  })
  afterAll(() => proxy[Symbol.asyncDispose]())

  it('takes http with the whole URL, https through a tunnel, with credentials', async () => {
    await using plain = await serveHttp(echo)
    await using secure = await serveHttps(echo, leaf)
    await using session = new Session({ ca: authority.cert, proxies: proxyUrl })
    for (const server of [plain, secure]) {
      for (let call = 0; call < 2; call += 1) {
        const reply = await (await session.post(`${server.url}/a?b=c`, { json: { call } })).json<Echo>()
        expect(reply).toMatchObject({ method: 'POST', url: '/a?b=c', body: `{"call":${call}}` })
        expect(reply.headers['proxy-authorization']).toBeUndefined()
        // tinyproxy closes after a plain answer without saying so; a POST must not cross with that.
        if (server === plain) await until(() => session.stats().idle === 0)
      }
    }
    expect(secure.connections).toBe(1)
  })

  it('says missing and wrong credentials as a ProxyError, for http and https', async () => {
    await using plain = await serveHttp(echo)
    await using secure = await serveHttps(echo, leaf)
    const anonymous = proxyUrl.replace('ann:s3cret@', '')
    const wrong = proxyUrl.replace('s3cret', 'wrong')
    const calls = [
      [plain.url, anonymous, /wants credentials: put them into its URL/],
      [secure.url, anonymous, /wants credentials: put them into its URL/],
      [plain.url, wrong, /refuses the user and password in its URL: correct them/],
      [secure.url, wrong, /refuses the user and password in its URL: correct them/],
    ] as const
    for (const [url, proxies, message] of calls) {
      await expect(get(url, { ca: authority.cert, proxies })).rejects.toMatchObject({
        name: 'ProxyError',
        code: 'PROXY_AUTH',
        message: expect.stringMatching(message),
        request: { method: 'GET', url: `${url}/` },
      })
    }
  })

  it('leaves the origin’s own 401 alone', async () => {
    const refuse: RequestListener = (_request, reply) => {
      reply.writeHead(401, { 'www-authenticate': 'Basic realm="Tinyproxy"', server: 'tinyproxy/1.11.1' }).end('mine')
    }
    await using plain = await serveHttp(refuse)
    await using secure = await serveHttps(refuse, leaf)
    for (const { url } of [plain, secure]) {
      const response = await get(url, { ca: authority.cert, proxies: proxyUrl })
      expect([response.status, await response.text()]).toEqual([401, 'mine'])
    }
  })

  it('says what the proxy cannot reach', async () => {
    const gone = `https://127.0.0.1:${await freePort()}/`
    await expect(get(gone, { proxies: proxyUrl })).rejects.toMatchObject({ name: 'ProxyError', code: 'PROXY_REFUSED' })
  })
})
