import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { RawClient } from './raw-client.ts'

let server: FixtureServer
const clients: RawClient[] = []

beforeAll(async () => {
  server = await startFixtureServer()
})
afterEach(() => {
  server.setFaults()
  for (const client of clients.splice(0)) client.socket.destroy()
})
afterAll(() => server.close())

async function connect(listener: 'http' | 'https' = 'http'): Promise<RawClient> {
  const client = await RawClient.connect(server.urls[listener], { ca: server.ca })
  clients.push(client)
  return client
}

async function raw(path: string, listener: 'http' | 'https' = 'http') {
  const client = await connect(listener)
  client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  const text = await client.ended()
  return { text, code: client.error?.code }
}

describe('routes that go wrong', () => {
  test('/hang says nothing until the client leaves', async () => {
    const client = await connect()
    client.send('GET /hang HTTP/1.1\r\nHost: a\r\n\r\n')
    while (!server.ledger().listeners.http.replies['/hang 0']) await new Promise(setImmediate)
    expect(client.socket.bytesRead).toBe(0)
    await client.reset()
  })

  test('/slow-headers and /slow-body come bit by bit, and whole', async () => {
    expect((await raw('/slow-headers?durationMs=20')).text).toMatch(
      /^HTTP\/1\.1 200 OK\r\n(X-Slow-\d: \d\r\n){8}.*\r\n\r\nslow\n$/s,
    )
    const client = await connect()
    expect((await client.get('/slow-body?durationMs=20&bytes=7')).body.toString()).toBe('.......')
    expect((await client.get('/get')).status).toBe(200)
  })

  test('/truncate ends before its length', async () => {
    const { text } = await raw('/truncate?bytes=10&sent=4')
    expect(text).toMatch(/Content-Length: 10\r\n\r\nxxxx$/)
  })

  test.each(['http', 'https'] as const)('/reset resets where it is told to, over %s', async (listener) => {
    const before = await raw('/reset?when=before', listener)
    expect(before).toEqual({ text: '', code: 'ECONNRESET' })
    const headers = await raw('/reset?when=headers', listener)
    expect([headers.text.includes('\r\n\r\n'), headers.code]).toEqual([false, 'ECONNRESET'])
    const body = await raw('/reset?when=body', listener)
    expect([body.text.endsWith('x'.repeat(50)), body.code]).toEqual([true, 'ECONNRESET'])
    const after = await raw('/reset?when=after', listener)
    expect([after.text.endsWith('\r\n\r\nreset'), after.code]).toEqual([true, 'ECONNRESET'])
  })

  test('/close-idle answers, then closes', async () => {
    const fin = await raw('/close-idle?afterMs=5')
    expect([/ 200 OK/.test(fin.text), fin.code]).toEqual([true, undefined])
    expect((await raw('/close-idle?afterMs=5&how=rst')).code).toBe('ECONNRESET')
  })

  test('/max-requests/n closes after n requests, announced or not', async () => {
    for (const [query, connection] of [
      ['', 'close'],
      ['?announce=no', 'keep-alive'],
    ] as const) {
      const client = await connect()
      const replies = [await client.get(`/max-requests/2${query}`), await client.get(`/max-requests/2${query}`)]
      expect(replies.map(({ headers }) => headers.connection)).toEqual(['keep-alive', connection])
      expect(await client.ended()).toBe('')
    }
  })

  test('/garbage is no HTTP, /huge-headers too much of it', async () => {
    expect((await raw('/garbage')).text).not.toMatch(/^HTTP/)
    const client = await connect()
    expect((await client.get('/huge-headers?bytes=50000')).headers['x-huge']?.length).toBe(50_000)
  })

  test('arguments that make no sense are refused', async () => {
    const client = await connect()
    for (const path of [
      '/reset?when=never',
      '/slow-body?bytes=0',
      '/truncate?bytes=x',
      '/close-idle?how=gently',
      '/work?law=none',
    ]) {
      expect((await client.get(path)).status).toBe(400)
    }
  })
})

describe('faults on a schedule', () => {
  test('errors meet the lane and the application alike, and stop when told to', async () => {
    const client = await connect()
    expect((await client.get('/get')).status).toBe(200)
    server.setFaults({ errorRate: 1, errorStatus: 500 })
    expect([(await client.get('/get')).status, (await client.get('/headers')).status]).toEqual([500, 500])
    server.setFaults()
    expect((await client.get('/get')).status).toBe(200)
  })

  test('resetReused resets only connections that have carried a request', async () => {
    server.setFaults({ resetReused: 1 })
    const client = await connect()
    expect((await client.get('/get')).status).toBe(200)
    await expect(client.get('/get')).rejects.toThrow()
    expect(client.error?.code).toBe('ECONNRESET')
  })

  test('latency is injected, and written down for requests with an id', async () => {
    server.resetLedger()
    server.setFaults({ latency: { law: 'fixed', meanMs: 7 } })
    const client = await connect()
    await client.get('/get', 'X-Request-Id: a\r\n')
    await client.get('/get')
    const [entry, ...more] = server.requestLog()
    expect(more).toEqual([])
    expect(entry).toMatchObject({ id: 'a', template: '/get', status: 200, injectedMs: 7 })
    const tookMs = (entry?.answeredMs ?? 0) - (entry?.arrivedMs ?? 0)
    expect(tookMs).toBeGreaterThanOrEqual(7)
  })

  test('are set, shown and cleared over the control port', async () => {
    const faults = `${server.urls.control}/faults`
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const plan = { stall: { everyMs: 1_000, forMs: 100 }, resetReused: 0.01, seed: 2 }
    expect(await (await fetch(faults, { ...post, body: JSON.stringify(plan) })).json()).toEqual(plan)
    expect(await (await fetch(faults)).json()).toEqual(plan)
    expect((await fetch(faults, { ...post, body: '{"resetRate":7}' })).status).toBe(400)
    await fetch(faults, { method: 'DELETE' })
    expect(server.faults).toBeUndefined()
  })
})
