import { describe, expect, it } from 'vitest'
import { makeArrivals } from '../../../src/engine/arrivals.ts'
import { makePlainSource } from '../../../src/engine/iteration-slot.ts'
import type { OpenSchedule } from '../../../src/engine/open-loop.ts'
import { runRawOpen } from '../../../src/engine/raw/run-raw-open.ts'
import { makeProfile } from '../../../src/plan/rate-profile.ts'
import { systemClock } from '../../../src/probe/clock.ts'
import { makeIsFailure } from '../../../src/probe/status-book.ts'
import { listen, startFixture } from './open-servers.ts'
import { makeRawLoad } from './raw-load.ts'

const window = () => ({
  ...{ durationMs: 0, clock: systemClock, isFailure: makeIsFailure(), source: makePlainSource() },
  waitForStart: async () => systemClock.nowMs(),
})
const constant = (ratePerSecond: number) => makeArrivals({ ratePerSecond, process: 'constant', random: () => 0 })
const schedule = (ratePerSecond: number, durationMs: number, more: Partial<OpenSchedule> = {}): OpenSchedule => ({
  ...{ arrivals: constant(ratePerSecond), durationMs, maxInFlight: 100 },
  ...more,
})

describe('runRawOpen', () => {
  it.each([
    ['kept connections', { connections: 4 }, 4],
    ['pipelined', { connections: 2, pipelining: 3 }, 2],
    ['a connection for each request', { isPerRequest: true }, 100],
  ])('sends what is due and counts as the server does: %s', async (_, asked, connections) => {
    const server = await startFixture()
    const load = makeRawLoad(server.urls.http, asked)
    const { intended, dropped, succeeded, failed, failures, requests, response, service, dispatchDelay } =
      await runRawOpen(load, schedule(500, 200), window())
    expect(failures).toEqual([])
    expect({ intended, dropped, succeeded, failed, requests }).toEqual({
      ...{ intended: 100, dropped: 0, succeeded: 100, failed: 0, requests: 100 },
    })
    expect([response.count, service.count, dispatchDelay.count]).toEqual([100, 100, 100])
    const { http } = server.ledger().listeners
    expect(http.requests).toBe(100)
    expect(http.connectionsAccepted).toBe(connections)
  })

  it('counts the waiting of arrivals that find no connection free in their response time, and is not late itself', async () => {
    const server = await startFixture()
    const load = makeRawLoad(server.urls.http, { path: '/delay/0.02' })
    const { service, response, dispatchDelay, intended, succeeded } = await runRawOpen(
      load,
      schedule(100, 200),
      window(),
    )
    expect({ intended, succeeded }).toEqual({ intended: 20, succeeded: 20 })
    // Each takes 20 ms and one is due every 10: the last has waited for about as long as all of them take.
    const [late, served, all] = [dispatchDelay, service, response].map((each) => each.percentileUs(100))
    expect(all).toBeGreaterThan(170_000)
    expect(served).toBeLessThan(all as number)
    expect(late).toBeLessThan((all as number) / 2)
  })

  it('drops what finds as many under way as may be, and says so', async () => {
    const origin = await listen(() => {})
    const load = makeRawLoad(origin, { timeoutMs: 300 })
    const result = await runRawOpen(load, schedule(100, 200, { maxInFlight: 5 }), window())
    const { intended, dropped, succeeded, failed, requests, failures } = result
    expect({ intended, dropped, succeeded, failed }).toEqual({ intended: 20, dropped: 15, succeeded: 0, failed: 5 })
    // What waits is sent when the connection before it was given up, where there is time.
    expect(requests).toBeGreaterThanOrEqual(1)
    expect(requests).toBeLessThanOrEqual(5)
    expect(failures.map(({ code }) => code)).toEqual(['timeout', 'timeout'].slice(0, failures.length))
  })

  it('gives up at its end what has not been answered then', async () => {
    const origin = await listen(() => {})
    const load = makeRawLoad(origin, { timeoutMs: 60_000, connections: 3 })
    const { failed, failures, intended } = await runRawOpen(load, schedule(50, 100, { drainMs: 50 }), window())
    expect(failed).toBe(intended)
    expect(failures.every(({ code }) => code === 'timeout')).toBe(true)
  })

  it('tells its stages and its course, and leaves a lead-in untimed', async () => {
    const server = await startFixture()
    const load = makeRawLoad(server.urls.http, { connections: 2 })
    const profile = makeProfile([
      { durationMs: 100, fromRate: 100, toRate: 100 },
      { durationMs: 100, fromRate: 200, toRate: 200 },
    ])
    const arrivals = [5, 50, 120, 140, 190]
    const staged = await runRawOpen(load, schedule(0, 200, { arrivals, profile }), window())
    expect(staged.stages?.map(({ intended, succeeded }) => [intended, succeeded])).toEqual([
      [2, 2],
      [3, 3],
    ])
    const led = await runRawOpen(load, schedule(100, 200, { leadInMs: 100 }), window())
    expect([led.succeeded, led.untimed, led.response.count]).toEqual([20, 10, 10])
  })

  it('goes on where the target closes each connection after three answers', async () => {
    const server = await startFixture({ maxRequestsPerConnection: 3 })
    const load = makeRawLoad(server.urls.http, { connections: 2 })
    const { succeeded, failures } = await runRawOpen(load, schedule(200, 150), window())
    expect(failures).toEqual([])
    expect(succeeded).toBe(30)
    expect(server.ledger().listeners.http.connectionsAccepted).toBeGreaterThanOrEqual(10)
  })

  it('counts an answer that nobody had asked for as a failure, whoever is under way', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
    const origin = await listen((socket) => socket.on('data', () => socket.write(answer + answer)))
    for (const connections of [1, 5]) {
      const load = makeRawLoad(origin, { connections, timeoutMs: 500 })
      const { succeeded, failed, failures, intended } = await runRawOpen(load, schedule(100, 100), window())
      expect(succeeded).toBe(intended)
      expect(failed).toBe(intended)
      expect(failures[0]?.message).toMatch(/expected nothing, as nothing was asked/)
    }
  })

  it('tells when it was last answered, where requests were given up', async () => {
    let answers = 0
    const origin = await listen((socket) =>
      socket.on('data', () => answers++ < 5 && socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')),
    )
    const load = makeRawLoad(origin, { connections: 20, timeoutMs: 300 })
    const { lastAnswerMs, unanswered, succeeded, intended } = await runRawOpen(load, schedule(100, 200), window())
    expect([succeeded, unanswered]).toEqual([5, intended - 5])
    expect(lastAnswerMs).toBeGreaterThan(0)
    expect(lastAnswerMs).toBeLessThan(200)
  })

  it('counts what a closed port refuses as failures of those that were due', async () => {
    const load = makeRawLoad('http://127.0.0.1:1', { timeoutMs: 100 })
    const { failed, succeeded, intended } = await runRawOpen(load, schedule(100, 100), window())
    expect([succeeded, failed]).toEqual([0, intended])
  })
})
