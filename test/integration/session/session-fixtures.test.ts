import { get, Session } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'

// The fixture server's TLS zoo, proxies and ledger: its own parts judge the session from the other side.

let target: FixtureServer
beforeAll(async () => {
  target = await startFixtureServer({ seed: 1 })
})
afterAll(() => target.close())

describe('certificates', () => {
  it.each([
    ['expired', 'TLS_EXPIRED'],
    ['wrongHost', 'TLS_WRONG_HOST'],
    ['selfSigned', 'TLS_SELF_SIGNED'],
  ] as const)('%s', async (listener, code) => {
    await expect(get(target.urls[listener], { ca: target.ca })).rejects.toMatchObject({ name: 'TlsError', code })
    expect((await get(`${target.urls[listener]}/get`, { verify: false })).status).toBe(200)
  })

  it('an unknown authority, and a client certificate', async () => {
    await expect(get(target.urls.https)).rejects.toMatchObject({ name: 'TlsError', code: 'TLS_UNTRUSTED' })
    const known = { ca: target.ca, ...target.clientCredentials }
    expect((await get(`${target.urls.clientCertificate}/get`, known)).status).toBe(200)
    await expect(get(`${target.urls.clientCertificate}/get`, { ca: target.ca })).rejects.toMatchObject({
      request: { method: 'GET' },
    })
  })
})

describe('the ledger agrees', () => {
  it.each(['http', 'https'] as const)(
    'over %s: one connection for a session, one each for stateless calls',
    async (scheme) => {
      await target.settle()
      target.resetLedger()
      await using session = new Session({ ca: target.ca, pool: { connections: 4 } })
      await session.all(Array(40).fill(`${target.urls[scheme]}/get`), { concurrency: 8 })
      for (let call = 0; call < 5; call += 1) await (await get(`${target.urls[scheme]}/get`, { ca: target.ca })).bytes()
      await target.settle()
      const counts = target.ledger().listeners[scheme]
      expect(counts).toMatchObject({ connectionsAccepted: 9, requests: 45 })
      expect(session.stats()).toMatchObject({ connectionsOpened: 4, requestsOnReused: 36 })
      if (scheme === 'https') expect(counts).toMatchObject({ handshakesFull: 9, handshakesResumed: 0 })
    },
  )
})

describe('proxies', () => {
  const withCredentials = (url: string) =>
    url.replace('://', `://${target.proxyCredentials.user}:${target.proxyCredentials.password}@`)

  it('take http and https, open ones and those that want credentials', async () => {
    const { urls, ca } = target
    const proxies = [urls.proxy, withCredentials(urls.proxyAuth), urls.socks, withCredentials(urls.socksAuth)]
    for (const proxy of proxies) {
      await using session = new Session({ ca, proxies: proxy })
      for (const origin of [urls.http, urls.https]) {
        const reply = await (await session.get(`${origin}/get?through=1`)).json<{ args: object }>()
        expect(reply.args).toEqual({ through: '1' })
      }
    }
  })

  it('say by one class when credentials are wrong or missing', async () => {
    const { urls, ca } = target
    for (const proxy of [urls.proxyAuth, urls.socksAuth]) {
      await expect(get(`${urls.https}/get`, { ca, proxies: proxy })).rejects.toMatchObject({
        name: 'ProxyError',
        code: 'PROXY_AUTH',
      })
      await expect(get(`${urls.http}/get`, { proxies: proxy })).rejects.toMatchObject({
        name: 'ProxyError',
        code: 'PROXY_AUTH',
      })
    }
  })
})
