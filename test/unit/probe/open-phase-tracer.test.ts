import { channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runClosedLoop } from '../../../src/engine/closed-loop.ts'
import { runOpenLoop } from '../../../src/engine/open-loop.ts'
import { openPhaseTracer, type PhaseTracer } from '../../../src/probe/open-phase-tracer.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import type { BlockPhases, PhaseBand } from '../../../src/sample/phases.ts'
import { type FakeClock, makeFakeClock } from '../engine/fake-clock.ts'

let clock: FakeClock
let tracer: PhaseTracer
beforeEach(() => {
  clock = makeFakeClock()
  tracer = openPhaseTracer(clock)
})
afterEach(() => tracer.close())

const say = (name: string, message: object) => channel(name).publish(message)

/** Runs iterations one after another and returns what was seen of them. */
async function trace(run: () => Promise<unknown>, durationMs = 1, concurrency = 1): Promise<BlockPhases> {
  tracer.startBlock(7)
  await clock.drive(runClosedLoop({ run, concurrency, durationMs, iterationTimeoutMs: 10_000, clock, tracer }))
  return tracer.takeBlock()
}

function openSocket(kind: 'tcp' | 'tls'): EventEmitter {
  const socket = Object.assign(new EventEmitter(), kind === 'tls' && { encrypted: true, isSessionReused: () => false })
  say('net.client.socket', { socket })
  return socket
}

async function connect(socket: EventEmitter, { dnsMs = 0, tcpMs = 0, tlsMs = 0 }): Promise<void> {
  if (dnsMs > 0) {
    await clock.sleep(dnsMs)
    socket.emit('lookup')
  }
  await clock.sleep(tcpMs)
  socket.emit('connect')
  if (tlsMs === 0) return
  await clock.sleep(tlsMs)
  socket.emit('secureConnect')
}

/** An exchange as undici tells of it, on a socket that is ready. */
async function exchange(request: object, socket: EventEmitter, { headMs = 0, bodyMs = 0, status = 200 } = {}) {
  say('undici:client:sendHeaders', { request, socket })
  await clock.sleep(headMs)
  say('undici:request:headers', { request, response: { statusCode: status } })
  await clock.sleep(bodyMs)
  say('undici:request:trailers', { request })
}

function sumsOf(bands: readonly PhaseBand[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { phasesUs } of bands)
    for (const [name, us] of Object.entries(phasesUs)) sums[name] = (sums[name] ?? 0) + us
  return Object.fromEntries(Object.entries(sums).map(([name, us]) => [name, Math.round(us)]))
}

describe('the phase tracer', () => {
  it('gives every phase of a fresh connection its time, and the rest to nobody', async () => {
    const { bands, histograms } = await trace(async () => {
      await clock.sleep(2) // the client's own work
      const request = {}
      say('undici:request:create', { request })
      await clock.sleep(3) // waits before it may open a connection
      const socket = openSocket('tls')
      await connect(socket, { dnsMs: 4, tcpMs: 20, tlsMs: 21 })
      await exchange(request, socket, { headMs: 22, bodyMs: 5 })
      await clock.sleep(6) // reads what it got
    })
    expect(bands).toHaveLength(1)
    expect(bands[0]).toMatchObject({ iterations: 1, untraced: 0 })
    expect(bands[0]?.latencyUs).toBeCloseTo(83_000, 6)
    expect(sumsOf(bands)).toEqual({
      wait: 3_000,
      dns: 4_000,
      connect: 20_000,
      tlsFull: 21_000,
      firstByte: 22_000,
      body: 5_000,
    })
    const medians = Object.entries(histograms).map(([name, text]) => [name, Histogram.decode(text).maxUs])
    expect(Object.fromEntries(medians)).toEqual(
      Object.fromEntries(
        [
          ['wait', 3_000],
          ['dns', 4_000],
          ['connect', 20_000],
          ['tlsFull', 21_000],
          ['firstByte', 22_000],
          ['body', 5_000],
        ].map(([name, us]) => [name, expect.closeTo(us as number, -2)]),
      ),
    )
  })

  it('charges nothing for a connection that was there before', async () => {
    const socket = openSocket('tls')
    await clock.drive(connect(socket, { tcpMs: 20, tlsMs: 20 }))
    const { bands, histograms, exemplars } = await trace(async () => {
      const request = {}
      say('undici:request:create', { request })
      await exchange(request, socket, { headMs: 10 })
    }, 25)
    expect(bands.map(({ iterations }) => iterations)).toEqual([3])
    expect(sumsOf(bands)).toEqual({ firstByte: 30_000 })
    expect(Object.keys(histograms).sort()).toEqual(['body', 'firstByte', 'wait'])
    expect(exemplars[0]?.kept.map(({ requests }) => requests[0]?.isReused).toSorted()).toEqual([false, true, true])
  })

  it('charges only the part of an opening that was waited for', async () => {
    const socket = openSocket('tcp')
    const opening = connect(socket, { tcpMs: 20 })
    const { bands } = await trace(async () => {
      const request = {}
      say('undici:request:create', { request })
      await opening
      await exchange(request, socket, { headMs: 1 })
    })
    expect(sumsOf(bands)).toEqual({ connect: 20_000, firstByte: 1_000 })
    const late = openSocket('tcp')
    const lateOpening = connect(late, { tcpMs: 20 })
    await clock.drive(clock.sleep(15))
    const { bands: later } = await trace(async () => {
      const request = {}
      say('undici:request:create', { request })
      await lateOpening
      await exchange(request, late, { headMs: 1 })
    })
    expect(sumsOf(later)).toEqual({ connect: 5_000, firstByte: 1_000 })
  })

  it('leaves to nobody what passes before a client creates its request', async () => {
    const socket = openSocket('tcp')
    socket.emit('connect')
    const queue: (() => void)[] = []
    let isBusy = false
    const send = async () => {
      if (isBusy) await new Promise<void>((resolve) => queue.push(resolve))
      isBusy = true
    }
    const { bands } = await trace(
      async () => {
        const request = {}
        await send()
        say('undici:request:create', { request })
        await exchange(request, socket, { headMs: 10 })
        isBusy = false
        queue.shift()?.()
      },
      5,
      2,
    )
    // The second one waited 10 ms in a queue of the scenario's own.
    expect(sumsOf(bands)).toEqual({ firstByte: 20_000 })
  })

  it('gives a request without a context to whoever waits longest', async () => {
    const socket = openSocket('tcp')
    socket.emit('connect')
    const created: (() => void)[] = []
    const bands = trace(
      async () => {
        const request = {}
        const go = new Promise<void>((resolve) => created.push(resolve))
        pending.push(request)
        await go
        await exchange(request, socket, { headMs: 5 })
      },
      1,
      2,
    )
    // Out of any iteration's context: after 30 ms the first, 10 ms later the second.
    for (const waitMs of [30, 10]) {
      await clock.drive(clock.sleep(waitMs))
      say('undici:request:create', { request: pending.shift() as object })
      created.shift()?.()
    }
    expect(sumsOf((await bands).bands)).toEqual({ wait: 70_000, firstByte: 10_000 })
  })

  it('lets Session say who asked, and since when', async () => {
    const socket = openSocket('tcp')
    socket.emit('connect')
    const { bands } = await trace(async () => {
      await clock.sleep(3)
      const [asking, request] = [{}, {}]
      say('sessionbench:session:ask', { exchange: asking })
      await clock.sleep(40)
      say('sessionbench:session:dispatch', { exchange: asking })
      say('undici:request:create', { request })
      await exchange(request, socket, { headMs: 10, bodyMs: 1 })
    })
    expect(sumsOf(bands)).toEqual({ wait: 40_000, firstByte: 10_000, body: 1_000 })
  })

  it('never counts time twice when requests of an iteration overlap', async () => {
    const sockets = [openSocket('tcp'), openSocket('tcp')]
    for (const socket of sockets) socket.emit('connect')
    const { bands } = await trace(() =>
      Promise.all(
        sockets.map(async (socket, index) => {
          const request = {}
          say('undici:request:create', { request })
          await exchange(request, socket, { headMs: 10 + 5 * index, bodyMs: 1 })
        }),
      ),
    )
    expect(sumsOf(bands)).toEqual({ firstByte: 14_000, body: 2_000 })
    expect(bands[0]?.latencyUs).toBeCloseTo(16_000, 6)
  })

  it('knows the connections of a client that says nothing of its requests', async () => {
    const { bands, exemplars } = await trace(async () => {
      await clock.sleep(1)
      await connect(openSocket('tls'), { tcpMs: 20, tlsMs: 30 })
      await clock.sleep(10)
    })
    expect(bands[0]).toMatchObject({ untraced: 0 })
    expect(sumsOf(bands)).toEqual({ connect: 20_000, tlsFull: 30_000 })
    expect(exemplars[0]?.kept[0]?.requests).toEqual([
      { connection: 1, isReused: false, openedUs: 1_000, connectedUs: 21_000, securedUs: 51_000 },
    ])
  })

  it('says when nothing could be seen', async () => {
    const { bands } = await trace(() => clock.sleep(5))
    expect(bands).toMatchObject([{ iterations: 1, untraced: 1, phasesUs: {} }])
  })

  it('leaves failed iterations out, and what ends after its iteration', async () => {
    const socket = openSocket('tcp')
    socket.emit('connect')
    const lost: Promise<void>[] = []
    const failed = await trace(async () => {
      const request = {}
      say('undici:request:create', { request })
      lost.push(exchange(request, socket, { headMs: 50 }))
      await clock.sleep(10)
      say('undici:request:error', { request })
      throw new Error('no')
    })
    expect(failed.bands).toEqual([])
    await clock.drive(Promise.all(lost))
    expect((await trace(() => clock.sleep(5))).bands).toMatchObject([{ untraced: 1, phasesUs: {} }])
  })

  it('adds in an open loop how late an iteration was started', async () => {
    tracer.startBlock(1)
    let isFirst = true
    const run = async () => {
      if (isFirst) clock.block(25)
      isFirst = false
    }
    const options = { arrivals: [0, 10, 20], durationMs: 30, maxInFlight: 10, iterationTimeoutMs: 1_000 }
    await clock.drive(runOpenLoop({ ...options, run, clock, tracer }))
    // Due at 10 and 20 ms, sent at 25, each after a turn of this clock's event loop.
    expect(sumsOf(tracer.takeBlock().bands)).toEqual({ dispatch: 20_020 })
  })

  it('keeps at most three exemplars per octave, and the same ones for the same seed', async () => {
    const keep = async () => {
      const { exemplars } = await trace(() => clock.sleep(5), 500)
      return exemplars.map(({ octave, seen, kept }) => ({ octave, seen, draws: kept.map(({ draw }) => draw) }))
    }
    const first = await keep()
    expect(first).toMatchObject([{ octave: 12, seen: 100 }])
    expect(first[0]?.draws).toHaveLength(3)
    expect(await keep()).toEqual(first)
  })
})

const pending: object[] = []
