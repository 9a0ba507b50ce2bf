import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

// Each of these once cost the server seconds to minutes, or hundreds of megabytes: a test that runs out of time has failed.
const tenMiB = 10 * 1024 * 1024

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer()
})
afterAll(() => server.close())

interface Posted {
  readonly type: string
  readonly body: string
}

async function overHttp1(path: string, { type, body }: Posted): Promise<{ status: number; text: string }> {
  const reply = await fetch(server.urls.http + path, { method: 'POST', headers: { 'content-type': type }, body })
  return { status: reply.status, text: await reply.text() }
}

async function overHttp2(path: string, { type, body }: Posted): Promise<{ status: number; text: string }> {
  const session = connectHttp2(server.urls.https, { ca: server.ca })
  const stream = session.request({ ':path': path, ':method': 'POST', 'content-type': type })
  stream.end(body)
  const [fields] = (await once(stream, 'response')) as [Record<string, string>]
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  session.close()
  return { status: Number(fields[':status']), text }
}

const form = (body: string): Posted => ({ type: 'application/x-www-form-urlencoded', body })
const json = (body: string): Posted => ({ type: 'application/json', body })
const multipart = (part: string, count: number, boundary = 'x'): Posted => ({
  type: `multipart/form-data; boundary=${boundary}`,
  body: `${`--${boundary}\r\n${part}\r\n`.repeat(count)}--${boundary}--\r\n`,
})
const namedPart = 'Content-Disposition: form-data; name="a"\r\n\r\n1'

describe.each([
  ['the lane', '/post', overHttp1],
  ['node:http', '/anything', overHttp1],
  ['HTTP/2', '/post', overHttp2],
])('a body over %s', (_name, path, post) => {
  test.each<[string, Posted, RegExp]>([
    ['millions of names', form('a&'.repeat(tenMiB / 2)), /more than 1000 fields/],
    ['millions of values', form('a=&'.repeat(tenMiB / 3)), /more than 1000 fields/],
    ['1,001 fields', form('a=1&'.repeat(1_001)), /more than 1000 fields/],
    ['1,001 parts', multipart(namedPart, 1_001), /more than 1000 parts/],
    ['a hundred thousand parts', multipart(namedPart, 100_000), /more than 1000 parts/],
    ['a part with a head of megabytes', multipart(`A: ${';'.repeat(tenMiB - 100)}\r\n\r\n1`, 1), /head of a part/],
    ['a boundary of 71 characters', multipart(namedPart, 1, 'x'.repeat(71)), /boundary/],
    ['brackets without end', json('['.repeat(101) + ']'.repeat(101)), /nested more than 100 deep/],
    ['millions of brackets', json('['.repeat(tenMiB / 2) + ']'.repeat(tenMiB / 2)), /nested more than 100 deep/],
    ['objects deep inside', json(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`), /nested more than 100 deep/],
    [
      'millions of values deep inside',
      json(`${'['.repeat(90)}0${',0'.repeat(5_000_000)}${']'.repeat(90)}`),
      /too large/,
    ],
  ])('with %s is refused', async (_what, posted, reason) => {
    const { status, text } = await post(path, posted)
    expect([status, JSON.parse(text).error]).toEqual([400, expect.stringMatching(reason)])
  })

  test.each<[string, Posted, string, object]>([
    [
      '100 fields in 10 MB',
      form(`${'x'.repeat(100_000)}=1&`.repeat(100)),
      'form',
      { ['x'.repeat(100_000)]: Array(100).fill('1') },
    ],
    ['1,000 fields', form('a=1&'.repeat(1_000)), 'form', { a: Array(1_000).fill('1') }],
    ['1,000 parts', multipart(namedPart, 1_000), 'form', { a: Array(1_000).fill('1') }],
    ['nothing but empty fields', form('&'.repeat(tenMiB)), 'form', {}],
    [
      'names that need decoding',
      form('?a+b=c%26d&%E2%82%AC=%FF&x==&=y&%zz'),
      'form',
      { '?a b': 'c&d', '€': '\ufffd', x: '=', '': 'y', '%zz': '' },
    ],
    ['a boundary of 70 characters', multipart(namedPart, 1, 'x'.repeat(70)), 'form', { a: '1' }],
    [
      'JSON a hundred deep',
      json('['.repeat(100) + ']'.repeat(100)),
      'json',
      JSON.parse('['.repeat(100) + ']'.repeat(100)),
    ],
  ])('with %s is read', async (_what, posted, key, value) => {
    const { status, text } = await post(path, posted)
    expect(status).toBe(200)
    expect(JSON.parse(text)[key]).toEqual(value)
  })
})

describe('a request head', () => {
  async function send(head: string): Promise<{ status: number; text: string }> {
    const client = await RawClient.connect(server.urls.http)
    client.send(`${head}\r\n`)
    const { status, body } = await client.reply()
    client.socket.destroy()
    return { status, text: body.toString() }
  }

  test.each(['/get', '/cookies/set', '/response-headers', '/drip', '/anything'])(
    'with 7,000 arguments for %s',
    async (path) => {
      const { status, text } = await send(`GET ${path}?${'a&'.repeat(7_000)} HTTP/1.1\r\nHost: a\r\n`)
      expect([status, JSON.parse(text).error]).toEqual([400, expect.stringMatching(/more than 1000 fields/)])
    },
  )

  test('of 3,000 fields, of which the last is a second Host', async () => {
    const fields = 'a:1\r\n'.repeat(3_000)
    expect((await send(`GET /headers HTTP/1.1\r\nHost: a\r\n${fields}`)).status).toBe(200)
    expect((await send(`GET /headers HTTP/1.1\r\nHost: a\r\n${fields}Host: b\r\n`)).status).toBe(400)
  })

  test('with blanks that might be part of a value or not', async () => {
    const started = Array.from({ length: 200 }, (_, i) =>
      send(`GET /get HTTP/1.1\r\nHost: a\r\nX-${i}:${' '.repeat(15_000)}\x80\r\n`),
    )
    for (const { status } of await Promise.all(started)) expect(status).toBeLessThan(500)
  }, 20_000)

  test('with credentials that are one long word', async () => {
    const session = connectHttp2(server.urls.https, { ca: server.ca })
    const streams = Array.from({ length: 100 }, () =>
      session.request({ ':path': '/digest-auth/auth/u/p', authorization: `Digest ${'a'.repeat(60_000)}` }),
    )
    for (const stream of streams) {
      const [fields] = (await once(stream, 'response')) as [Record<string, string>]
      expect(Number(fields[':status'])).toBe(401)
      stream.close()
    }
    session.close()
  }, 20_000)

  test.each([
    ['GET /flaky/1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: ', 400],
    ['GET /get HTTP/1.1\r\nHost: a\r\nX-Request-Id: ', 400],
    ['GET /headers HTTP/1.1\r\nHost: a\r\nX-Request-Id: ', 400],
  ])('with an id that is too long to be remembered: %j', async (start, status) => {
    expect((await send(`${start}${'x'.repeat(257)}\r\n`)).status).toBe(status)
    expect((await send(`${start}${'x'.repeat(256)}\r\n`)).status).not.toBe(status)
    expect((await send(`GET /flaky/0?id=${'x'.repeat(257)} HTTP/1.1\r\nHost: a\r\n`)).status).toBe(400)
  })

  test('a user whose name is too long to be remembered', async () => {
    const logIn = (user: string) => overHttp1('/login', form(`user=${user}&password=secret`))
    expect((await logIn('x'.repeat(257))).status).toBe(400)
    expect((await logIn('x'.repeat(256))).status).toBe(200)
  })
})

test.each([
  ['200:1,500:1e999', 400],
  ['200:Infinity,500:1', 400],
  ['200:NaN,500:1', 400],
  ['200:-1,500:1', 400],
  ['200:,500:1', 400],
  ['200:3x,500:1', 400],
  ['200:1e300,500:1e300', 400],
  ['200:1e3,500:0', 200],
  ['200:0.5,500:0', 200],
  [`${'404,'.repeat(3_000)}404`, 404],
])('/status/%s', async (codes, status) => {
  expect((await fetch(`${server.urls.http}/status/${codes}`)).status).toBe(status)
})
