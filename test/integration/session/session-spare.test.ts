import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { makeIdentity, until } from './test-servers.ts'

/** Answers and handshakes come when they are asked for; `connections` counts all that were begun. */
async function serveWhenTold() {
  const authority = await makeIdentity('test authority', { isAuthority: true })
  const replies: ServerResponse[] = []
  const handshakes: (() => void)[] = []
  const open = new Set<Socket>()
  const secure = createHttps(await makeIdentity('localhost', { ca: authority }), (_request, reply) => {
    replies.push(reply)
  })
  // No hint: how long an idle one is kept is the client's to say.
  secure.keepAliveTimeout = 0
  let connections = 0
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    connections += 1
    open.add(socket)
    socket.once('close', () => open.delete(socket)).on('error', () => {})
    handshakes.push(() => secure.emit('connection', socket))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    replies,
    handshakes,
    get connections() {
      return connections
    },
    get open() {
      return open.size
    },
    endAll: () => {
      for (const socket of open) socket.end()
    },
    options: { baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: authority.cert },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

type Served = Awaited<ReturnType<typeof serveWhenTold>>

/** Two calls, of which the second has been carried by the first one's connection; its own is still on its way. */
async function leaveOneOnItsWay(server: Served, session: Session): Promise<void> {
  const first = session.get('/').text()
  await until(() => server.handshakes.length === 1)
  server.handshakes[0]?.()
  await until(() => server.replies.length === 1)
  const second = session.get('/').text()
  await until(() => server.handshakes.length === 2)
  server.replies[0]?.end('first')
  await until(() => server.replies.length === 2)
  server.replies[1]?.end('second')
  expect(await Promise.all([first, second])).toEqual(['first', 'second'])
}

describe('a connection that is on its way when its call has been carried by another', () => {
  it('is the next one’s who has to wait, and no other is begun', async () => {
    await using server = await serveWhenTold()
    await using session = new Session(server.options)
    await leaveOneOnItsWay(server, session)
    const calls = [session.get('/').text(), session.get('/').text()]
    await until(() => server.replies.length === 3)
    server.handshakes[1]?.()
    await until(() => server.replies.length === 4)
    for (const reply of server.replies.slice(2)) reply.end('late')
    expect(await Promise.all(calls)).toEqual(['late', 'late'])
    expect(server.connections).toBe(2)
  })

  it('is kept when nobody waits as it comes to pass', async () => {
    await using server = await serveWhenTold()
    await using session = new Session(server.options)
    await leaveOneOnItsWay(server, session)
    server.handshakes[1]?.()
    await until(() => session.stats().idle === 2)
    const calls = [session.get('/').text(), session.get('/').text()]
    await until(() => server.replies.length === 4)
    for (const reply of server.replies.slice(2)) reply.end('kept')
    expect(await Promise.all(calls)).toEqual(['kept', 'kept'])
    expect(server.connections).toBe(2)
    expect(session.stats()).toMatchObject({ connectionsOpened: 2, idle: 2 })
  })

  it('is seen to be ended by the server while it waits', async () => {
    await using server = await serveWhenTold()
    await using session = new Session(server.options)
    await leaveOneOnItsWay(server, session)
    server.handshakes[1]?.()
    await until(() => session.stats().idle === 2)
    server.endAll()
    await until(() => session.stats().idle === 0)
    const call = session.get('/').text()
    await until(() => server.handshakes.length === 3)
    server.handshakes[2]?.()
    await until(() => server.replies.length === 3)
    server.replies[2]?.end('new')
    expect(await call).toBe('new')
  })

  it('is closed when it has waited for as long as an idle one is kept', async () => {
    await using server = await serveWhenTold()
    await using session = new Session({ ...server.options, pool: { keepAliveTimeoutMs: 300 } })
    await leaveOneOnItsWay(server, session)
    server.handshakes[1]?.()
    await until(() => session.stats().idle === 2)
    await until(() => server.open === 0)
    expect(session.stats().idle).toBe(0)
  })

  it('goes with its session', async () => {
    await using server = await serveWhenTold()
    const session = new Session(server.options)
    await leaveOneOnItsWay(server, session)
    await session.close()
    server.handshakes[1]?.()
    await until(() => server.open === 0)
  })
})

it('that are many under load are begun once each, however much longer a handshake takes than a call', async () => {
  const authority = await makeIdentity('test authority', { isAuthority: true })
  const identity = await makeIdentity('localhost', { ca: authority })
  const server = createHttps(identity, (_request, reply) => reply.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  let begun = 0
  server.on('connection', () => {
    begun += 1
  })
  const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const workers = 32
  const session = new Session({ baseUrl, ca: authority.cert, pool: { connections: workers } })
  let left = 3_000
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (; left > 0; left -= 1) await session.get('/').text()
    }),
  )
  await session.close()
  server.close()
  await once(server, 'close')
  expect(begun).toBeLessThanOrEqual(workers)
})
