import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer({ maxBodyBytes: 1_000 })
})
afterAll(() => server.close())

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.urls.http}${path}`, { redirect: 'manual', ...init })
}

async function json(path: string, init: RequestInit = {}): Promise<unknown> {
  return (await ask(path, init)).json()
}

const basic = (text: string) => ({ headers: { Authorization: `Basic ${Buffer.from(text).toString('base64')}` } })

test('/headers shows title-cased names and hides what proxies add', async () => {
  const headers = { 'x-b3-traceid': '1', 'X-Forwarded-Port': '1', 'x-request-id': '2' }
  expect(await json('/headers', { headers })).toMatchObject({ headers: { 'X-B3-Traceid': '1' } })
  expect(await json('/headers', { headers })).not.toHaveProperty(['headers', 'X-Request-Id'])
  expect(await json('/headers?show_env=1', { headers })).toMatchObject({ headers: { 'X-Request-Id': '2' } })
})

test('/get believes what a proxy says about origin and scheme', async () => {
  const headers = { 'X-Forwarded-For': '10.1.2.3', 'X-Forwarded-Proto': 'https' }
  const host = new URL(server.urls.http).host
  expect(await json('/get', { headers })).toMatchObject({ origin: '10.1.2.3', url: `https://${host}/get` })
})

test.each([200, 201, 404, 418, 500, 599])('/status/%i', async (status) => {
  expect((await ask(`/status/${status}`)).status).toBe(status)
  expect((await ask(`/status/${status}`, { method: 'POST', body: 'x' })).status).toBe(status)
})

test.each([301, 302, 303, 305, 307])('/status/%i leads to /redirect/1', async (status) => {
  const reply = await ask(`/status/${status}`)
  expect([reply.status, reply.headers.get('location')]).toEqual([status, '/redirect/1'])
})

test('/status challenges with 401 and 407', async () => {
  expect((await ask('/status/401')).headers.get('www-authenticate')).toBe('Basic realm="Fake Realm"')
  const client = await RawClient.connect(server.urls.http)
  expect((await client.get('/status/407')).headers['proxy-authenticate']).toBe('Basic realm="Fake Realm"')
  await client.close()
})

test('/status draws from a weighted list, by the seed', async () => {
  const draw = async () => {
    await using seeded = await startFixtureServer({ seed: 7 })
    const drawn = []
    for (let i = 0; i < 40; i++) drawn.push((await fetch(`${seeded.urls.http}/status/200:3,500:1`)).status)
    return drawn
  }
  const drawn = await draw()
  expect(new Set(drawn)).toEqual(new Set([200, 500]))
  expect(drawn.filter((status) => status === 200).length).toBeGreaterThan(20)
  expect(await draw()).toEqual(drawn)
})

test.each(['abc', '99', '2000', '200,', '200:x', '200:1:2', '-1', '100'])(
  '/status/%s is a bad request',
  async (codes) => {
    const reply = await ask(`/status/${codes}`)
    expect([reply.status, await reply.text()]).toEqual([400, 'Invalid status code'])
  },
)

test('cookies are set, shown and deleted', async () => {
  const set = await ask('/cookies/set/a/b')
  expect([set.status, set.headers.get('location'), set.headers.getSetCookie()]).toEqual([
    302,
    '/cookies',
    ['a=b; Path=/'],
  ])
  expect((await ask('/cookies/set?k=v&l=w')).headers.getSetCookie()).toEqual(['k=v; Path=/', 'l=w; Path=/'])
  const [deleted] = (await ask('/cookies/delete?k')).headers.getSetCookie()
  expect(deleted).toBe('k=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/')
  expect(await json('/cookies', { headers: { Cookie: 'a=1; b="x y"; a=2' } })).toEqual({
    cookies: { a: '1', b: 'x y' },
  })
})

test('a cookie from the path cannot smuggle in a header', async () => {
  const reply = await ask('/cookies/set/a/b%0d%0aX-Evil:%201;%20Domain=x')
  expect(reply.headers.get('x-evil')).toBeNull()
  expect(reply.headers.getSetCookie()).toEqual(['a="b\\015\\012X-Evil: 1\\073 Domain=x"; Path=/'])
})

test('/basic-auth accepts only its own credentials', async () => {
  expect(await json('/basic-auth/u/p', basic('u:p'))).toEqual({ authenticated: true, user: 'u' })
  expect(await json('/basic-auth/%C3%BC/p%3Aq', basic('ü:p:q'))).toEqual({ authenticated: true, user: 'ü' })
  for (const init of [
    {},
    basic('u:x'),
    { headers: { Authorization: 'Basic !' } },
    { headers: { Authorization: 'Bearer u:p' } },
  ]) {
    const reply = await ask('/basic-auth/u/p', init)
    expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Fake Realm"'])
  }
})

test('/bearer echoes the token', async () => {
  expect(await json('/bearer', { headers: { Authorization: 'Bearer abc' } })).toEqual({
    authenticated: true,
    token: 'abc',
  })
  const reply = await ask('/bearer', basic('u:p'))
  expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
})

test('/delay answers after its delay, and forgets a client that leaves', async () => {
  expect(await json('/delay/0.01?a=1')).toMatchObject({ args: { a: '1' }, data: '', files: {}, form: {} })
  expect((await ask('/delay/soon')).status).toBe(400)
  const leaving = new AbortController()
  const left = ask('/delay/10', { signal: leaving.signal })
  const requests = server.ledger().listeners.http.requests
  while (server.ledger().listeners.http.requests === requests) await new Promise(setImmediate)
  leaving.abort()
  await expect(left).rejects.toThrow()
})

test('a body over the limit is refused', async () => {
  expect((await ask('/delay/0', { method: 'POST', body: 'x'.repeat(1_000) })).status).toBe(200)
  expect((await ask('/delay/0', { method: 'POST', body: 'x'.repeat(1_001) })).status).toBe(413)
  // Of unknown length, and far from sent when it is already too much: the refusal must still arrive.
  const body = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 8; i++) controller.enqueue(new Uint8Array(1_000_000))
      controller.close()
    },
  })
  expect((await ask('/post', { method: 'POST', body, duplex: 'half' } as RequestInit)).status).toBe(413)
})

test('what is not served says so', async () => {
  const unknown = await ask('/nothing/here')
  expect([unknown.status, await unknown.json()]).toEqual([
    404,
    { status: 404, error: 'nothing is served at /nothing/here' },
  ])
  const method = await ask('/get', { method: 'DELETE' })
  expect([method.status, method.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
})

test('every reply carries the CORS fields, and a preflight what it needs', async () => {
  for (const path of ['/get', '/headers', '/status/500', '/nowhere']) {
    const { headers } = await ask(path, { headers: { Origin: 'http://a' } })
    expect(headers.get('access-control-allow-origin')).toBe('http://a')
    expect(headers.get('access-control-allow-credentials')).toBe('true')
  }
  const headers = { 'Access-Control-Request-Headers': 'x-a' }
  const preflight = await ask('/get', { method: 'OPTIONS', headers })
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    allow: 'GET, HEAD, OPTIONS',
    'access-control-allow-methods': 'GET, POST, PUT, DELETE, PATCH, OPTIONS',
    'access-control-max-age': '3600',
    'access-control-allow-headers': 'x-a',
  })
})
