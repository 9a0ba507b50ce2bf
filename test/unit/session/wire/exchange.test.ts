import { describe, expect, it } from 'vitest'
import { readTarget } from '../../../../src/session/head/target.ts'
import { Exchange } from '../../../../src/session/wire/exchange.ts'
import { sweepPhase } from '../../../../src/session/wire/phase-limit.ts'
import type { WireRequest, WireResponse } from '../../../../src/session/wire/transport.ts'

const request: WireRequest = {
  method: 'GET',
  target: readTarget('http://h/'),
  headers: [],
  body: null,
  timeouts: { connect: 0, headers: 0, body: 0, pool: 0 },
  maxResponseBytes: Number.POSITIVE_INFINITY,
  scope: null,
  fresh: false,
  proxy: null,
}

function start(timeouts: Partial<WireRequest['timeouts']> = {}, status = 200) {
  const finished: Exchange[] = []
  const owner = {
    finished: (one: Exchange) => void finished.push(one),
    unsent: () => {},
    calledOff: () => {},
    forget: () => {},
  }
  const controller = {
    paused: false,
    aborted: undefined as Error | undefined,
    pause() {
      controller.paused = true
    },
    resume() {
      controller.paused = false
    },
    abort(reason: Error) {
      controller.aborted = reason
    },
  }
  const undici = controller as unknown as Parameters<Exchange['onRequestStart']>[0]
  let resolve: (response: WireResponse) => void = () => {}
  const response = new Promise<WireResponse>((settle) => {
    resolve = settle
  })
  const errors: unknown[] = []
  const reject = (error: unknown) => void errors.push(error)
  const own = { ...request, timeouts: { ...request.timeouts, ...timeouts } }
  const exchange = new Exchange(own, owner, resolve, reject)
  exchange.onRequestStart(undici)
  exchange.onResponseStart(undici, status, {}, 'OK')
  return { exchange, controller, undici, finished, response, errors }
}

const piece = Buffer.alloc(70_000)

describe('a body', () => {
  it('holds its connection back above 64 KiB, until somebody reads', async () => {
    const { exchange, controller, undici } = start()
    exchange.onResponseData(undici, Buffer.alloc(10))
    expect([controller.paused, exchange.stalledSinceMs]).toEqual([false, undefined])
    exchange.onResponseData(undici, piece)
    expect(controller.paused).toBe(true)
    expect(exchange.stalledSinceMs).toBeTypeOf('number')
    expect((await exchange.read())?.length).toBe(10)
    await exchange.read()
    expect(controller.paused).toBe(false)
  })

  it('that somebody reads slowly is not unread', async () => {
    const { exchange, controller, undici } = start()
    exchange.onResponseData(undici, piece)
    await exchange.read()
    exchange.onResponseData(undici, piece)
    expect([controller.paused, exchange.unread]).toEqual([true, false])
  })

  it('is read ahead up to 1 MiB, and given up beyond', async () => {
    const { exchange, controller, undici, finished } = start()
    exchange.onResponseData(undici, piece)
    exchange.readAhead()
    for (let bytes = piece.length; bytes + piece.length <= 1024 * 1024; bytes += piece.length)
      exchange.onResponseData(undici, piece)
    expect([controller.paused, controller.aborted]).toEqual([false, undefined])
    exchange.onResponseData(undici, piece)
    expect(controller.aborted).toMatchObject({ code: 'BODY_UNREAD' })
    expect(finished).toEqual([exchange])
    await expect(exchange.readAll()).rejects.toMatchObject({ code: 'BODY_UNREAD' })
  })

  it('that ends unread is kept, and its connection is free', async () => {
    const { exchange, undici, finished } = start()
    exchange.onResponseData(undici, Buffer.from('kept'))
    exchange.onResponseEnd()
    expect([exchange.ended, finished]).toEqual([true, [exchange]])
    expect(Buffer.concat(await exchange.readAll()).toString()).toBe('kept')
  })
})

describe('a limit of 10 s or more', () => {
  it('of the headers is not put off by interim responses', () => {
    const { exchange, controller, undici, errors } = start({ headers: 20_000 }, 103)
    // The first sweep may come right after the start, and counts nothing.
    for (let step = 0; step <= 39; step += 1) {
      sweepPhase(exchange, 500)
      exchange.onResponseStart(undici, 103, {}, '')
    }
    expect([errors, controller.aborted]).toEqual([[], undefined])
    sweepPhase(exchange, 500)
    expect(errors).toMatchObject([{ code: 'HEADERS_TIMEOUT', timeoutMs: 20_000 }])
    expect(controller.aborted).toBe(errors[0])
  })

  it('of the body starts again with each piece, and stands still while nobody reads', async () => {
    const { exchange, undici } = start({ body: 10_000 })
    const sweep = (steps: number) => {
      for (let step = 0; step < steps; step += 1) sweepPhase(exchange, 500)
    }
    sweep(20)
    exchange.onResponseData(undici, Buffer.alloc(10))
    sweep(20)
    exchange.onResponseData(undici, piece)
    sweep(100)
    expect((await exchange.read())?.length).toBe(10)
    await exchange.read()
    sweep(20)
    expect(exchange.settled).toBe(false)
    sweep(1)
    await expect(exchange.read()).rejects.toMatchObject({ code: 'BODY_TIMEOUT', timeoutMs: 10_000 })
  })

  it('has no timer of its own, and a shorter one has', () => {
    expect(start({ headers: 10_000 }, 103).exchange.timer).toBeUndefined()
    const { exchange } = start({ headers: 9_999 }, 103)
    expect(exchange.timer).toBeDefined()
    exchange.cancel(new Error('over'))
    expect(exchange.timer).toBeUndefined()
  })
})
