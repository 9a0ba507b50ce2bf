import http from 'node:http'
import https from 'node:https'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Agent, request, fetch as undiciFetch } from 'undici'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { runClosedLoop } from '../../../src/engine/closed-loop.ts'
import { systemClock } from '../../../src/probe/clock.ts'
import { openPhaseTracer, type PhaseTracer } from '../../../src/probe/open-phase-tracer.ts'
import { type BlockPhases, mergePhaseHistograms } from '../../../src/sample/phases.ts'
import type { RunIteration } from '../../../src/scenario/iteration.ts'
import { get, Session } from '../../../src/session/index.ts'

const protocols = ['http', 'https'] as const
type Protocol = (typeof protocols)[number]
const rttMs = 20
const iterations = 6

let fixture: FixtureServer
const urls = { http: '', https: '' }
beforeAll(async () => {
  fixture = await startFixtureServer()
  for (const listener of protocols) urls[listener] = (await fixture.openLink({ listener, rttMs })).url
})
afterAll(() => fixture.close())

let tracer: PhaseTracer
beforeEach(() => {
  tracer = openPhaseTracer(systemClock)
})
afterEach(() => tracer.close())

/** Six iterations of two workers. */
async function trace(run: RunIteration, count = iterations): Promise<BlockPhases> {
  tracer.startBlock(1)
  const options = { concurrency: 2, iterations: count, durationMs: 30_000, iterationTimeoutMs: 30_000 }
  const { succeeded, failures } = await runClosedLoop({ ...options, run, clock: systemClock, tracer })
  expect({ succeeded, failures }).toEqual({ succeeded: count, failures: [] })
  return tracer.takeBlock()
}

/** How often each phase was recorded: per request, or per connection. */
function countsOf({ histograms }: BlockPhases) {
  return Object.fromEntries([...mergePhaseHistograms([histograms])].map(([name, { count }]) => [name, count]))
}

/** Phases that took time, and that they never exceed the latency: a closed form for every band. */
function phasesOf({ bands }: BlockPhases): string[] {
  for (const { latencyUs, phasesUs, untraced } of bands) {
    const sum = Object.values(phasesUs).reduce((total, us) => total + us, 0)
    expect(sum).toBeLessThanOrEqual(latencyUs + 1e-3)
    expect(untraced).toBe(0)
  }
  return [...new Set(bands.flatMap(({ phasesUs }) => Object.keys(phasesUs)))].toSorted()
}

/** Share of the time that a phase, or several, took. */
function shareOf({ bands }: BlockPhases, ...names: readonly string[]): number {
  const sum = (value: (band: BlockPhases['bands'][number]) => number) => bands.reduce((t, band) => t + value(band), 0)
  return (
    sum(({ phasesUs }) => names.reduce((t, name) => t + (phasesUs[name as 'wait'] ?? 0), 0)) / sum((b) => b.latencyUs)
  )
}

function nodeGet(url: string, options: https.RequestOptions): Promise<void> {
  const { get: send } = url.startsWith('https') ? https : http
  return new Promise((resolve, reject) => {
    send(url, options, (response) => response.on('end', resolve).resume()).on('error', reject)
  })
}

function nodeAgent(protocol: Protocol, keepAlive: boolean): http.Agent {
  // Without a limit for stateless ones: a request that waits for a socket gets the next one that is free, kept or not.
  const options = { keepAlive, maxSockets: keepAlive ? 2 : Number.POSITIVE_INFINITY, ca: fixture.ca }
  return protocol === 'https' ? new https.Agent({ ...options, maxCachedSessions: 0 }) : new http.Agent(options)
}

/** A client that keeps its connections, or not: what sends one request, and what has to be closed. */
type Client = (protocol: Protocol) => { readonly run: RunIteration; readonly close: () => unknown }

const undiciAgent = (pipelining: number) =>
  new Agent({ connections: 2, pipelining, allowH2: false, connect: { ca: fixture.ca, maxCachedSessions: 0 } })

const kept: Readonly<Record<string, Client>> = {
  Session: (protocol) => {
    const session = new Session({ baseUrl: urls[protocol], ca: fixture.ca, pool: { connections: 2 } })
    return { run: () => session.get('/get'), close: () => session.close() }
  },
  'undici request': (protocol) => {
    const dispatcher = undiciAgent(1)
    const run = async () => (await request(`${urls[protocol]}/get`, { dispatcher })).body.dump()
    return { run, close: () => dispatcher.close() }
  },
  "undici's fetch": (protocol) => {
    const dispatcher = undiciAgent(1)
    return { run: () => undiciFetch(`${urls[protocol]}/get`, { dispatcher }), close: () => dispatcher.close() }
  },
  'node:http': (protocol) => {
    const agent = nodeAgent(protocol, true)
    return { run: () => nodeGet(`${urls[protocol]}/get`, { agent }), close: () => agent.destroy() }
  },
}

const stateless: Readonly<Record<string, Client>> = {
  'stateless calls': (protocol) => ({
    run: () => get(`${urls[protocol]}/get`, { ca: fixture.ca }),
    close: () => {},
  }),
  'undici request': (protocol) => {
    const dispatcher = undiciAgent(0)
    return {
      run: async () => (await request(`${urls[protocol]}/get`, { dispatcher, reset: true })).body.dump(),
      close: () => dispatcher.close(),
    }
  },
  'node:http': (protocol) => {
    const agent = nodeAgent(protocol, false)
    return { run: () => nodeGet(`${urls[protocol]}/get`, { agent }), close: () => agent.destroy() }
  },
}

describe.each(protocols)('over %s at 20 ms', (protocol) => {
  it.each(Object.entries(kept))('%s pays for its connections once', async (_, client) => {
    const { run, close } = client(protocol)
    const cold = await trace(run)
    expect(countsOf(cold)).toEqual({
      ...{ wait: iterations, firstByte: iterations, body: iterations, connect: 2 },
      ...(protocol === 'https' && { tlsFull: 2 }),
    })
    const warm = await trace(run)
    expect(countsOf(warm)).toEqual({ wait: iterations, firstByte: iterations, body: iterations })
    expect(phasesOf(warm)).toEqual(['body', 'firstByte', 'wait'])
    expect(shareOf(warm, 'firstByte')).toBeGreaterThan(0.4)
    for (const { kept: exemplars } of warm.exemplars) {
      for (const { requests } of exemplars) expect(requests).toMatchObject([{ isReused: true, status: 200 }])
    }
    await close()
  })

  it.each(Object.entries(stateless))('%s pay for a connection per request', async (_, client) => {
    const { run, close } = client(protocol)
    const phases = await trace(run)
    expect(countsOf(phases)).toEqual({
      ...{ wait: iterations, firstByte: iterations, body: iterations, connect: iterations },
      ...(protocol === 'https' && { tlsFull: iterations }),
    })
    // node:http has its socket before it tells of the request: nothing to wait for.
    const taken = phasesOf(phases).filter((name) => name !== 'wait')
    expect(taken).toEqual(['body', 'connect', 'firstByte', ...(protocol === 'https' ? ['tlsFull'] : [])])
    // The round trips: on an emulated link the client is connected at once, and pays for it in what comes next.
    const roundTrips = protocol === 'https' ? ['tlsFull', 'firstByte'] : ['firstByte']
    expect(shareOf(phases, 'connect', ...roundTrips)).toBeGreaterThan(0.5)
    for (const { kept: exemplars } of phases.exemplars) {
      for (const { requests } of exemplars) expect(requests).toMatchObject([{ isReused: false, status: 200 }])
    }
    await close()
  })

  it('a raw socket, of which only the opening is known', async () => {
    const { hostname, port } = new URL(urls[protocol])
    const run = () =>
      new Promise<void>((resolve, reject) => {
        const to = { host: hostname, port: Number(port) }
        const socket = protocol === 'https' ? connectTls({ ...to, ca: fixture.ca }) : connectTcp(to)
        socket.on('error', reject).on('close', () => resolve())
        socket.once(protocol === 'https' ? 'secureConnect' : 'connect', () => {
          socket.write('GET /get HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
          socket.resume()
        })
      })
    const phases = await trace(run)
    const opened = protocol === 'https' ? ['connect', 'tlsFull'] : ['connect']
    expect(countsOf(phases)).toEqual(Object.fromEntries(opened.map((name) => [name, iterations])))
    expect(phasesOf(phases)).toEqual(opened)
  })
})

it("Node's own fetch is seen too", async () => {
  const phases = await trace(() => fetch(`${urls.http}/get`))
  expect(countsOf(phases)).toMatchObject({ wait: iterations, firstByte: iterations, body: iterations })
})

describe('a pool of one connection for two workers', () => {
  it.each(
    Object.entries({
      Session: () => {
        const session = new Session({ baseUrl: urls.http, pool: { connections: 1 } })
        return { run: () => session.get('/get'), close: () => session.close() }
      },
      'undici request': () => {
        const dispatcher = new Agent({ connections: 1, pipelining: 1 })
        return {
          run: async () => (await request(`${urls.http}/get`, { dispatcher })).body.dump(),
          close: () => dispatcher.close(),
        }
      },
      'node:http': () => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
        return { run: () => nodeGet(`${urls.http}/get`, { agent }), close: () => agent.destroy() }
      },
    }),
  )('makes every second request of %s wait: half of the time', async (_, client) => {
    const { run, close } = client()
    await trace(run)
    const phases = await trace(run, 20)
    expect(phasesOf(phases)).toEqual(['body', 'firstByte', 'wait'])
    expect(countsOf(phases)).toEqual({ wait: 20, firstByte: 20, body: 20 })
    // All but the first wait for the one before: as long as they then take themselves.
    expect(shareOf(phases, 'wait')).toBeGreaterThan(0.3)
    expect(shareOf(phases, 'firstByte')).toBeGreaterThan(0.3)
    await close()
  })
})
