import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { CallScope } from '../../../src/session/call/call-scope.ts'
import { readTarget } from '../../../src/session/head/target.ts'
import { Pool } from '../../../src/session/wire/pool.ts'
import type { PoolLimits, SocketOpener } from '../../../src/session/wire/pool-limits.ts'
import type { WireRequest, WireResponse } from '../../../src/session/wire/transport.ts'
import { serveHttp, type TestServer, until } from './test-servers.ts'

// Who is served when: the pool alone, with openings that the test decides over.

function makeRequest(server: { readonly url: string }, path: string, over: Partial<WireRequest> = {}): WireRequest {
  return {
    method: 'GET',
    target: readTarget(server.url + path),
    headers: [],
    body: null,
    timeouts: { connect: 0, headers: 0, body: 0, pool: 0 },
    maxResponseBytes: Number.POSITIVE_INFINITY,
    scope: null,
    fresh: false,
    proxy: null,
    ...over,
  }
}

function makePool(server: TestServer, limits: Partial<PoolLimits>, open: SocketOpener = opener(server)): Pool {
  return new Pool(
    {
      origin: server.url,
      connections: 1,
      block: true,
      unreadBodyTimeoutMs: 1_000,
      pipelining: 1,
      keepAliveTimeoutMs: 4_000,
      maxRequests: Number.POSITIVE_INFINITY,
      allowH2: false,
      keepAlive: true,
      ...limits,
    },
    open,
  )
}

function opener(server: TestServer): SocketOpener {
  return (_connectTimeoutMs, onSocket) => {
    const socket = connect(server.port, '127.0.0.1')
    onSocket(socket)
    return new Promise((resolve, reject) => void socket.once('connect', () => resolve(socket)).on('error', reject))
  }
}

/** Answers each request with its path, and remembers the order in which they came. */
async function serveInOrder(): Promise<TestServer & { readonly order: string[] }> {
  const order: string[] = []
  const server = await serveHttp((request, reply) => {
    order.push(request.url as string)
    reply.end(request.url)
  })
  return Object.assign(server, { order })
}

describe('calls that wait', () => {
  it('are failed by a failed opening in order of asking, and the rest are served', async () => {
    await using server = await serveInOrder()
    let openings = 0
    const open: SocketOpener = (connectTimeoutMs, onSocket) => {
      openings += 1
      return openings === 1 ? Promise.reject(new Error('no way')) : opener(server)(connectTimeoutMs, onSocket)
    }
    const pool = makePool(server, {}, open)
    const calls = ['/a', '/b', '/c'].map((path) => pool.send(makeRequest(server, path)))
    const settled = await Promise.allSettled(calls)
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(server.order).toEqual(['/b', '/c'])
    await pool.close()
  })

  it('keep their turn when their connection dies before they were written', async () => {
    const order: string[] = []
    await using server = await serveHttp((request, reply) => {
      order.push(request.url as string)
      if (request.url === '/dies') request.socket.destroy()
      else reply.end()
    })
    const pool = makePool(server, { pipelining: 2 })
    // undici writes no POST behind a request that has no answer yet: /b is on the connection, but not on the wire.
    const dying = pool.send(makeRequest(server, '/dies'))
    const post = pool.send(makeRequest(server, '/b', { method: 'POST', body: 'x' }))
    const rest = [post, ...['/c', '/d'].map((path) => pool.send(makeRequest(server, path)))]
    await expect(dying).rejects.toMatchObject({ name: 'ConnectionError' })
    await Promise.all(rest)
    expect(order).toEqual(['/dies', '/b', '/c', '/d'])
    await pool.close()
  })

  it('let a second try after a stale connection go first', async () => {
    await using server = await serveInOrder()
    const pool = makePool(server, {})
    await (await pool.send(makeRequest(server, '/a'))).body.readAll()
    const calls = [
      makeRequest(server, '/b'),
      makeRequest(server, '/c'),
      makeRequest(server, '/again', { fresh: true }),
    ].map((request) => pool.send(request))
    await Promise.all(calls)
    expect(server.order).toEqual(['/a', '/b', '/again', '/c'])
    expect(server.connections).toBe(2)
    await pool.close()
  })

  it('take the connection on its way with them when they go away and nobody else needs it', async () => {
    await using silent = await serveInOrder()
    const sockets: Socket[] = []
    const pool = makePool(silent, { connections: 3 }, (_connectTimeoutMs, onSocket) => {
      const socket = connect(silent.port, '127.0.0.1')
      sockets.push(socket.on('error', () => {}))
      onSocket(socket)
      return new Promise(() => {})
    })
    const stop = new AbortController()
    const scope = new CallScope(stop.signal, 0, { method: 'GET', url: silent.url })
    const calls = [{ scope }, {}, {}].map((over) => pool.send(makeRequest(silent, '/', over)))
    const settled = Promise.allSettled(calls)
    stop.abort(new Error('enough'))
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false, false])
    pool.destroy(new Error('over'))
    expect((await settled)[0]).toMatchObject({ status: 'rejected', reason: { message: 'enough' } })
  })

  it('are each opened for within their own connect timeout', async () => {
    await using server = await serveInOrder()
    const asked: number[] = []
    const pool = makePool(server, { connections: 3 }, (connectTimeoutMs) => {
      asked.push(connectTimeoutMs)
      return new Promise(() => {})
    })
    const calls = [1_000, 2_000, 3_000].map((connectMs) =>
      pool.send(makeRequest(server, '/', { timeouts: { connect: connectMs, headers: 0, body: 0, pool: 0 } })),
    )
    expect(asked).toEqual([1_000, 2_000, 3_000])
    pool.destroy(new Error('over'))
    await Promise.allSettled(calls)
  })
})

describe('connections that are free', () => {
  it('are used again last one first, so that the others may idle out', async () => {
    const requests = new Map<Socket, number>()
    await using server = await serveHttp((request, reply) => {
      requests.set(request.socket, (requests.get(request.socket) ?? 0) + 1)
      reply.end()
    })
    const pool = makePool(server, { connections: 3 })
    const get = async () => (await pool.send(makeRequest(server, '/'))).body.readAll()
    await Promise.all([get(), get(), get()])
    for (let call = 0; call < 5; call += 1) await get()
    expect([...requests.values()].sort()).toEqual([1, 1, 6])
    await pool.close()
  })

  it('are not those that carry as many requests as they may', async () => {
    const replies: (() => void)[] = []
    await using server = await serveHttp((_request, reply) => void replies.push(() => reply.end()))
    const pool = makePool(server, { connections: 2, pipelining: 2 })
    const calls = [1, 2].map(() => pool.send(makeRequest(server, '/')))
    await until(() => replies.length === 2)
    calls.push(pool.send(makeRequest(server, '/')))
    // On the first connection it would wait behind two answers that nobody gives yet.
    await until(() => replies.length === 3)
    for (const reply of replies) reply()
    await Promise.all(calls)
    await pool.close()
  })

  it('are not taken by a newcomer while others wait', async () => {
    const order: string[] = []
    let finish: (() => void) | undefined
    await using server = await serveHttp((request, reply) => {
      order.push(request.url as string)
      reply.flushHeaders()
      if (request.url === '/a') finish = () => reply.end()
      else reply.end()
    })
    const pool = makePool(server, { pipelining: 2 })
    const calls = ['/a', '/b', '/c'].map((path) => pool.send(makeRequest(server, path)))
    const { body } = (await calls[0]) as WireResponse
    // The moment when a place has come free but has not been given to /c yet.
    const newcomer = new Promise((resolve) => {
      body.onSettled(() => resolve(pool.send(makeRequest(server, '/newcomer'))))
    })
    await until(() => finish !== undefined)
    finish?.()
    await Promise.all([...calls, newcomer])
    expect(order).toEqual(['/a', '/b', '/c', '/newcomer'])
    await pool.close()
  })

  it('are taken while only a second try waits, which wants a new one', async () => {
    let finish: (() => void) | undefined
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/again') finish = () => reply.end()
      else reply.end()
    })
    const pool = makePool(server, { connections: 2 })
    await Promise.all(['/', '/'].map(async (path) => (await pool.send(makeRequest(server, path))).body.readAll()))
    await until(() => pool.stats().idle === 2)
    const again = pool.send(makeRequest(server, '/again', { fresh: true }))
    await (await pool.send(makeRequest(server, '/'))).body.readAll()
    await until(() => finish !== undefined)
    expect(server.connections).toBe(3)
    finish?.()
    await again
    await pool.close()
  })

  it('make room for a second try, which wants a new one', async () => {
    await using server = await serveInOrder()
    const pool = makePool(server, {})
    await (await pool.send(makeRequest(server, '/a'))).body.readAll()
    await until(() => pool.stats().idle === 1)
    await (await pool.send(makeRequest(server, '/again', { fresh: true }))).body.readAll()
    expect(server.connections).toBe(2)
    await pool.close()
  })

  it('are closed when they were opened for nobody in the end', async () => {
    await using server = await serveInOrder()
    const finish: (() => void)[] = []
    const pool = makePool(server, { connections: 2 }, async (connectTimeoutMs, onSocket) => {
      const socket = await opener(server)(connectTimeoutMs, onSocket)
      await new Promise<void>((resolve) => finish.push(resolve))
      return socket
    })
    const calls = ['/a', '/b'].map((path) => pool.send(makeRequest(server, path)))
    await until(() => finish.length === 2)
    finish[0]?.()
    for (const call of calls) await (await call).body.readAll()
    finish[1]?.()
    await until(() => server.open === 1)
    expect(pool.stats()).toMatchObject({ idle: 1, connectionsOpened: 2 })
    await pool.close()
  })
})

describe('connections on their way', () => {
  /** Opens nothing until it is told how that ends. */
  function holdOpenings(server: TestServer) {
    const held: { readonly succeed: () => void; readonly fail: (error: Error) => void }[] = []
    const open: SocketOpener = (connectTimeoutMs, onSocket) =>
      new Promise((resolve, reject) => {
        held.push({ succeed: () => resolve(opener(server)(connectTimeoutMs, onSocket)), fail: reject })
      })
    return { held, open }
  }

  it('are no more than have places for all who wait', async () => {
    await using server = await serveInOrder()
    const { held, open } = holdOpenings(server)
    const pool = makePool(server, { connections: 10, pipelining: 4 }, open)
    const calls = Array.from({ length: 9 }, (_, n) => pool.send(makeRequest(server, `/${n}`)))
    expect(held).toHaveLength(3)
    for (const { succeed } of held) succeed()
    for (const call of calls) await (await call).body.readAll()
    expect([held.length, server.connections]).toEqual([3, 3])
    await pool.close()
  })

  it('are opened for each once one has failed, and all of them are used', async () => {
    await using server = await serveInOrder()
    const { held, open } = holdOpenings(server)
    const pool = makePool(server, { connections: 10, pipelining: 8 }, open)
    const [first, ...others] = Array.from({ length: 5 }, (_, n) => pool.send(makeRequest(server, `/${n}`)))
    expect(held).toHaveLength(1)
    held[0]?.fail(new Error('no way'))
    await expect(first).rejects.toThrow('no way')
    await until(() => held.length === 5)
    for (const { succeed } of held.slice(1)) succeed()
    for (const call of others) await (await call).body.readAll()
    expect([held.length, server.connections, server.order.length]).toEqual([5, 4, 4])
    await pool.close()
  })

  it('are handed on by a call that goes away', async () => {
    await using server = await serveInOrder()
    const { held, open } = holdOpenings(server)
    const pool = makePool(server, { connections: 10, pipelining: 8 }, open)
    const stop = new AbortController()
    const scope = new CallScope(stop.signal, 0, { method: 'GET', url: server.url })
    const first = pool.send(makeRequest(server, '/a', { scope }))
    const second = pool.send(makeRequest(server, '/b'))
    stop.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    held[0]?.fail(new Error('no way'))
    await expect(second).rejects.toThrow('no way')
    expect(held).toHaveLength(1)
    await pool.close()
  })

  it('are waited for by those who share one within their own connect timeout', async () => {
    await using server = await serveInOrder()
    const pool = makePool(server, { connections: 10, pipelining: 8 }, () => new Promise(() => {}))
    const first = pool.send(makeRequest(server, '/a'))
    const timeouts = { connect: 20, headers: 0, body: 0, pool: 0 }
    const second = pool.send(makeRequest(server, '/b', { timeouts }))
    await expect(second).rejects.toMatchObject({ name: 'ConnectTimeout', request: { method: 'GET' } })
    expect(pool.stats()).toMatchObject({ pending: 1, connectionsOpened: 0 })
    pool.destroy(new Error('over'))
    await expect(first).rejects.toThrow('over')
  })
})

describe('the count of requests on reused connections', () => {
  it('has none that the server’s Connection: close sent elsewhere', async () => {
    await using server = await serveHttp((_request, reply) => void reply.setHeader('connection', 'close').end())
    const pool = makePool(server, {})
    await Promise.all([1, 2, 3].map(() => pool.send(makeRequest(server, '/'))))
    expect(pool.stats()).toMatchObject({ connectionsOpened: 3, requestsOnReused: 0 })
    await pool.close()
  })

  it('has none that was never written', async () => {
    await using server = await serveHttp((request, reply) => {
      if (request.url === '/dies') request.socket.destroy()
      else reply.end()
    })
    const pool = makePool(server, { pipelining: 2 })
    const dying = pool.send(makeRequest(server, '/dies'))
    const post = pool.send(makeRequest(server, '/b', { method: 'POST', body: 'x' }))
    // The first on its connection is no victim of a stale one, whatever was sent behind it.
    await expect(dying).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
    await post
    expect(pool.stats()).toMatchObject({ connectionsOpened: 2, requestsOnReused: 0 })
    await pool.close()
  })
})
