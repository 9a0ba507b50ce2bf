import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'

const names = ['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf', 'toJSON', '__defineGetter__']

let server: FixtureServer

beforeAll(async () => {
  server = await startFixtureServer({ workers: 2 })
})
afterAll(() => server.close())

interface Reply {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

async function overHttp1(path: string, { body, ...init }: Asked = {}): Promise<Reply> {
  const reply = await fetch(server.urls.http + path, {
    ...init,
    ...(body !== undefined && { body }),
    redirect: 'manual',
  })
  return { status: reply.status, text: await reply.text(), headers: Object.fromEntries(reply.headers) }
}

async function overHttp2(path: string, { method = 'GET', headers, body }: Asked = {}): Promise<Reply> {
  const session = connectHttp2(server.urls.https, { ca: server.ca })
  const stream = session.request({ ':path': path, ':method': method, ...headers })
  stream.end(body)
  const [fields] = (await once(stream, 'response')) as [Record<string, string>]
  let text = ''
  for await (const chunk of stream) text += chunk
  session.close()
  return { status: Number(fields[':status']), text, headers: fields }
}

/** What JSON text says, as pairs: a prototype cannot hide a name among them. */
function pairs(text: string, key: string): [string, unknown][] {
  return Object.entries((JSON.parse(text) as Record<string, Record<string, unknown>>)[key] as object)
}

describe.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
])('names that objects have by birth, over %s', (_protocol, ask) => {
  test.each(names)('%s is an argument like others', async (name) => {
    for (const path of ['/get', '/anything']) {
      expect(pairs((await ask(`${path}?${name}=1&${name}=2&a=3`)).text, 'args')).toEqual([
        ...(name < 'a'
          ? [
              [name, ['1', '2']],
              ['a', '3'],
            ]
          : [
              ['a', '3'],
              [name, ['1', '2']],
            ]),
      ])
      expect(pairs((await ask(`${path}?a=3`)).text, 'args')).toEqual([['a', '3']])
    }
  })

  test.each(names)('%s is a field, a file and a key like others', async (name) => {
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `${name}=1` }
    expect(pairs((await ask('/post', form)).text, 'form')).toEqual([[name, '1']])
    const part = `--x\r\nContent-Disposition: form-data; name="${name}"; filename="a"\r\n\r\n1\r\n--x--\r\n`
    const multipart = { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: part }
    expect(pairs((await ask('/post', multipart)).text, 'files')).toEqual([[name, '1']])
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"${name}":{"a":1}}` }
    expect(pairs((await ask('/post', json)).text, 'json')).toEqual([[name, { a: 1 }]])
  })

  test.each(names)('%s is a cookie like others', async (name) => {
    expect(pairs((await ask('/cookies', { headers: { cookie: `${name}=1; b=2` } })).text, 'cookies')).toContainEqual([
      name,
      '1',
    ])
    const { status, headers } = await ask(`/cookies/set/${name}/1`)
    expect([status, String(headers['set-cookie'])]).toEqual([302, expect.stringMatching(new RegExp(`^${name}=1; `))])
    expect(String((await ask(`/cookies/set?${name}=1`)).headers['set-cookie'])).toMatch(`${name}=1; `)
    expect(String((await ask(`/cookies/delete?${name}`)).headers['set-cookie'])).toMatch(`${name}=; `)
  })

  test.each(names)('%s is a header like others', async (name) => {
    const { status, text, headers } = await ask(`/response-headers?${name}=1&a=2`)
    expect([status, Object.entries(headers)]).toEqual([
      200,
      expect.arrayContaining([
        [name.toLowerCase(), '1'],
        ['a', '2'],
      ]),
    ])
    expect(Object.entries(JSON.parse(text))).toContainEqual([name, '1'])
    expect((await ask('/headers', { headers: { [name.toLowerCase()]: '1' } })).status).toBe(200)
  })

  test.each(names)('%s is a path, an algorithm, a law and a language like others', async (name) => {
    expect((await ask(`/${name}`)).status).toBe(404)
    expect((await ask(`/${name}/${name}`)).status).toBe(404)
    expect((await ask(`/site/asset/${name}`)).status).toBe(404)
    expect((await ask(`/image/${name}`)).status).toBe(404)
    expect((await ask(`/work?law=${name}`)).status).toBe(400)
    expect((await ask(`/reset?when=${name}`)).status).toBe(400)
    expect((await ask('/geo', { headers: { 'accept-language': name } })).text).toContain('"language": "en"')
    const challenge = await ask(`/digest-auth/auth/u/p/${name}`)
    expect([challenge.status, challenge.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/algorithm=MD5/),
    ])
    const authorization = `Digest username="u", nonce="n", response="r", qop=auth, algorithm=${name}`
    expect((await ask('/digest-auth/auth/u/p', { headers: { authorization } })).status).toBe(401)
  })
})

test.each(names)('attempts are counted under the id %s', async (name) => {
  for (const expected of [503, 200]) expect((await overHttp2(`/flaky/1?id=${name}`)).status).toBeOneOf([503, expected])
  const counted = Object.entries(server.attempts()).find(([id]) => id === name)
  expect(counted).toEqual([name, 2])
  const overControl = (await (await fetch(`${server.urls.control}/attempts`)).json()) as object
  expect(Object.entries(overControl)).toContainEqual([name, 2])
})
