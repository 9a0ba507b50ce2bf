import { digest, get, Session } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'

// The real uses that the mission names, against the fixture server.

let target: FixtureServer
beforeAll(async () => {
  target = await startFixtureServer({ seed: 1 })
})
afterAll(() => target.close())

describe.each(['http', 'https'] as const)('over %s', (scheme) => {
  const open = (options = {}) => new Session({ baseUrl: target.urls[scheme], ca: target.ca, ...options })

  it('log in, then see the dashboard; without the session it is a bounce', async () => {
    await using session = open()
    const before = await session.get('/dashboard')
    expect([before.history.map(({ status }) => status), await before.text()]).toEqual([
      [302],
      expect.stringContaining('Log in'),
    ])
    const welcome = await session.post('/login', { form: { user: 'ada', password: 'secret' } })
    expect(await welcome.json()).toMatchObject({ user: 'ada' })
    expect(welcome.history[0]?.status).toBe(303)
    expect(await (await session.get('/dashboard')).json()).toMatchObject({ user: 'ada' })
    expect(session.stats().connectionsOpened).toBe(1)
    await (await session.post('/logout')).bytes()
    expect((await session.get('/dashboard')).history).toHaveLength(1)
    const stateless = await get(`${target.urls[scheme]}/dashboard`, { ca: target.ca })
    expect(stateless.history).toHaveLength(1)
  })

  it('get a token, then every page of the API', async () => {
    await using session = open()
    const { access_token: bearer } = await (await session.post('/token')).json<{ access_token: string }>()
    session.auth = { bearer }
    const items: unknown[] = []
    let next: string | undefined = '/api/items?per_page=40'
    while (next !== undefined) {
      const page = (await session.get(next)).raiseForStatus()
      items.push(...(await page.json<{ items: unknown[] }>()).items)
      next = page.links.next?.url
    }
    expect(items).toHaveLength(100)
    session.auth = { bearer: 'expired' }
    const refused = await session.get('/api/items')
    expect(() => refused.raiseForStatus()).toThrow('401')
  })

  it('scrape many pages on few connections', async () => {
    await using session = open({ pool: { connections: 3 } })
    const urls = Array.from({ length: 30 }, (_, index) => `/site/page/${index + 1}`)
    const titles = await session.all(urls, {
      concurrency: 6,
      read: async (page) => /<title>(.*)<\/title>/.exec(await page.text())?.[1],
    })
    expect(titles).toEqual(urls.map((_, index) => `Page ${index + 1}`))
    expect(session.stats().connectionsOpened).toBeLessThanOrEqual(3)
  })

  it('ask as somebody elsewhere', async () => {
    await using session = open({ headers: { 'Accept-Language': 'de', 'X-Forwarded-For': '192.0.2.7' } })
    expect(await (await session.get('/geo')).json()).toMatchObject({ country: 'DE', language: 'de' })
    const once = await session.get('/geo', { headers: { 'accept-language': 'fr' } })
    expect(await once.json()).toMatchObject({ language: 'fr', country: 'DE' })
  })

  it('authenticate: basic, bearer, digest', async () => {
    await using session = open()
    expect((await session.get('/basic-auth/u/p', { auth: ['u', 'p'] })).status).toBe(200)
    expect((await session.get('/basic-auth/u/p', { auth: ['u', 'no'] })).status).toBe(401)
    expect((await session.get('/bearer', { auth: { bearer: 't' } })).status).toBe(200)
    for (const algorithm of ['MD5', 'SHA-256', 'SHA-512']) {
      const auth = digest('u', 'p')
      const path = `/digest-auth/auth/u/p/${algorithm}`
      expect([(await session.get(path, { auth })).status, (await session.get(path, { auth })).status]).toEqual([
        200, 200,
      ])
      expect((await session.get(path, { auth: digest('u', 'no') })).status).toBe(401)
    }
  })

  it('read what httpbin would answer', async () => {
    await using session = open()
    for (const encoding of ['gzip', 'deflate', 'brotli', 'zstd']) {
      expect((await (await session.get(`/${encoding}`)).text()).length).toBeGreaterThan(20)
    }
    expect((await session.get('/redirect/5')).history).toHaveLength(5)
    await expect(session.get('/redirect/5', { maxRedirects: 4 })).rejects.toMatchObject({ code: 'TOO_MANY_REDIRECTS' })
    const lines: string[] = []
    for await (const line of (await session.get('/stream/5')).lines()) lines.push(line)
    expect(lines).toHaveLength(5)
    const posted = await session.post('/post', { multipart: { a: '1', f: { content: 'x', filename: 'f.txt' } } })
    expect(await posted.json()).toMatchObject({ form: { a: '1' }, files: { f: 'x' } })
  })
})
