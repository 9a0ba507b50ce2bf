import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { runAutocannon } from '../../../src/engine/autocannon.ts'
import { systemClock } from '../../../src/probe/clock.ts'
import { openWireProbe } from '../../../src/probe/wire-probe.ts'
import { requestDefaults, resolveAutocannonRequest } from '../../../src/scenario/autocannon-request.ts'
import { listen, startFixture } from './open-servers.ts'

const probe = openWireProbe()
const window = {
  ...{ durationMs: 60, phase: 'measure' as const, clock: systemClock, probe },
  waitForStart: async () => systemClock.nowMs(),
}

const load = (origin: string, request: object, timeoutMs = 5_000) => ({
  ...{ origin, timeoutMs },
  request: resolveAutocannonRequest({ path: '/bytes/100', ...request }, 'get'),
})

describe('runAutocannon', () => {
  it.each([
    { connections: 1, pipelining: 1 },
    { connections: 3, pipelining: 4 },
  ])('awaits what it has sent, so that client and server count the same: %o', async (request) => {
    const server = await startFixture()
    const { succeeded, failed, requests, service, workers, workMs, elapsedMs } = await runAutocannon(
      load(server.urls.http, request),
      window,
    )
    const { http } = (await server.ledger()).listeners
    expect({ failed, requests, measured: service.count }).toEqual({
      failed: 0,
      requests: succeeded,
      measured: succeeded,
    })
    expect(http.requests).toBe(requests)
    expect(http.connectionsAccepted).toBe(request.connections)
    expect(http.connectionsResetByClient).toBe(0)
    expect(workers).toBe(request.connections * request.pipelining)
    expect(succeeded).toBeGreaterThanOrEqual(request.connections * request.pipelining)
    expect(workMs).toBeGreaterThan(0)
    expect(workMs).toBeLessThanOrEqual(elapsedMs)
  })

  it('sends method, headers and body as described', async () => {
    let seen = ''
    const origin = await listen((socket) =>
      socket.on('data', (bytes) => {
        seen ||= bytes.toString()
        socket.write('HTTP/1.1 204 No Content\r\n\r\n')
      }),
    )
    const request = {
      method: 'PUT',
      headers: { 'x-name': 'value' },
      body: new TextEncoder().encode('abc'),
      connections: 1,
    }
    await runAutocannon(load(origin, request), window)
    expect(seen).toMatch(/^PUT \/bytes\/100 HTTP\/1.1\r\n/)
    expect(seen).toContain('x-name: value\r\n')
    expect(seen).toMatch(/\r\n\r\nabc$/)
  })

  it('counts a status of 400 or more as a failure', async () => {
    const server = await startFixture()
    const result = await runAutocannon(load(server.urls.http, { path: '/status/503', connections: 2 }), window)
    expect(result.succeeded).toBe(0)
    expect(result.failures).toEqual([{ code: 'status', count: result.requests, message: 'the target answered 503' }])
  })

  it('counts requests that a closing server took with it', async () => {
    const origin = await listen((socket) => socket.on('data', () => socket.end()))
    const result = await runAutocannon(load(origin, { connections: 2, pipelining: 2 }), window)
    expect(result.succeeded).toBe(0)
    expect(result.failed).toBe(result.requests)
    expect(result.failures[0]?.code).toBe('reset')
  })

  it.each([
    [
      'says that it closes, and does',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'),
    ],
    [
      'says that it closes, and waits',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'),
    ],
    ['speaks HTTP/1.0', (socket: Socket) => socket.end('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok')],
  ])('loses nothing to a server that %s', async (_, answer) => {
    let asked = 0
    const origin = await listen((socket) =>
      socket
        .on('error', () => {})
        .on('data', () => {
          asked++
          answer(socket)
        }),
    )
    const result = await runAutocannon(load(origin, { connections: 2 }), window)
    expect(result).toMatchObject({ failed: 0, succeeded: asked, requests: asked })
    expect(asked).toBeGreaterThan(4)
  })

  it('gives up on an answer that does not come', async () => {
    const origin = await listen((socket) => socket.on('error', () => {}))
    const result = await runAutocannon(load(origin, { connections: 2, pipelining: 3 }, 1_000), window)
    expect(result).toMatchObject({ succeeded: 0, requests: 6, failed: 6, failures: [{ code: 'timeout', count: 6 }] })
  })

  it('counts connections that are refused, without asking again at once', async () => {
    const result = await runAutocannon(load('http://127.0.0.1:1', { connections: 2 }), window)
    expect(result).toMatchObject({ succeeded: 0, requests: 0, failures: [{ code: 'refused' }] })
    expect(result.failed).toBeLessThan(200)
  })
})

describe('resolveAutocannonRequest', () => {
  it('completes a request', () => {
    expect(resolveAutocannonRequest({ path: '/' }, 'get')).toEqual({ path: '/', headers: {}, ...requestDefaults })
  })

  it.each([
    [{ path: 'http://example.com/' }, /path: expected a path on the target/],
    [{ path: '/', method: 'HEAD' }, /method: expected GET/],
    [{ path: '/', connections: 0 }, /connections: /],
    [{ path: '/', rate: 5 }, /rate/],
    [() => {}, /variants\.get made no request/],
  ])('refuses what is no request: %o', (value, message) => {
    expect(() => resolveAutocannonRequest(value, 'get')).toThrow(message)
  })
})
