import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { Adapter, digest, get, Session, type SessionError } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { resolveTls } from '../../../src/session/options/session-options.ts'
import { startTls } from '../../../src/session/wire/open-socket.ts'
import { freePort, isInstalled, startProgram } from './debian-servers.ts'
import { echo, listen, makeIdentity, serveHttp, serveHttps, until } from './test-servers.ts'

describe('an answer that HTTP/1.1 does not know', () => {
  it.each([
    [
      'an upgrade that nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      /it switched to another protocol \(101\)/,
    ],
    ['a status below 100', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n', /its status is none of HTTP\/1\.1/],
  ])('is BAD_RESPONSE: %s', async (_, answer, words) => {
    const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.write(answer)))
    await using target = await listen(server as Parameters<typeof listen>[0])
    await expect(get(target.url)).rejects.toMatchObject({ code: 'BAD_RESPONSE', message: expect.stringMatching(words) })
  })
})

describe('a server that goes wrong', () => {
  let target: FixtureServer
  beforeAll(async () => {
    target = await startFixtureServer({ seed: 1 })
  })
  afterAll(() => target.close())

  it.each([
    ['/reset', { name: 'ConnectionError', code: 'CONNECTION_RESET' }],
    ['/garbage', { name: 'ConnectionError', code: 'BAD_RESPONSE' }],
    ['/huge-headers?bytes=200000', { name: 'ConnectionError', code: 'BAD_RESPONSE' }],
    ['/hang', { name: 'HeadersTimeout', code: 'HEADERS_TIMEOUT', timeoutMs: 30 }],
    ['/truncate', { name: 'BodyError', code: 'BODY_TRUNCATED' }],
    ['/slow-body?durationMs=60000', { name: 'BodyTimeout', code: 'BODY_TIMEOUT' }],
  ])('%s', async (path, expected) => {
    await using session = new Session({ baseUrl: target.urls.http })
    const error = await session
      .get(path, { timeoutMs: path === '/hang' ? { headers: 30 } : { body: 200 } })
      .then((response) => response.text())
      .catch((caught: SessionError) => caught)
    expect(error).toMatchObject({ ...expected, request: { method: 'GET', url: `${target.urls.http}${path}` } })
    expect((await session.get('/get')).status).toBe(200)
  })

  it('TLS that breaks off under a request is no failed handshake, and sends no POST again', async () => {
    const authority = await makeIdentity('test authority', { isAuthority: true })
    let posts = 0
    await using server = await serveHttps(
      () => {
        posts += 1
        // Beneath TLS.
        for (const socket of server.sockets) socket.write('what is this?')
      },
      await makeIdentity('localhost', { ca: authority }),
    )
    await using session = new Session({ baseUrl: server.url, ca: authority.cert, retry: 2 })
    await expect(session.post('/', { body: 'x' })).rejects.toMatchObject({
      name: 'ConnectionError',
      code: 'CONNECTION_RESET',
      sent: true,
    })
    expect(posts).toBe(1)
  })

  it('/flaky works in the end, and each try is counted once', async () => {
    await using session = new Session({ baseUrl: target.urls.http, retry: { total: 5, statuses: [500, 503] } })
    const response = await session.get('/flaky/2?id=once')
    expect(response.status).toBe(200)
    expect([response.retries.length, (await response.json<{ attempt: number }>()).attempt]).toEqual([2, 3])
  })

  it('/max-requests costs connections, not calls', async () => {
    await using session = new Session({ baseUrl: target.urls.http })
    for (let call = 0; call < 6; call += 1) expect((await session.get('/max-requests/2')).status).toBe(200)
    expect(session.stats().connectionsOpened).toBe(3)
  })
})

describe('credentials', () => {
  const secret = 'hunter2'
  const encoded = Buffer.from(`ann:${secret}`).toString('base64')
  const pattern = new RegExp(`${secret}|${encoded}`)
  const shown = (value: unknown) => inspect(value, { depth: 20, showHidden: false }) + JSON.stringify(value)

  it('show in no error, whatever goes wrong', async () => {
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/garbage') request.socket.end(`Set-Cookie: sid=${secret}\r\n\r\n`)
      else if (request.url === '/loop') reply.writeHead(302, { location: '/loop', 'set-cookie': `sid=${secret}` }).end()
      else if (request.url === '/500')
        reply.writeHead(500, { 'set-cookie': `sid=${secret}`, 'retry-after': '0' }).end(secret.slice(0, 3))
      else if (request.url === '/reset') request.socket.resetAndDestroy()
    })
    await using silent = await listen(createServer(() => {}))
    const secured = await makeIdentity('localhost')
    await using untrusted = await serveHttps(echo, secured)
    const withUser = (url: string) => url.replace('://', `://ann:${secret}@`)
    const headers = { Authorization: `Bearer ${secret}`, Cookie: `sid=${secret}`, 'X-Api-Key': secret }
    const options = {
      headers,
      cookies: { sid: secret },
      form: { password: secret },
      timeoutMs: { headers: 20, connect: 500 },
    }
    const failures: unknown[] = []
    const collect = async (call: Promise<unknown>) => failures.push(await call.catch((error: unknown) => error))
    await using session = new Session({ auth: ['ann', secret], retry: { total: 1, statuses: [500] } })
    for (const path of ['/garbage', '/reset', '/hang']) await collect(session.put(withUser(server.url) + path, options))
    await collect(session.get(`${withUser(server.url)}/loop`, { maxRedirects: 2 }))
    await collect(session.get(`${withUser(server.url)}/500`))
    await collect(session.get(withUser(untrusted.url)))
    await collect(session.get(withUser(`http://${'a'.repeat(64)}.test/`)))
    await collect(session.get(withUser('ftp://h/')))
    await collect(session.get(withUser('http://h:99999/')))
    await collect(get(server.url, { headers: { Authorization: `Bearer ${secret}\r\nX: y` } }))
    await collect(get(server.url, { headers: { [`bad name ${'x'}`]: secret } }))
    await collect(get(server.url, { auth: secret as never }))
    await collect(get(server.url, { proxies: `socks9://ann:${secret}@h` }))
    await collect(get(server.url, { proxies: withUser(silent.url), timeoutMs: { headers: 20 } }))
    await collect(get(untrusted.url, { proxies: withUser(silent.url), timeoutMs: { connect: 20 } }))
    const status = await session.get(`${withUser(server.url)}/500`, { retry: { total: 0, raiseOnStatus: false } })
    await collect(Promise.resolve().then(() => status.raiseForStatus()))
    expect(failures).toHaveLength(16)
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(Error)
      expect(shown(failure)).not.toMatch(pattern)
      expect(String((failure as Error).stack)).not.toMatch(pattern)
    }
  })

  it('show in no object that is printed', async () => {
    await using server = await serveHttp((request, reply) => {
      reply.setHeader('set-cookie', `sid=${secret}; Path=/`)
      echo(request, reply)
    })
    await using session = new Session({
      baseUrl: server.url,
      auth: ['ann', secret],
      headers: { 'X-Api-Key': secret, Cookie: `sid=${secret}`, 'Proxy-Authorization': `Basic ${encoded}` },
      proxies: { https: `http://ann:${secret}@proxy:1` },
    })
    session.mount('http://elsewhere.test/', new Adapter({ proxies: `http://ann:${secret}@proxy:1` }))
    const response = await session.get('/')
    for (const object of [
      session,
      response,
      response.headers,
      session.headers,
      digest('ann', secret),
      session.getAdapter('http://elsewhere.test/'),
    ]) {
      expect(shown(object)).not.toMatch(pattern)
    }
    expect(inspect(session.cookies)).not.toMatch(pattern)
    expect(inspect(session.headers)).toContain('***')
  })
})

describe('connections that do not come about', () => {
  it('TLS that never answers is a ConnectTimeout; a cancelled call leaves no socket behind', async () => {
    await using silent = await listen(
      createServer((socket) => void socket.resume()),
      'https',
    )
    await expect(get(silent.url, { timeoutMs: { connect: 30 } })).rejects.toMatchObject({
      name: 'ConnectTimeout',
      code: 'CONNECT_TIMEOUT',
      timeoutMs: 30,
    })
    await until(() => silent.open === 0)
    await using session = new Session({ baseUrl: silent.url, timeoutMs: { connect: 0 } })
    const abort = new AbortController()
    const calls = [session.get('/', { signal: abort.signal }), session.get('/', { signal: abort.signal })]
    await until(() => silent.open === 2 && session.stats().connectionsOpened === 2)
    abort.abort()
    for (const call of calls) await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    await until(() => silent.open === 0)
    expect(session.stats()).toMatchObject({ pending: 0, busy: 0 })
  })

  it('a host name with a dot at its end is named to TLS without it', async () => {
    const authority = await makeIdentity('test authority', { isAuthority: true })
    const leaf = await makeIdentity('localhost', { ca: authority })
    await using server = await serveHttps(echo, leaf)
    const names: unknown[] = []
    server.server.on('secureConnection', (socket: TLSSocket) => names.push(socket.servername))
    // Not every resolver knows `localhost.`, so the socket is opened beforehand.
    const socket = startTls(
      { hostname: 'localhost.', port: server.port, secure: true },
      { tls: { ...resolveTls({}), ca: authority.cert }, connectTimeoutMs: 0, onSocket: () => {} },
      connect(server.port, '127.0.0.1'),
    )
    await once(socket, 'secureConnect')
    await until(() => names.length === 1)
    expect([names, socket.authorized]).toEqual([['localhost'], true])
    socket.destroy()
  })

  it('destroy() ends those on their way too', async () => {
    await using silent = await listen(
      createServer((socket) => void socket.resume()),
      'https',
    )
    const session = new Session({ baseUrl: silent.url })
    const call = session.get('/').catch((error: unknown) => error)
    await until(() => silent.open === 1)
    await session.destroy()
    expect(await call).toMatchObject({ name: 'SessionClosed', code: 'SESSION_DESTROYED' })
    await until(() => silent.open === 0)
    await expect(session.get('/')).rejects.toMatchObject({ code: 'SESSION_DESTROYED' })
    await Promise.all([session.close(), session.close()])
  })

  it('a name that does not resolve says so', async () => {
    await expect(get(`http://${'a'.repeat(64)}.test/`)).rejects.toMatchObject({
      name: 'ConnectionError',
      code: 'DNS_FAILED',
    })
  })

  it.runIf(isInstalled('openssl', 'openssl'))(
    'a wanted client certificate is named when the server says so by an alert, in TLS 1.2 and 1.3',
    async () => {
      const authority = await makeIdentity('test authority', { isAuthority: true })
      const leaf = await makeIdentity('localhost', { ca: authority })
      const stranger = await makeIdentity('stranger')
      for (const version of ['-tls1_2', '-tls1_3']) {
        const port = await freePort()
        // Node's own server closes without an alert; OpenSSL's says what it wants.
        const wanting = ['-Verify', '1', '-verify_return_error', '-www', '-quiet', version]
        await using _server = await startProgram(
          (folder) => ['openssl', 's_server', '-accept', `127.0.0.1:${port}`, ...identityArgs(folder), ...wanting],
          { port, files: () => ({ 'leaf.pem': leaf.cert, 'leaf.key': leaf.key, 'ca.pem': authority.cert }) },
        )
        for (const identity of [{}, { cert: stranger.cert, key: stranger.key }]) {
          const call = get(`https://127.0.0.1:${port}/`, { ca: authority.cert, ...identity })
          await expect(call).rejects.toMatchObject({ name: 'TlsError', code: 'TLS_CLIENT_CERTIFICATE' })
        }
      }
    },
  )
})

const identityArgs = (folder: string) => [
  '-cert',
  `${folder}/leaf.pem`,
  '-key',
  `${folder}/leaf.key`,
  '-CAfile',
  `${folder}/ca.pem`,
]
