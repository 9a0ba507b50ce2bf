import { createSecureServer, type ServerHttp2Stream } from 'node:http2'
import { Readable } from 'node:stream'
import { Session } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Watchdog } from './model/watchdog.ts'
import { type Identity, listen, makeIdentity, until } from './test-servers.ts'

// A process that stands still cannot fail a test: the watchdog ends it.

describe('an upload over HTTP/2 that is given up while the server takes no more of it', () => {
  let authority: Identity
  let leaf: Identity
  let watchdog: Watchdog
  beforeAll(async () => {
    authority = await makeIdentity('test authority', { isAuthority: true })
    leaf = await makeIdentity('localhost', { ca: authority })
    watchdog = new Watchdog()
  })
  afterAll(() => watchdog[Symbol.asyncDispose]())

  /** Takes nothing in before it is told to. */
  async function serve(initialWindowSize: number) {
    const held: ServerHttp2Stream[] = []
    const resets: number[] = []
    const server = createSecureServer({ ...leaf, settings: { initialWindowSize } })
    server.on('session', (session) => session.on('error', () => {}))
    server.on('stream', (stream, headers) => {
      stream.on('error', () => {})
      stream.on('close', () => resets.push(stream.rstCode))
      if (headers[':path'] === '/held') held.push(stream)
      else {
        stream.respond()
        stream.end('ok')
      }
    })
    return Object.assign(await listen(server, 'https'), { held, resets })
  }

  const bytes = Buffer.alloc(3_000_000)
  const endless = () => Readable.from(pieces(), { objectMode: false })
  async function* pieces() {
    for (;;) {
      yield bytes.subarray(0, 100_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  it.each([
    ['bytes, by the end of a limit', 65_535, () => bytes, { timeoutMs: { headers: 60 } }],
    ['bytes, by the call', 65_535, () => bytes, {}],
    ['a stream, by the call', 65_535, endless, {}],
    ['a stream, by the end of a limit', 65_535, endless, { timeoutMs: 60 }],
    ['a few bytes that there is no room for', 0, () => 'few', {}],
  ])('%s: others go on, on the same connection', async (_what, initialWindowSize, makeBody, limits) => {
    await using server = await serve(initialWindowSize)
    await using session = new Session({ ca: authority.cert, allowH2: true, baseUrl: server.url })
    await (await session.get('/')).bytes()
    const stop = new AbortController()
    const call = session.put('/held', { body: makeBody(), signal: stop.signal, ...limits })
    const failed = expect(call).rejects.toThrow()
    await until(() => server.held.length === 1)
    const [stream] = server.held as [ServerHttp2Stream]
    const { session: peer } = stream
    if (Object.keys(limits).length === 0) stop.abort(new Error('enough'))
    await failed
    // Now there is room: what was given up must not be sent, and the loop must turn.
    peer?.settings({ initialWindowSize: 1_000_000 })
    peer?.setLocalWindowSize(1_000_000)
    stream.resume()
    expect(await (await session.get('/')).text()).toBe('ok')
    await until(() => stream.closed)
    // CANCEL
    expect(stream.rstCode).toBe(8)
  })

  it('is ended when the answer comes before it', async () => {
    await using server = await serve(65_535)
    await using session = new Session({ ca: authority.cert, allowH2: true, baseUrl: server.url })
    for (const body of [bytes, endless()]) {
      const response = await session.put('/early', { body })
      expect(await response.text()).toBe('ok')
    }
    await until(() => server.resets.length === 2)
    expect(server.connections).toBe(1)
  })
})
