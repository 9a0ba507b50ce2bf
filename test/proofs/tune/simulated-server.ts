import type { Random } from '../../../src/plan/random.ts'
import type { KnownServer } from './known-server.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** A known server in virtual time, and what stands between it and its clients. */
export interface SimulatedServer extends KnownServer {
  readonly law?: 'fixed' | 'exponential' | 'lognormal'
  readonly crosstalk?: number
  readonly rttMs?: number
  /** Timers are late by so much on average, which holds up an answer and no worker. */
  readonly lateMs?: number
  /** From then on nobody gets an answer any more, or a connection. */
  readonly diesAtMs?: number
}

/** A connection that is open. */
export interface SimulatedConnection {
  /** Resolves to the status when the whole answer has come; rejects as the server does. */
  ask(signal: AbortSignal): Promise<number>
  close(): void
}

export interface OpenServer {
  /** Rejects when it is not accepted. */
  connect(signal: AbortSignal): Promise<SimulatedConnection>
}

export function openSimulatedServer(server: SimulatedServer, clock: VirtualClock, random: Random): OpenServer {
  const free = Array<number>(server.workers ?? 0).fill(0)
  const { rttMs = 0, diesAtMs = Number.POSITIVE_INFINITY } = server
  const waiting: (() => void)[] = []
  const ends: number[] = []
  const [window, link, cpu] = [{ second: -1, count: 0 }, { freeMs: 0 }, { freeMs: 0 }]
  let [open, served, requests, underWay] = [0, 0, 0, 0]
  const isDead = () => clock.nowMs() >= diesAtMs
  const refuse = (): number => {
    requests++
    if (server.perSecond !== undefined) {
      const second = Math.floor(clock.nowMs() / 1_000)
      if (second !== window.second) Object.assign(window, { second, count: 0 })
      if (++window.count > server.perSecond) return 429
    }
    if (server.failShare !== undefined && (requests * server.failShare) % 1 < server.failShare) return 500
    return server.mostAtOnce !== undefined && underWay >= server.mostAtOnce ? 503 : 200
  }
  const queueEnd = (serviceMs: number): number => {
    const nowMs = clock.nowMs()
    const first = free.indexOf(Math.min(...free))
    while ((ends[0] ?? Number.POSITIVE_INFINITY) <= nowMs) ends.shift()
    const slower = 1 + (server.crosstalk ?? 0) * ends.length
    const endMs = Math.max(nowMs, free[first] as number) + draw(server.law, serviceMs, random) * slower
    free[first] = endMs
    if (server.crosstalk !== undefined) ends.splice(ends.findLastIndex((each) => each <= endMs) + 1, 0, endMs)
    return endMs
  }
  const takeAlone = (one: { freeMs: number }, ms: number): number => {
    one.freeMs = Math.max(one.freeMs, clock.nowMs()) + ms
    return one.freeMs
  }
  const serve = async (signal: AbortSignal): Promise<number> => {
    const sleepUntil = (atMs: number) => clock.sleep(Math.max(0, atMs - clock.nowMs()), signal)
    if (isDead()) throw failure('ECONNRESET', 'the server closed the connection')
    const status = refuse()
    if (status !== 200) return status
    underWay++
    try {
      if (server.delayMs) await clock.sleep(server.delayMs, signal)
      if (server.cpuMs) await sleepUntil(takeAlone(cpu, server.cpuMs))
      if (server.serviceMs) await sleepUntil(queueEnd(server.serviceMs))
      if (server.bodyMs) await clock.sleep(server.bodyMs, signal)
      if (server.bytesPerSecond) {
        const sendMs = ((server.bodyBytes ?? 2) * 1_000) / server.bytesPerSecond
        await sleepUntil(takeAlone(link, sendMs))
      }
      if (server.lateMs) await clock.sleep(-server.lateMs * Math.log1p(-random()), signal)
      if (isDead()) throw failure('ECONNRESET', 'the server closed the connection')
      return 200
    } finally {
      underWay--
    }
  }
  return {
    async connect(signal) {
      if (rttMs > 0) await clock.sleep(rttMs, signal)
      if (isDead()) throw failure('ECONNREFUSED', 'connect ECONNREFUSED')
      if (open >= (server.mostConnections ?? Number.POSITIVE_INFINITY)) {
        throw failure('ECONNRESET', 'the server closed the connection')
      }
      open++
      let turn: Promise<void> | undefined
      let isServed = server.prefork === undefined
      let isClosed = false
      const takeTurn = () => {
        served++
        isServed = true
      }
      if (!isServed) {
        if (served < (server.prefork ?? 0)) takeTurn()
        else {
          turn = new Promise((resolve) =>
            waiting.push(() => {
              if (isClosed) return next()
              takeTurn()
              resolve()
            }),
          )
        }
      }
      const next = () => waiting.shift()?.()
      return {
        async ask(own) {
          if (!isServed) await Promise.race([turn, aborted(own)])
          if (rttMs > 0) await clock.sleep(rttMs / 2, own)
          const status = await serve(own)
          if (rttMs > 0) await clock.sleep(rttMs / 2, own)
          return status
        },
        close() {
          if (isClosed) return
          isClosed = true
          open--
          if (server.prefork === undefined || !isServed) return
          served--
          next()
        },
      }
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

function draw(law: SimulatedServer['law'], meanMs: number, random: Random): number {
  if (law === 'exponential') return -meanMs * Math.log1p(-random())
  if (law !== 'lognormal') return meanMs
  const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return meanMs * Math.exp(gauss - 0.5)
}
