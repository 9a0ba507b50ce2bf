import { createServer, type Socket } from 'node:net'
import { Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { listen, type TestServer, until } from './test-servers.ts'

// Aborts of calls that share a connection: whose answer is coming in goes on.

type Asked = { readonly path: string; readonly socket: Socket }

/** Tells of each request as it comes in; the test answers. */
async function serveByHand(): Promise<TestServer & { readonly asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer((socket) => {
    let rest = ''
    socket.on('data', (chunk) => {
      const heads = (rest + chunk).split('\r\n\r\n')
      rest = heads.pop() as string
      for (const head of heads) asked.push({ path: head.split(' ')[1] as string, socket })
    })
  })
  return Object.assign(await listen(server), { asked })
}

const answer = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`

function openSession(server: TestServer): Session {
  return new Session({ baseUrl: server.url, timeoutMs: 20_000, pool: { connections: 1, pipelining: 8 } })
}

/** One call whose body is coming in, and another behind it that is aborted. */
async function abortBehind(session: Session, { asked }: { readonly asked: readonly Asked[] }) {
  const stop = new AbortController()
  const first = session.get('/first')
  const aborted = session.get('/aborted', { signal: stop.signal })
  await until(() => asked.length === 2)
  const { socket } = asked[0] as Asked
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345')
  const response = await first
  stop.abort(new Error('enough'))
  await expect(aborted).rejects.toThrow('enough')
  return { response, socket }
}

describe('a pipelined call that is aborted behind another', () => {
  it('costs neither that one’s body nor the connection', async () => {
    await using server = await serveByHand()
    await using session = openSession(server)
    const { response, socket } = await abortBehind(session, server)
    const later = session.get('/later')
    await until(() => server.asked.length === 3)
    socket.write(`67890${answer('nothing')}${answer('later')}`)
    expect([await response.text(), await (await later).text()]).toEqual(['1234567890', 'later'])
    expect(server.connections).toBe(1)
  })

  it.each([
    ['has no end', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1'],
    ['does not come', ''],
    ['is large', `HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'.'.repeat(200_000)}`],
  ])('gives the connection up once it is its turn and its answer %s', async (_which, own) => {
    await using server = await serveByHand()
    await using session = openSession(server)
    const { response, socket } = await abortBehind(session, server)
    const later = session.get('/later')
    await until(() => server.asked.length === 3)
    expect(server.open).toBe(1)
    socket.write(`67890${own}`)
    expect(await response.text()).toBe('1234567890')
    await until(() => server.asked.length === 4)
    expect(server.asked[3]?.path).toBe('/later')
    server.asked[3]?.socket.write(answer('later'))
    expect(await (await later).text()).toBe('later')
    expect([server.connections, session.stats().staleResends]).toEqual([2, 0])
  })

  it('because it took too long costs nobody else anything', async () => {
    await using server = await serveByHand()
    await using session = openSession(server)
    const first = session.get('/first')
    const late = session.get('/late', { timeoutMs: { total: 100 } })
    await until(() => server.asked.length === 2)
    const { socket } = server.asked[0] as Asked
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345')
    const response = await first
    await expect(late).rejects.toMatchObject({ name: 'TotalTimeout' })
    socket.write(`67890${answer('late')}`)
    expect(await response.text()).toBe('1234567890')
    expect(server.connections).toBe(1)
  })

  it('is not waited for by close() longer than its own answer may take', async () => {
    await using server = await serveByHand()
    const session = openSession(server)
    const { response, socket } = await abortBehind(session, server)
    const closed = session.close()
    socket.write('67890')
    expect(await response.text()).toBe('1234567890')
    await closed
    await until(() => server.open === 0)
  })

  it('ends at once with destroy()', async () => {
    await using server = await serveByHand()
    const session = openSession(server)
    const { response } = await abortBehind(session, server)
    await session.destroy()
    await expect(response.text()).rejects.toThrow()
    await until(() => server.open === 0)
    expect(session.stats()).toMatchObject({ busy: 0, pending: 0, idle: 0 })
  })
})

describe('a pipelined call that is aborted when it is first', () => {
  it('gives the connection up, and those behind it go elsewhere', async () => {
    await using server = await serveByHand()
    await using session = openSession(server)
    const stop = new AbortController()
    const aborted = session.get('/aborted', { signal: stop.signal })
    const later = session.get('/later')
    await until(() => server.asked.length === 2)
    stop.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    await until(() => server.asked.length === 3)
    server.asked[2]?.socket.write(answer('later'))
    expect(await (await later).text()).toBe('later')
    expect(server.connections).toBe(2)
  })
})
