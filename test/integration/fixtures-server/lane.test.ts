import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

let server: FixtureServer
const clients: RawClient[] = []

beforeAll(async () => {
  server = await startFixtureServer()
})
afterAll(async () => {
  for (const client of clients) client.socket.destroy()
  await server.close()
})

async function connect(url = server.urls.http): Promise<RawClient> {
  const client = await RawClient.connect(url)
  clients.push(client)
  return client
}

/** Sends `bytes` on a connection of its own and answers the statuses of all replies until the server ends it. */
async function statuses(bytes: string): Promise<number[]> {
  const client = await connect()
  client.send(bytes)
  client.socket.end()
  const text = await client.ended()
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]))
}

const get = (path: string, fields = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
const last = 'Connection: close\r\n'

describe('a measured route', () => {
  test('answers /get with what was asked', async () => {
    const client = await connect()
    const { status, headers, body } = await client.get('/get?a=1&a=2&b=x%20y', 'X-One: 1\r\nx-two: 2\r\n')
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'access-control-allow-origin': '*' })
    expect(JSON.parse(body.toString())).toEqual({
      args: { a: ['1', '2'], b: 'x y' },
      headers: { Host: 'test', 'X-One': '1', 'X-Two': '2' },
      origin: '127.0.0.1',
      url: 'http://test/get?a=1&a=2&b=x%20y',
    })
  })

  test('answers the same whether the lane or node:http does it', async () => {
    const lane = await (await connect()).get('/get?x=1', 'Origin: http://site\r\n')
    const client = await connect()
    await client.get('/headers')
    const application = await client.get('/get?x=1', 'Origin: http://site\r\n')
    expect(application.body.toString()).toBe(lane.body.toString())
    expect(new Set(Object.keys(application.headers))).toEqual(new Set(Object.keys(lane.headers)))
    expect(lane.headers['access-control-allow-origin']).toBe('http://site')
  })

  test('echoes another body for another head of the same length', async () => {
    const client = await connect()
    const bodies = []
    for (const value of ['1', '2', '1', '3'])
      bodies.push(JSON.parse((await client.get(`/get?a=${value}`)).body.toString()).args.a)
    expect(bodies).toEqual(['1', '2', '1', '3'])
  })

  test('sends fresh random bytes, and with a seed those of Python', async () => {
    const client = await connect()
    const [one, two] = [await client.get('/bytes/16'), await client.get('/bytes/16')]
    expect(one.body.equals(two.body)).toBe(false)
    const seeded = await client.get('/bytes/8?seed=42')
    expect([...seeded.body]).toEqual([57, 12, 140, 125, 114, 71, 52, 44])
    expect((await client.get('/bytes/999999')).body.length).toBe(102_400)
    expect((await client.get('/bytes/8?seed=x')).status).toBe(400)
  })

  test('HEAD has the fields of GET and no body', async () => {
    const client = await connect()
    client.send('HEAD /bytes/7 HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await client.reply({ bodiless: true })).headers['content-length']).toBe('7')
    expect((await client.get('/bytes/3')).body.length).toBe(3)
  })
})

describe('/post', () => {
  const post = (body: string, fields = '') =>
    `POST /post HTTP/1.1\r\nHost: a\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`
  const json = 'Content-Type: application/json\r\n'
  const urlEncoded = 'Content-Type: application/x-www-form-urlencoded\r\n'
  const bytes = 'PUT /put HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'

  test.each([
    ['JSON', '{"a":[1,2]}', json],
    ['a form', 'a=1&a=2&b=%C3%A9', urlEncoded],
    ['text', Buffer.from('grüße').toString('latin1'), ''],
    ['nothing', '', ''],
    ['much', 'x'.repeat(50_000), ''],
    [
      'parts',
      '--x\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n\r\nhi\r\n--x--\r\n',
      'Content-Type: multipart/form-data; boundary=x\r\n',
    ],
  ])('echoes %s in the lane as node:http does', async (_name, body, fields) => {
    const lane = await connect()
    lane.send(post(body, fields))
    const first = await lane.reply()
    const client = await connect()
    client.send(bytes)
    await client.reply()
    client.send(post(body, fields))
    const second = await client.reply()
    expect(first.status).toBe(200)
    expect(first.body.toString()).toBe(second.body.toString())
    expect(new Set(Object.keys(first.headers))).toEqual(new Set(Object.keys(second.headers)))
  })

  test('echoes each body of one head, in chunks or not, pipelined', async () => {
    const client = await connect()
    const chunked =
      'POST /post HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\n\r\n'
    client.send(['one', 'two', 'two', 'six'].map((body) => post(body)).join('') + chunked)
    const echoed = []
    for (let i = 0; i < 5; i++) echoed.push(JSON.parse((await client.reply()).body.toString()).data)
    expect(echoed).toEqual(['one', 'two', 'two', 'six', 'hello'])
  })

  test.each([
    ['a length', 'POST', '/post', 'Content-Length: 99999999\r\n\r\n'],
    ['chunks', 'POST', '/post', 'Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n'],
    ['a length', 'GET', '/get', 'Content-Length: 99999999\r\n\r\n'],
  ])('refuses %s over the limit as node:http does: %s %s', async (_name, method, path, rest) => {
    const key = `${path} 413`
    const before = server.ledger().listeners.http
    const answers = []
    // In chunks node:http reads on, for a client may still be sending; the lane ends it.
    for (const first of rest.includes('chunked') ? [undefined] : [undefined, bytes]) {
      const client = await connect()
      if (first !== undefined) {
        client.send(first)
        await client.reply()
      }
      client.send(`${method} ${path} HTTP/1.1\r\nHost: a\r\n${rest}`)
      answers.push(await client.reply())
    }
    const [lane, application = lane] = answers
    expect(lane).toMatchObject({ status: 413, headers: { connection: 'close' } })
    expect(application?.status).toBe(413)
    expect(application?.body.toString()).toBe(lane?.body.toString())
    const after = server.ledger().listeners.http
    expect((after.replies[key] ?? 0) - (before.replies[key] ?? 0)).toBe(answers.length)
    expect(after.requestsRefused).toBe(before.requestsRefused)
  })
})

describe('framing', () => {
  test('a request split at every byte is one request', async () => {
    const request =
      'GET /get HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n'
    const before = server.ledger().listeners.http.requests
    const client = await connect()
    for (const byte of request) {
      client.send(byte)
      await new Promise((resolve) => client.socket.write('', resolve))
    }
    expect((await client.reply()).status).toBe(200)
    expect((await client.get('/get')).status).toBe(200)
    expect(server.ledger().listeners.http.requests - before).toBe(2)
  })

  test('two packets, cut anywhere, are as good as one', async () => {
    const pair = `${get('/bytes/2')}POST /get HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello${get('/bytes/3', last)}`
    for (let cut = 1; cut < pair.length; cut += 3) {
      const client = await connect()
      client.send(pair.slice(0, cut))
      await new Promise(setImmediate)
      client.send(pair.slice(cut))
      const replies = [await client.reply(), await client.reply(), await client.reply()]
      expect(replies.map(({ status }) => status)).toEqual([200, 405, 200])
      await client.close()
    }
  })

  test('pipelined requests are answered in order, across the hand-over to node:http', async () => {
    const paths = ['/bytes/1', '/bytes/2', '/headers', '/bytes/3', '/status/204', '/bytes/4']
    const client = await connect()
    client.send(paths.map((path) => get(path)).join(''))
    const lengths = []
    for (const _ of paths) {
      const { status, body } = await client.reply()
      lengths.push(status === 204 ? 'no content' : body.length)
    }
    expect(lengths).toEqual([1, 2, expect.any(Number), 3, 'no content', 4])
  })

  test('a client that does not read stops the lane, not its memory', async () => {
    const client = await connect()
    client.socket.pause()
    client.send(get('/bytes/102400').repeat(1_000))
    client.socket.resume()
    let total = 0
    for (let i = 0; i < 1_000; i++) total += (await client.reply()).body.length
    expect(total).toBe(102_400_000)
  })

  test('bodies of GET are skipped, by length and by chunks', async () => {
    const withLength = get('/bytes/1', 'Content-Length: 11\r\n').concat('GET / HTTP/')
    const chunked = get('/bytes/1', 'Transfer-Encoding: chunked\r\n').concat('A\r\n0123456789\r\n00\r\n\r\n')
    expect(await statuses(withLength + chunked + get('/bytes/1', last))).toEqual([200, 200, 200])
  })

  test.each([
    ['HTTP/1.1 stays', 'HTTP/1.1', '', 'keep-alive'],
    ['HTTP/1.1 with close closes', 'HTTP/1.1', 'Connection: close\r\n', 'close'],
    ['HTTP/1.0 closes', 'HTTP/1.0', '', 'close'],
    ['HTTP/1.0 with keep-alive stays', 'HTTP/1.0', 'Connection: Keep-Alive\r\n', 'keep-alive'],
  ])('%s', async (_name, version, fields, connection) => {
    const client = await connect()
    client.send(`GET /bytes/1 ${version}\r\nHost: a\r\n${fields}\r\n`)
    expect((await client.reply()).headers.connection).toBe(connection)
    if (connection === 'close') expect(await client.ended()).toBe('')
    else expect((await client.get('/bytes/1')).status).toBe(200)
  })

  test('a request after one that closes is not answered', async () => {
    expect(await statuses(get('/bytes/1', last) + get('/bytes/1'))).toEqual([200])
  })

  test('a half-closed client still gets its replies', async () => {
    expect(await statuses(get('/bytes/100000').repeat(20))).toEqual(Array(20).fill(200))
  })
})

describe('what is no request', () => {
  const h = 'Host: a\r\n'
  test.each([
    ['noise', '\x16\x03\x01\x02\x00\x01', 400],
    ['noise with a line end', 'hello\r\n\r\n', 400],
    ['no version', `GET /get\r\n${h}\r\n`, 400],
    ['an unknown version', `GET /get HTTP/3.7\r\n${h}\r\n`, 400],
    ['bare line feeds', 'GET /get HTTP/1.1\nHost: a\n\n', 400],
    ['no host', 'GET /get HTTP/1.1\r\n\r\n', 400],
    ['two hosts', `GET /get HTTP/1.1\r\n${h}${h}\r\n`, 400],
    ['a space before the colon', `GET /get HTTP/1.1\r\n${h}X : 1\r\n\r\n`, 400],
    ['a folded field', `GET /get HTTP/1.1\r\n${h}X: 1\r\n 2\r\n\r\n`, 400],
    ['a bare CR in a field', `GET /get HTTP/1.1\r\n${h}X: 1\r2\r\n\r\n`, 400],
    ['a NUL in a field', `GET /get HTTP/1.1\r\n${h}X: 1\0\r\n\r\n`, 400],
    [
      'length and chunks',
      `POST /get HTTP/1.1\r\n${h}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['two lengths', `GET /get HTTP/1.1\r\n${h}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, 400],
    ['a list of lengths', `GET /get HTTP/1.1\r\n${h}Content-Length: 3, 4\r\n\r\nabcd`, 400],
    ['a signed length', `GET /get HTTP/1.1\r\n${h}Content-Length: +3\r\n\r\nabc`, 400],
    ['an unknown encoding', `POST /get HTTP/1.1\r\n${h}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    ['chunked not last', `POST /get HTTP/1.1\r\n${h}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, 400],
    ['chunked in HTTP/1.0', `GET /get HTTP/1.0\r\n${h}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, undefined],
    ['a bad chunk size', `GET /get HTTP/1.1\r\n${h}Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n`, 400],
    [
      'a chunk that is too long',
      `GET /get HTTP/1.1\r\n${h}Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n`,
      400,
    ],
    ['a chunk ended by LF', `GET /get HTTP/1.1\r\n${h}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`, 400],
    ['a huge head', `GET /get HTTP/1.1\r\n${h}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a huge first line', `GET /${'x'.repeat(20_000)}`, 431],
    ['a huge body', `GET /get HTTP/1.1\r\n${h}Content-Length: 99999999\r\n\r\n`, 413],
    ['a huge chunk', `GET /get HTTP/1.1\r\n${h}Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n`, 413],
  ])('%s gets a 4xx and nothing after it', async (_name, bytes, status) => {
    // What follows would be smuggled in if the refusal did not end the connection.
    const answered = await statuses(bytes + get('/status/299'))
    if (status === undefined) expect(answered).not.toContain(299)
    else expect(answered).toEqual([status])
  })

  test('the refusal says why, and the ledger counts it', async () => {
    const before = server.ledger().listeners.http.requestsRefused
    const client = await connect()
    client.send('nonsense\r\n\r\n')
    const { body, headers } = await client.reply()
    expect(JSON.parse(body.toString())).toEqual({ status: 400, error: expect.any(String) })
    expect(headers).toMatchObject({ connection: 'close', 'access-control-allow-origin': '*' })
    expect(server.ledger().listeners.http.requestsRefused).toBe(before + 1)
  })

  test.each([
    ['in the lane', 'GET /get HT'],
    ['in node:http', 'PUT /status/200 HT'],
  ])('a head that never ends gets 408 %s', async (_name, bytes) => {
    const impatient = await startFixtureServer({ headTimeoutMs: 100 })
    const client = await connect(impatient.urls.http)
    client.send(bytes)
    expect((await client.reply()).status).toBe(408)
    await impatient.close()
  })
})
