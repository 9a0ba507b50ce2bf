import { createServer as createTcp } from 'node:net'
import { Adapter, get, ResponseError, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { listen } from './test-servers.ts'

/** Answers each request with the bytes that stand for its path; the request's own lines are kept. */
async function raw(answers: (path: string) => string | Buffer) {
  const asked: string[] = []
  const server = createTcp((socket) => {
    socket.on('data', (bytes) => {
      const head = bytes.toString('latin1')
      asked.push(head)
      socket.write(answers(head.split(' ')[1] ?? ''))
    })
  })
  return Object.assign(await listen(server), { asked })
}

const page = (headers: string, body = 'ok', status = '200 OK') =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\n${headers}Content-Length: ${body.length}\r\n\r\n`),
    Buffer.from(body),
  ])
const to = (location: string | Buffer) =>
  Buffer.concat([
    Buffer.from('HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: '),
    Buffer.from(location as string),
    Buffer.from('\r\n\r\n'),
  ])
const pathOf = (head: string | undefined) => head?.split(' ')[1]

describe('the bytes of a Location', () => {
  it.each([
    ['UTF-8', Buffer.from('/café'), '/caf%C3%A9'],
    ['Latin-1', Buffer.from('/café', 'latin1'), '/caf%E9'],
    ['escaped already', Buffer.from('/caf%C3%A9'), '/caf%C3%A9'],
  ])('are sent back as they came: %s', async (_name, location, path) => {
    await using server = await raw((asked) => (asked === '/' ? to(location) : page('')))
    const response = await get(server.url)
    expect([response.status, response.url, pathOf(server.asked[1])]).toEqual([200, server.url + path, path])
  })
})

describe('a header that comes several times', () => {
  it('leads to the first Location, waits for the first Retry-After and has the first Content-Type', async () => {
    let calls = 0
    await using server = await raw((path) => {
      calls += 1
      if (path === '/') return page('Location: /first\r\nLocation: /second\r\n', '', '302 Found')
      if (calls === 2) return page('Retry-After: 0\r\nRetry-After: 3000\r\n', '', '503 Busy')
      return page('Content-Type: text/plain; charset=latin1\r\nContent-Type: text/html\r\n', 'ok')
    })
    const response = await get(server.url, { retry: 1 })
    expect(response.url).toBe(`${server.url}/first`)
    expect(response.retries.map(({ waitedMs }) => waitedMs)).toEqual([0])
    expect(response.headers.get('content-type')).toBe('text/plain; charset=latin1')
    expect(response.headers.getAll('content-type')).toHaveLength(2)
  })

  it.each(['Content-Length: 2\r\nContent-Length: 3\r\n', 'Content-Length: 2\r\nContent-Length: 2\r\n'])(
    'is no answer when it says where the body ends: %j',
    async (lengths) => {
      await using server = await raw(() => `HTTP/1.1 200 OK\r\n${lengths}\r\nabc`)
      await expect(get(server.url).then((response) => response.text())).rejects.toMatchObject({ code: 'BAD_RESPONSE' })
    },
  )
})

it('names that every object has are names like others', async () => {
  const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf']
  const twice = [...names, ...names]
  const lines = [
    ...twice.map((name, nth) => `${name}: ${nth}`),
    ...names.map((name, nth) => `Set-Cookie: ${name}=${nth}`),
    `Link: ${names.map((name) => `</${name}>; rel=${name.toLowerCase()}; ${name}=1`).join(', ')}`,
  ]
  await using server = await raw(() => page(`${lines.join('\r\n')}\r\n`))
  await using session = new Session({ headers: Object.fromEntries(names.map((name) => [`x-${name}`, '1'])) })
  const response = await session.get(server.url)
  await response.text()
  for (const [nth, name] of names.entries()) {
    expect(response.headers.getAll(name)).toEqual([String(nth), String(nth + names.length)])
    expect(response.headers.get(name)).toBe(`${nth}, ${nth + names.length}`)
    expect(session.cookies.get(name)).toBe(String(nth))
    const link = response.links[name.toLowerCase()]
    expect(link?.url).toBe(`${server.url}/${name}`)
    expect(link?.params[name.toLowerCase()]).toBe('1')
  }
  expect(response.links.isPrototypeOf).toBeUndefined()
  expect(JSON.parse(JSON.stringify(response.headers))).toHaveProperty(['constructor'], '1, 6')
  const own = { cookies: { mine: '1' }, params: [['__proto__', 'p'] as const, ['constructor', 'c'] as const] }
  await (await session.get(server.url, own)).text()
  const head = server.asked.at(-1) as string
  expect(pathOf(head)).toBe('/?__proto__=p&constructor=c')
  const cookie = /^cookie: (.*)$/im.exec(head)?.[1]?.split('; ').toSorted()
  expect(cookie).toEqual([...names.map((name, nth) => `${name}=${nth}`), 'mine=1'].toSorted())
})

it('cookie values go back byte for byte', async () => {
  await using server = await raw(() =>
    Buffer.concat([
      Buffer.from('HTTP/1.1 200 OK\r\nSet-Cookie: name="é'),
      Buffer.from([0xe9]),
      Buffer.from('"\r\nContent-Length: 0\r\n\r\n'),
    ]),
  )
  await using session = new Session()
  await session.get(server.url)
  await session.get(server.url)
  expect(/^cookie: (.*)$/im.exec(server.asked[1] as string)?.[1]).toBe('name="\xc3\xa9\xe9"')
})

describe('a Location that leads nowhere', () => {
  it.each([
    'http://[',
    '//u:s3cret@h:99999/',
    'ftp://h/',
    'javascript:alert(1)',
    'http://',
    'http://b\u0000d/',
    'http://a b/',
  ])('%j is the server’s, whose response is kept', async (location) => {
    await using server = await raw(() => page(`Location: ${location}\r\n`, 'see elsewhere', '302 Found'))
    await using session = new Session()
    const error = await session.get(`${server.url}/x`).catch((caught: unknown) => caught)
    if (location.includes('\0')) {
      expect(error).toMatchObject({ code: 'BAD_RESPONSE' })
      return
    }
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({ code: 'BAD_LOCATION', request: { method: 'GET', url: `${server.url}/x` } })
    const { response, message } = error as ResponseError<Awaited<ReturnType<typeof get>>>
    expect([response.status, await response.text()]).toEqual([302, 'see elsewhere'])
    expect(message).toContain('status 302')
    expect(message).not.toMatch(/s3cret/)
    expect((await session.get(`${server.url}/x`, { redirect: 'manual' })).status).toBe(302)
    expect(session.stats().connectionsOpened).toBe(1)
  })

  it('is said with the response that led there, when only the way there finds it out', async () => {
    const host = `a${'.b'.repeat(256)}`
    await using socks = await raw(() => '')
    await using server = await raw(() => to(`http://${host}/`))
    const proxies = { [`http://${host}`]: `socks5h://127.0.0.1:${socks.port}` }
    const error = await get(server.url, { proxies }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({ code: 'BAD_LOCATION' })
    expect((error as ResponseError<{ status: number }>).response.status).toBe(302)
    expect(socks.connections).toBe(0)
  })
})

describe('maxResponseHeaderBytes', () => {
  const large = (bytes: number) => page(`X-Large: ${'x'.repeat(bytes)}\r\n`)

  it('bounds the headers of an answer, and is named when it is exceeded', async () => {
    await using server = await raw((path) => large(Number(path.slice(1))))
    await using session = new Session({ baseUrl: server.url })
    expect((await session.get('/16000')).headers.get('x-large')).toHaveLength(16_000)
    const error = await session.get('/17000').catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'BAD_RESPONSE', sent: true })
    expect(String(error)).toContain('more than 16384 bytes (maxResponseHeaderBytes)')
    expect((await session.get('/10')).status).toBe(200)
  })

  it('is set for a session, for one call without a session, and for what an adapter reaches', async () => {
    await using server = await raw((path) => large(Number(path.slice(1))))
    await using session = new Session({ baseUrl: server.url, maxResponseHeaderBytes: 100_000 })
    expect((await session.get('/90000')).status).toBe(200)
    await expect(session.get('/100000')).rejects.toThrow(/more than 100000 bytes/)
    expect((await get(`${server.url}/90000`, { maxResponseHeaderBytes: Number.POSITIVE_INFINITY })).status).toBe(200)
    await expect(get(`${server.url}/1000`, { maxResponseHeaderBytes: 500 })).rejects.toThrow(/more than 500 bytes/)
    session.mount(server.url, new Adapter({ maxResponseHeaderBytes: 500 }))
    await expect(session.get('/1000')).rejects.toThrow(/more than 500 bytes/)
    for (const wrong of [0, -1, 1.5, '1']) {
      expect(() => new Session({ maxResponseHeaderBytes: wrong as number })).toThrow(/maxResponseHeaderBytes/)
    }
  })
})
