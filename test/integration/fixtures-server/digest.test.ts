import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer()
})
afterAll(() => server.close())

interface Try {
  readonly path: string
  readonly password?: string
  readonly user?: string
  readonly qop?: 'auth' | 'auth-int'
  readonly cookie?: string
}

const hashNames: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512': 'sha512' }

async function challenge(path: string) {
  const reply = await fetch(server.urls.http + path)
  const text = reply.headers.get('www-authenticate') ?? ''
  const value = (name: string) => new RegExp(`${name}="?([^",]*)"?`).exec(text)?.[1] ?? ''
  return {
    status: reply.status,
    text,
    realm: value('realm'),
    nonce: value('nonce'),
    algorithm: value('algorithm'),
    stale: value('stale'),
    reply,
  }
}

/** A digest client of the test's own, straight from RFC 7616 §3.4. */
async function authenticate({ path, user = 'u', password = 'p', qop, cookie }: Try) {
  const { realm, nonce, algorithm } = await challenge(path)
  const h = (text: string) =>
    createHash(hashNames[algorithm] as string)
      .update(text)
      .digest('hex')
  const ha2 = h(qop === 'auth-int' ? `GET:${path}:${h('')}` : `GET:${path}`)
  const middle = qop ? `${nonce}:00000001:abc:${qop}` : nonce
  const response = h(`${h(`${user}:${realm}:${password}`)}:${middle}:${ha2}`)
  const tail = qop ? `, qop=${qop}, nc=00000001, cnonce="abc"` : ''
  const Authorization = `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${path}", algorithm=${algorithm}, response="${response}"${tail}`
  const reply = await fetch(server.urls.http + path, {
    headers: { Authorization, ...(cookie && { Cookie: cookie.replace('NONCE', nonce) }) },
  })
  return {
    status: reply.status,
    stale: /stale=TRUE/.test(reply.headers.get('www-authenticate') ?? ''),
    cookies: reply.headers.getSetCookie(),
    body: await reply.text(),
  }
}

test.each(['MD5', 'SHA-256', 'SHA-512'])('%s with every quality of protection', async (algorithm) => {
  for (const qop of ['auth', 'auth-int'] as const) {
    const result = await authenticate({ path: `/digest-auth/${qop}/u/p/${algorithm}?a=b`, qop })
    expect([result.status, JSON.parse(result.body)]).toEqual([200, { authenticated: true, user: 'u' }])
  }
  expect((await authenticate({ path: `/digest-auth/none/u/p/${algorithm}` })).status).toBe(200)
})

test('another password or user is challenged again', async () => {
  expect((await authenticate({ path: '/digest-auth/auth/u/p', qop: 'auth', password: 'x' })).status).toBe(401)
  expect((await authenticate({ path: '/digest-auth/auth/u/p', qop: 'auth', user: 'x' })).status).toBe(401)
})

test('the challenge sets the cookies that make a nonce go stale', async () => {
  const { status, stale, reply } = await challenge('/digest-auth/auth/u/p/MD5/2')
  expect([status, stale]).toEqual([401, 'FALSE'])
  expect(reply.headers.getSetCookie()).toEqual(['stale_after=2; Path=/', 'fake=fake_value; Path=/'])
  const path = '/digest-auth/auth/u/p/MD5/2'
  const counted = await authenticate({ path, qop: 'auth', cookie: 'stale_after=2' })
  expect([counted.status, counted.cookies]).toEqual([200, ['fake=fake_value; Path=/', 'stale_after=1; Path=/']])
  const worn = await authenticate({ path, qop: 'auth', cookie: 'stale_after=0' })
  expect([worn.status, worn.stale]).toEqual([401, true])
  const reused = await authenticate({ path, qop: 'auth', cookie: 'last_nonce=NONCE' })
  expect([reused.status, reused.stale]).toEqual([401, true])
})
