import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer()
})
afterAll(() => server.close())

const ask = (path: string, init: RequestInit = {}) => fetch(server.urls.http + path, { redirect: 'manual', ...init })
const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) })

test('a login makes the dashboard open, a logout closes it', async () => {
  const bounced = await ask('/dashboard')
  expect([bounced.status, bounced.headers.get('location')]).toEqual([302, '/login'])
  expect((await ask('/login', form({ user: 'ada', password: 'wrong' }))).status).toBe(401)
  const login = await ask('/login', form({ user: 'ada', password: 'secret' }))
  const [cookie = ''] = login.headers.getSetCookie()
  expect([login.status, login.headers.get('location')]).toEqual([303, '/dashboard'])
  expect(cookie).toMatch(/^session=[0-9a-f]{32}; Path=\/; HttpOnly; SameSite=Lax$/)
  const headers = { Cookie: cookie.split(';')[0] as string }
  expect(await (await ask('/dashboard', { headers })).json()).toEqual({ user: 'ada', message: 'Welcome back, ada' })
  const logout = await ask('/logout', { method: 'POST', headers })
  expect(logout.headers.getSetCookie()[0]).toMatch(/^session=; .*Max-Age=0$/)
  expect((await ask('/dashboard', { headers })).status).toBe(302)
})

describe('the API', () => {
  const token = async (query = '') =>
    (await (await ask(`/token${query}`, { method: 'POST' })).json()) as { access_token: string }
  const bearer = (text: string) => ({ headers: { Authorization: `Bearer ${text}` } })

  test('wants a token, and says why one is no good', async () => {
    expect((await ask('/api/items')).headers.get('www-authenticate')).toBe('Bearer realm="items"')
    expect((await ask('/api/items', bearer('x'))).headers.get('www-authenticate')).toContain('unknown token')
    const expired = await ask('/api/items', bearer((await token('?expires_in=0')).access_token))
    expect([expired.status, expired.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('has expired'),
    ])
  })

  test('has pages that link to each other', async () => {
    const init = bearer((await token()).access_token)
    const ids: number[] = []
    let next: string | undefined = '/api/items?per_page=30'
    while (next) {
      const reply = await ask(next, init)
      ids.push(...((await reply.json()) as { items: { id: number }[] }).items.map(({ id }) => id))
      next = /<([^>]+)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1]
    }
    expect(ids).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    expect((await ask('/api/items?page=11', init)).status).toBe(404)
  })
})

test('every page and asset of the site can be found from the first', async () => {
  const found = new Set(['/site/page/1'])
  for (const path of found) {
    const reply = await ask(path)
    expect(reply.status, path).toBe(200)
    const text = await reply.text()
    if (path.includes('/page/'))
      for (const [, link] of text.matchAll(/(?:href|src)="([^"]+)"/g)) found.add(link as string)
  }
  expect(found.size).toBe(103)
  expect((await ask('/site/page/101')).status).toBe(404)
  expect((await ask('/site/asset/constructor')).status).toBe(404)
})

test.each([
  ['de-AT, en;q=0.5', '192.0.2.7', 'de', 'DE'],
  ['en;q=0.1, fr;q=0.9, *', '203.0.113.1, 10.0.0.1', 'fr', 'JP'],
  ['xx', '10.0.0.1', 'en', 'ZZ'],
])('/geo answers %s from %s in %s', async (languages, from, language, country) => {
  const reply = await ask('/geo', { headers: { 'Accept-Language': languages, 'X-Forwarded-For': from } })
  expect(await reply.json()).toMatchObject({ language, country })
  expect([reply.headers.get('content-language'), reply.headers.get('vary')]).toEqual([
    language,
    'Accept-Language, X-Forwarded-For',
  ])
})

describe('routes that fail for a while', () => {
  const statuses = async (path: string, count: number) => {
    const seen = []
    for (let i = 0; i < count; i++) seen.push((await ask(path)).status)
    return seen
  }

  test('/flaky/n fails n times per id, then works', async () => {
    expect(await statuses('/flaky/2?id=a', 4)).toEqual([503, 503, 200, 200])
    expect(await statuses('/flaky/1?id=b', 2)).toEqual([503, 200])
    expect(await statuses('/flaky/1', 4)).toEqual([503, 200, 503, 200])
    expect(server.attempts()).toMatchObject({ a: 4, b: 2 })
    const counted = await (await fetch(`${server.urls.control}/attempts`)).json()
    expect(counted).toEqual(server.attempts())
  })

  test('/retry-after says when, once', async () => {
    const first = await ask('/retry-after?seconds=3&status=429&id=c')
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '3'])
    expect(await (await ask('/retry-after?seconds=3&id=c')).json()).toEqual({ attempt: 2, id: 'c' })
  })

  test('/unstable fails at its rate, and each seed has one sequence', async () => {
    const drawn = await statuses('/unstable?rate=0.5&seed=4&id=d', 60)
    expect(drawn.filter((status) => status === 503).length).toBeGreaterThan(15)
    expect(drawn.filter((status) => status === 200).length).toBeGreaterThan(15)
    await using again = await startFixtureServer({ seed: 99 })
    const repeated = []
    for (let i = 0; i < 60; i++) repeated.push((await fetch(`${again.urls.http}/unstable?rate=0.5&seed=4&id=d`)).status)
    expect(repeated).toEqual(drawn)
  })
})

describe('/work', () => {
  test('queues before its workers, and tells how late it was', async () => {
    const replies = await Promise.all(
      [1, 2, 3].map(async (i) => {
        const reply = await ask('/work?serviceUs=5000&workers=1&queue=a', { headers: { 'X-Request-Id': `w${i}` } })
        return (await reply.json()) as { id: string; queuedUs: number; serviceUs: number; lateUs: number }
      }),
    )
    const sorted = replies.sort((a, b) => a.queuedUs - b.queuedUs)
    expect(sorted[0]?.queuedUs).toBe(0)
    // Together they take three services, however far apart they arrived, unless the queue ran empty in between.
    expect(sorted.every(({ serviceUs, lateUs }) => Math.abs(serviceUs - 5_000) < 0.01 && lateUs >= 0)).toBe(true)
    const logged = server.requestLog().filter(({ id }) => id.startsWith('w'))
    expect(logged.map(({ injectedMs }) => injectedMs).every((ms) => ms >= 4.999)).toBe(true)
  })

  test('a seed gives the same service times again', async () => {
    const times = async (queue: string) => {
      const drawn = []
      for (let i = 0; i < 5; i++) {
        const reply = await ask(`/work?serviceUs=200&law=lognormal&seed=3&queue=${queue}`)
        drawn.push(((await reply.json()) as { serviceUs: number }).serviceUs)
      }
      return drawn.map((time) => time.toFixed(3))
    }
    expect(await times('x')).toEqual(await times('y'))
  })
})
