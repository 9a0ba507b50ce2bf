import { ArmFailure } from '../../../src/arm/arm-failure.ts'
import type { ArmHost, ArmProcess } from '../../../src/arm/arm-host.ts'
import type { ArmReply, ArmRequest } from '../../../src/arm/messages.ts'
import { closedLoopOf, makeSchedule } from '../../../src/engine/block-draws.ts'
import { type LoopResult, runClosedLoop } from '../../../src/engine/closed-loop.ts'
import { makePlainSource } from '../../../src/engine/iteration-slot.ts'
import { type OpenLoopResult, runOpenLoop } from '../../../src/engine/open-loop.ts'
import { makeRandom } from '../../../src/plan/random.ts'
import { shardWorkload } from '../../../src/plan/shard.ts'
import type { MeasuredBlock } from '../../../src/sample/block.ts'
import { mergeShardBlocks } from '../../../src/sample/merge-shards.ts'
import type { ResolvedWorkload } from '../../../src/scenario/resolve-scenario.ts'
import type { TuningPlace } from '../../../src/tune/run-tuning.ts'
import {
  type OpenServer,
  openSimulatedServer,
  type SimulatedConnection,
  type SimulatedServer,
} from './simulated-server.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** By chance, all the time or in turns of so long. */
interface Stalls {
  readonly perSecond: number
  readonly ms: number
  readonly onMs?: number
  readonly offMs?: number
}

export interface SimulatedPlace {
  readonly clock: VirtualClock
  readonly server: SimulatedServer
  readonly seed: number
  /** Of a client process, for each request. @default 50 */
  readonly clientUs?: number
  /** A client does nothing at all for so long, so often per second, by chance. @default never */
  readonly stalls?: Stalls
  /** Cores of the machine, of which the server uses what it computes. @default 2 */
  readonly cores?: number
  /** What happens instead of the so-many-th block, those of warm-ups not counted. */
  readonly onBlock?: (block: number) => 'hang' | undefined
}

/** Sockets of one session: as many as it may have, made when they are wanted. */
function openPool(server: OpenServer, places: number) {
  const idle: SimulatedConnection[] = []
  const all = new Set<SimulatedConnection>()
  const queue: (() => void)[] = []
  let opened = 0
  const take = async (signal: AbortSignal): Promise<SimulatedConnection> => {
    while (idle.length === 0 && opened >= places) {
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          queue.splice(queue.indexOf(resolve), 1)
          reject(signal.reason)
        }
        queue.push(() => {
          signal.removeEventListener('abort', leave)
          resolve()
        })
        signal.addEventListener('abort', leave, { once: true })
      })
    }
    const known = idle.pop()
    if (known !== undefined) return known
    opened++
    try {
      const connection = await server.connect(signal)
      all.add(connection)
      return connection
    } catch (error) {
      opened--
      queue.shift()?.()
      throw error
    }
  }
  return {
    async ask(signal: AbortSignal): Promise<number> {
      const connection = await take(signal)
      try {
        const status = await connection.ask(signal)
        idle.push(connection)
        return status
      } catch (error) {
        opened--
        all.delete(connection)
        connection.close()
        throw error
      } finally {
        queue.shift()?.()
      }
    },
    close() {
      for (const connection of all) connection.close()
    },
    opened: () => all.size,
  }
}

/** A tuning's surroundings in virtual time: our own loops, a client that takes its time, and a known server. */
export function openSimulatedPlace(place: SimulatedPlace): { readonly host: ArmHost; readonly place: TuningPlace } {
  const { clock, seed } = place
  const server = openSimulatedServer(place.server, clock, makeRandom(seed))
  const stall = makeStalls(place)
  let blocks = 0
  const runBlock = async (request: Extract<ArmRequest, { kind: 'block' }>, open: Opened, index: number) => {
    const workload = shardWorkload(request.workload ?? open.workload, { index, count: open.count })
    return simulateBlock(place, server, { request, workload, places: open.places, stall })
  }
  const open = (count: number): ArmProcess => {
    const arms = new Map<string, Opened>()
    const answer = async (request: ArmRequest, timeoutMs: number): Promise<ArmReply> => {
      if (request.kind === 'open') {
        for (const { id, params } of request.arms) {
          arms.set(id, {
            places: Number(params.connections) * Number(params.pipelining ?? 1),
            workload: request.workload,
            count,
          })
        }
        return { kind: 'opened' }
      }
      if (request.kind !== 'block') return { kind: 'closed' }
      if (request.phase === 'measure' && place.onBlock?.(blocks++) === 'hang') {
        await clock.sleep(timeoutMs)
        throw new ArmFailure(
          `the arm process did not end its block of '${request.arm}' within ${timeoutMs / 1_000} s (hung)`,
        )
      }
      const startedAtMs = clock.nowMs()
      const open = arms.get(request.arm) as Opened
      const own = await Promise.all(Array.from({ length: count }, (_, index) => runBlock(request, open, index)))
      const block =
        count === 1 ? (own[0] as ShardRun).block : mergeShardBlocks(own.map((each) => ({ ...each, startedAtMs })))
      return { kind: 'block', block, startedAtMs, nextIndex: 0, workers: undefined }
    }
    return {
      ask: ((request: ArmRequest, { timeoutMs }: { timeoutMs: number }) =>
        answer(request, timeoutMs)) as ArmProcess['ask'],
      printedBytes: () => 0,
      kill: async () => {},
      [Symbol.asyncDispose]: async () => {},
    }
  }
  return {
    host: { open },
    place: {
      nowMs: () => clock.nowMs(),
      openTargets: () => ({
        open: async (profile) => ({
          address: { profile, origin: 'http://127.0.0.1:1', access: {}, proxies: undefined },
          ledger: undefined,
        }),
        [Symbol.asyncDispose]: async () => {},
      }),
    },
  }
}

interface Opened {
  readonly places: number
  readonly workload: ResolvedWorkload
  readonly count: number
}

interface ShardRun {
  readonly block: MeasuredBlock
  readonly workers: number | undefined
}

interface BlockRun {
  readonly request: Extract<ArmRequest, { kind: 'block' }>
  readonly workload: ResolvedWorkload
  readonly places: number
  readonly stall: (nowMs: number) => number
}

/** Until when a client that is asked now does nothing. */
function makeStalls({ stalls, seed }: SimulatedPlace): (nowMs: number) => number {
  if (stalls === undefined) return () => 0
  const { perSecond, ms, onMs = 1, offMs = 0 } = stalls
  const random = makeRandom(seed + 1)
  const gapMs = () => (-1_000 / perSecond) * Math.log1p(-random())
  let [nextMs, untilMs] = [gapMs(), 0]
  return (nowMs) => {
    for (; nextMs <= nowMs; nextMs += gapMs()) {
      if (nextMs % (onMs + offMs) < onMs) untilMs = Math.max(untilMs, nextMs) + ms * 2 * random()
    }
    return untilMs
  }
}

async function simulateBlock(
  place: SimulatedPlace,
  server: OpenServer,
  { request, workload, places, stall }: BlockRun,
): Promise<ShardRun> {
  const { clock, clientUs = 50 } = place
  const pool = openPool(server, places)
  const client = { freeMs: 0, busyMs: 0 }
  const run = async (signal: AbortSignal) => {
    try {
      const status = await pool.ask(signal)
      return { status, bytes: async () => new Uint8Array() }
    } finally {
      // One thread takes up the answers one after another, and what went wrong as well.
      client.busyMs += clientUs / 1_000
      client.freeMs = Math.max(client.freeMs, clock.nowMs(), stall(clock.nowMs())) + clientUs / 1_000
      await clock.sleep(client.freeMs - clock.nowMs())
    }
  }
  const draws = {
    phase: request.phase,
    durationMs: request.durationMs,
    seed: request.seed,
    shard: { index: 0, count: 1 },
  }
  const common = { run, clock, source: makePlainSource(), durationMs: request.durationMs }
  const startMs = clock.nowMs()
  const loop = await runLoop(workload, { common, draws, startMs })
  pool.close()
  return {
    block: makeBlock(place, loop, { startMs, connections: pool.opened(), busyMs: client.busyMs }),
    workers: loop.workers,
  }
}

function runLoop(
  workload: ResolvedWorkload,
  {
    common,
    draws,
    startMs,
  }: { readonly common: never | object; readonly draws: Parameters<typeof closedLoopOf>[1]; readonly startMs: number },
): Promise<LoopResult | OpenLoopResult> {
  const base = { ...common, iterationTimeoutMs: workload.iterationTimeoutMs } as never as Parameters<
    typeof runClosedLoop
  >[0]
  if (workload.model === 'closed') return runClosedLoop({ ...base, ...closedLoopOf(workload, draws) })
  if (workload.model !== 'open') throw new Error('only loops of our own are simulated')
  const { maxInFlight, leadInMs, drainMs } = workload
  return runOpenLoop({ ...base, ...makeSchedule(workload, draws), maxInFlight, leadInMs, drainMs, startMs })
}

interface Around {
  readonly startMs: number
  readonly connections: number
  readonly busyMs: number
}

function makeBlock(
  { clock, server, cores = 2 }: SimulatedPlace,
  loop: LoopResult | OpenLoopResult,
  { startMs, connections, busyMs }: Around,
): MeasuredBlock {
  const { succeeded, failed, failures, service, failedService, elapsedMs, workMs, untimed } = loop
  const latency = 'response' in loop ? loop.response : service
  const spentMs = Math.max(1e-3, clock.nowMs() - startMs)
  const busy = Math.min(1, busyMs / spentMs)
  const serverBusy = Math.min(1, ((server.cpuMs ?? 0.02) * succeeded) / spentMs)
  return {
    ...{ startedAt: '2026-01-01T00:00:00.000Z', elapsedMs, workMs, succeeded, failed, failures: [...failures] },
    ...(untimed !== undefined && { untimed }),
    ...{ service: service.encode(), failedService: failedService.encode() },
    ...('response' in loop && {
      openLoop: {
        ...{ intended: loop.intended, dropped: loop.dropped, response: loop.response.encode() },
        dispatchDelay: loop.dispatchDelay.encode(),
        ...(loop.course && { course: loop.course }),
      },
    }),
    ...{ p50Us: latency.percentileUs(50), p90Us: latency.percentileUs(90), p99Us: latency.percentileUs(99) },
    wire: {
      ...{ connectionsOpened: connections, handshakesFull: 0, handshakesResumed: 0, requests: succeeded + failed },
      ...{ bytesSent: 100 * succeeded, bytesReceived: (server.bodyBytes ?? 200) * succeeded },
    },
    newCarriers: { connections, handshakesFull: 0, handshakesResumed: 0 },
    ...{ unanswered: 0, cpuUserUs: busyMs * 1_000, cpuSystemUs: 0, eventLoopUtilization: busy, gcMs: 0 },
    ...{ cpuIdleShare: Math.max(0, 1 - (busy + serverBusy) / cores), speedControlMs: [5, 5] },
  }
}
