import { describe, expect, it } from 'vitest'
import { makePlainSource } from '../../../src/engine/iteration-slot.ts'
import { runRawClosed } from '../../../src/engine/raw/run-raw-closed.ts'
import { systemClock } from '../../../src/probe/clock.ts'
import { makeIsFailure } from '../../../src/probe/status-book.ts'
import { listen, startFixture } from './open-servers.ts'
import { type AskedLoad as Asked, makeRawLoad as load } from './raw-load.ts'

const window = () => ({
  ...{ durationMs: 80, clock: systemClock, isFailure: makeIsFailure(), source: makePlainSource() },
  waitForStart: async () => systemClock.nowMs(),
})

describe('runRawClosed', () => {
  it.each<[string, Asked]>([
    ['one connection', {}],
    ['pipelined', { connections: 3, pipelining: 4 }],
    ['chunks', { path: '/stream/3', connections: 2 }],
    ['a body', { path: '/post' as `/${string}`, method: 'POST', body: 'hello', connections: 2 }],
  ])('counts as the server does: %s', async (_, asked) => {
    const server = await startFixture()
    const { connections = 1, pipelining = 1 } = asked
    const { succeeded, failed, requests, service, workers, workMs, elapsedMs, failures } = await runRawClosed(
      load(server.urls.http, asked),
      window(),
    )
    expect(failures).toEqual([])
    expect({ failed, requests, measured: service.count }).toEqual({
      failed: 0,
      requests: succeeded,
      measured: succeeded,
    })
    const { http } = server.ledger().listeners
    expect(http.requests).toBe(requests)
    expect(http.connectionsAccepted).toBe(connections)
    expect(workers).toBe(connections * pipelining)
    expect(succeeded).toBeGreaterThanOrEqual(connections * pipelining)
    expect(workMs).toBeLessThanOrEqual(elapsedMs)
    expect(workMs).toBeGreaterThan(0)
  })

  it.each([1, 4])('opens a connection for each request, %i at a time', async (connections) => {
    const server = await startFixture()
    const result = await runRawClosed(load(server.urls.http, { connections, isPerRequest: true }), window())
    expect(result.failures).toEqual([])
    const { http } = server.ledger().listeners
    expect(http.requests).toBe(result.succeeded)
    expect(http.connectionsAccepted).toBe(result.succeeded)
  })

  it('speaks TLS, kept and for each request', async () => {
    const server = await startFixture()
    for (const isPerRequest of [false, true]) {
      const asked = { ca: server.ca, isPerRequest, connections: 2 }
      const { succeeded, failures } = await runRawClosed(load(server.urls.https, asked), window())
      expect(failures).toEqual([])
      expect(succeeded).toBeGreaterThan(0)
    }
  })

  it.each([1, 4])(
    'loses nothing to a server that closes after each third answer, pipelining %i',
    async (pipelining) => {
      const server = await startFixture({ maxRequestsPerConnection: 3 })
      const result = await runRawClosed(load(server.urls.http, { pipelining, connections: 2 }), window())
      expect(result.failures).toEqual([])
      const { http } = server.ledger().listeners
      // Of what it read behind its last answer the server tells too; it was sent again.
      expect(http.requests).toBeGreaterThanOrEqual(result.succeeded)
      expect(http.requests).toBeLessThanOrEqual(result.requests ?? 0)
      expect(http.connectionsAccepted).toBeGreaterThanOrEqual(result.succeeded / 3)
    },
  )

  it('counts what fails by its status, a reset, silence and what is no HTTP', async () => {
    const server = await startFixture()
    const missing = await runRawClosed(load(server.urls.http, { path: '/status/404' }), window())
    expect(missing.succeeded).toBe(0)
    expect(missing.failures).toEqual([expect.objectContaining({ code: 'status' })])
    const cases = {
      reset: await listen((socket) => socket.once('data', () => socket.resetAndDestroy())),
      timeout: await listen(() => {}),
      protocol: await listen((socket) => socket.once('data', () => socket.write('hello\r\n\r\n'))),
    }
    for (const [name, origin] of Object.entries(cases)) {
      const { succeeded, failed, failures } = await runRawClosed(load(origin, { timeoutMs: 200 }), window())
      expect([name, succeeded]).toEqual([name, 0])
      expect(failed).toBeGreaterThan(0)
      expect(failures[0]?.code, name).toBeDefined()
    }
  })

  it('includes the opening of a connection that the target has closed in what comes next', async () => {
    const server = await startFixture({ maxRequestsPerConnection: 1 })
    const { succeeded, requests, failures } = await runRawClosed(load(server.urls.http, {}), window())
    expect(failures).toEqual([])
    expect(requests).toBe(succeeded)
    const { http } = server.ledger().listeners
    expect(http.requests).toBe(requests)
    // The last answer's is opened by nobody any more.
    expect(http.connectionsAccepted).toBe(succeeded)
  })

  it('tells when it was last answered, where requests were given up', async () => {
    const origin = await listen(() => {})
    const result = await runRawClosed(load(origin, { timeoutMs: 200 }), window())
    expect(result).toMatchObject({ lastAnswerMs: 0, unanswered: 1, unconnected: 0, succeeded: 0 })
  })

  it('fails what a closed port refuses, without a storm', async () => {
    const { failed, succeeded } = await runRawClosed(load('http://127.0.0.1:1', { timeoutMs: 100 }), window())
    expect(succeeded).toBe(0)
    expect(failed).toBeGreaterThan(0)
    expect(failed).toBeLessThan(100)
  })
})
