import { connect, createServer as createTcp, type Socket } from 'node:net'
import { ConnectTimeout, get, ProxyError, Session } from 'sessionbench/session'
import { beforeAll, describe, expect, it } from 'vitest'
import { echo, type Identity, listen, makeIdentity, serveHttps, until } from './test-servers.ts'

/** What the proxy answers, one after the other, each to one message of the client's. */
type Answers = readonly Buffer[]

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A proxy that answers from a script, byte by byte, up to `stopAt` bytes in all; then it is silent, or an HTTP server. */
async function serveScript(answers: Answers, stopAt = Number.POSITIVE_INFINITY) {
  const page = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage')
  const started = await listen(
    createTcp({ noDelay: true }, (socket: Socket) => {
      const rest = [...answers]
      let written = 0
      let messages = Promise.resolve()
      const answer = async () => {
        for (const byte of rest.shift() ?? (written < stopAt ? page : [])) {
          if (written >= stopAt || socket.destroyed) return
          socket.write(Buffer.from([byte]))
          written += 1
          script.written = written
          await turn()
        }
        script.idle = true
      }
      socket.on('data', () => {
        messages = messages.then(answer)
      })
    }),
  )
  const script = Object.assign(started, { written: 0, idle: false })
  return script
}

const address = (type: number, ...bytes: number[]) => Buffer.from([5, 0, 0, type, ...bytes, 0, 80])
const socks: Readonly<Record<string, Answers>> = {
  'an IPv4 address': [Buffer.from([5, 0]), address(1, 127, 0, 0, 1)],
  'an IPv6 address': [Buffer.from([5, 0]), address(4, ...Array<number>(16).fill(1))],
  'a name, to a user': [Buffer.from([5, 2]), Buffer.from([1, 0]), address(3, 3, 120, 121, 122)],
}
const urlOf = (port: number) => `socks5h://ann:s3cret@127.0.0.1:${port}`
const lengthOf = (answers: Answers) => answers.reduce((sum, { length }) => sum + length, 0)

describe.each(Object.entries(socks))('a SOCKS5 proxy that answers byte by byte, with %s', (_name, answers) => {
  it('serves as one that answers at once', async () => {
    await using proxy = await serveScript(answers)
    await using session = new Session({ proxies: urlOf(proxy.port) })
    for (let call = 0; call < 2; call += 1) expect(await (await session.get('http://x.test/')).text()).toBe('page')
    expect(proxy.connections).toBe(1)
  })

  it('and stops anywhere runs into timeoutMs.connect, and leaves no socket', async () => {
    for (let stopAt = 0; stopAt < lengthOf(answers); stopAt += 1) {
      await using proxy = await serveScript(answers, stopAt)
      const call = get('http://x.test/', { proxies: urlOf(proxy.port), timeoutMs: { connect: 20 } })
      await expect(call).rejects.toBeInstanceOf(ConnectTimeout)
      await until(() => proxy.open === 0)
      expect(proxy.connections).toBeLessThanOrEqual(1)
    }
  })

  it('and stops anywhere can be given up by the caller', async () => {
    for (let stopAt = 0; stopAt < lengthOf(answers); stopAt += 1) {
      await using proxy = await serveScript(answers, stopAt)
      const controller = new AbortController()
      const call = get('http://x.test/', { proxies: urlOf(proxy.port), signal: controller.signal })
      const caught = call.catch((error: unknown) => error)
      await until(() => proxy.connections === 1 && proxy.written === stopAt)
      await turn()
      const reason = new Error('ours')
      controller.abort(reason)
      expect(await caught).toBe(reason)
      await until(() => proxy.open === 0)
    }
  })

  it('and closes anywhere is a proxy error', async () => {
    for (let stopAt = 0; stopAt < lengthOf(answers); stopAt += 1) {
      await using proxy = await serveScript(answers, stopAt)
      const call = get('http://x.test/', { proxies: urlOf(proxy.port) }).catch((error: unknown) => error)
      await until(() => proxy.connections === 1 && proxy.written === stopAt)
      await turn()
      for (const socket of proxy.sockets) socket.end()
      expect(await call).toMatchObject({ name: 'ProxyError', code: 'PROXY_UNREACHABLE' })
    }
  })
})

describe('an http proxy that answers CONNECT byte by byte', () => {
  const established: Answers = [Buffer.from('HTTP/1.1 200 Connection established\r\nVia: p\r\n\r\n')]

  it('and stops anywhere runs into timeoutMs.connect, and leaves no socket', async () => {
    for (let stopAt = 0; stopAt <= lengthOf(established); stopAt += 1) {
      await using proxy = await serveScript(established, stopAt)
      const call = get('https://x.test/', { proxies: proxy.url, timeoutMs: { connect: 20 } })
      await expect(call).rejects.toBeInstanceOf(ConnectTimeout)
      await until(() => proxy.open === 0)
    }
  })

  it('and stops anywhere can be given up by the caller', async () => {
    for (let stopAt = 0; stopAt <= lengthOf(established); stopAt += 1) {
      await using proxy = await serveScript(established, stopAt)
      const controller = new AbortController()
      const call = get('https://x.test/', { proxies: proxy.url, signal: controller.signal })
      const caught = call.catch((error: unknown) => error)
      await until(() => proxy.connections === 1 && proxy.written === stopAt)
      await turn()
      const reason = new Error('ours')
      controller.abort(reason)
      expect(await caught).toBe(reason)
      await until(() => proxy.open === 0)
    }
  })

  it('leads to the server behind it', async () => {
    const leaf = await makeIdentity('localhost')
    await using server = await serveHttps(echo, leaf)
    await using proxy = await listen(
      createTcp({ noDelay: true }, (socket) => {
        socket.once('data', async () => {
          const upstream = connect(server.port, '127.0.0.1')
          upstream.on('error', () => socket.destroy())
          for (const byte of established[0] as Buffer) {
            socket.write(Buffer.from([byte]))
            await turn()
          }
          socket.pipe(upstream).pipe(socket)
        })
      }),
    )
    await using session = new Session({ ca: leaf.cert, proxies: proxy.url })
    for (let call = 0; call < 2; call += 1) expect((await session.get(server.url)).status).toBe(200)
    expect(proxy.connections).toBe(1)
  })
})

describe('bytes right behind a proxy’s answer', () => {
  let leaf: Identity
  beforeAll(async () => {
    leaf = await makeIdentity('localhost')
  })
  const extras = ['x', 'garbage\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi']

  it.each(extras)('of SOCKS5 (%j) end the call, on one connection', async (extra) => {
    const granted = Buffer.concat([address(1, 127, 0, 0, 1), Buffer.from(extra)])
    await using proxy = await listen(
      createTcp((socket) => {
        const answers = [Buffer.from([5, 0]), granted]
        socket.on('data', () => void socket.write(answers.shift() ?? ''))
      }),
    )
    await using session = new Session({ proxies: `socks5h://127.0.0.1:${proxy.port}` })
    const error = await session.get('http://x.test/').catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ code: 'PROXY_BAD_RESPONSE', request: { url: 'http://x.test/' } })
    expect(proxy.connections).toBe(1)
    await until(() => proxy.open === 0)
  })

  it.each(extras)('of CONNECT (%j) end the call, on one connection', async (extra) => {
    await using proxy = await listen(
      createTcp((socket) => {
        socket.on('data', () => void socket.write(`HTTP/1.1 200 OK\r\n\r\n${extra}`))
      }),
    )
    await using session = new Session({ proxies: proxy.url })
    await expect(session.get('https://x.test/')).rejects.toMatchObject({ code: 'PROXY_BAD_RESPONSE' })
    expect(proxy.connections).toBe(1)
  })

  it('may be interim answers: the one that counts comes after them', async () => {
    await using server = await serveHttps(echo, leaf)
    await using proxy = await listen(
      createTcp((socket) => {
        socket.once('data', () => {
          const upstream = connect(server.port, '127.0.0.1')
          upstream.on('error', () => socket.destroy())
          socket.write(
            'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
          )
          socket.pipe(upstream).pipe(socket)
        })
      }),
    )
    const response = await get(server.url, { ca: leaf.cert, proxies: proxy.url })
    expect(response.status).toBe(200)
  })

  it('that are interim answers without end are no answer', async () => {
    await using proxy = await listen(
      createTcp((socket) => {
        socket.once('data', () => void socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)))
      }),
    )
    await expect(get('https://x.test/', { proxies: proxy.url })).rejects.toMatchObject({ name: 'ProxyError' })
  })

  it('that are an answer without end are none', async () => {
    await using proxy = await listen(
      createTcp((socket) => {
        socket.once('data', () => void socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`))
      }),
    )
    await expect(get('https://x.test/', { proxies: proxy.url })).rejects.toMatchObject({ code: 'PROXY_BAD_RESPONSE' })
  })
})

it('a host name that SOCKS5 has no room for reaches no proxy', async () => {
  await using proxy = await serveScript(socks['an IPv4 address'] as Answers)
  const proxies = `socks5h://127.0.0.1:${proxy.port}`
  // 1 + 512 bytes: a length that wraps to 1 would make the proxy connect to "a".
  const host = `a${'.b'.repeat(256)}`
  await expect(get(`http://${host}/`, { proxies })).rejects.toMatchObject({
    name: 'InvalidUrl',
    request: { method: 'GET', url: `http://${host}/` },
  })
  expect(proxy.connections).toBe(0)
})

it('a name that does not resolve here is not blamed on the proxy', async () => {
  await using proxy = await serveScript(socks['an IPv4 address'] as Answers)
  const proxies = `socks5://127.0.0.1:${proxy.port}`
  // No resolver is asked for a label of 64 bytes.
  const call = get(`http://${'a'.repeat(64)}.test/`, { proxies })
  await expect(call).rejects.toMatchObject({ name: 'ConnectionError', code: 'DNS_FAILED', sent: false })
  await until(() => proxy.open === 0)
})
