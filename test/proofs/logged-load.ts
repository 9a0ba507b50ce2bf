// A fixture server that writes down when each request came and when its answer went, and an open loop against it whose
// requests say which arrival they are: the truth of every request, beside what the engine's histograms say of them all.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FaultPlan } from '../../fixtures-server/faults.ts'
import type { LoggedRequest } from '../../fixtures-server/index.ts'
import { makeArrivals } from '../../src/engine/arrivals.ts'
import { type OpenLoopResult, runOpenLoop } from '../../src/engine/open-loop.ts'
import { makeRandom } from '../../src/plan/random.ts'
import { machineNowMs, systemClock, toMachineMs } from '../../src/probe/clock.ts'
import { Session } from '../../src/session/index.ts'

interface LoadOptions {
  readonly path: string
  readonly ratePerSecond: number
  readonly durationMs: number
}

export interface LoggedLoad {
  readonly result: OpenLoopResult
  /** What the server's log says of each request, in any order. */
  readonly requests: readonly {
    /** From arriving at the server to being answered. */
    readonly serverMs: number
    /** From when the schedule wanted it sent to being answered by the server. */
    readonly sinceDueMs: number
    /** From being answered by the server to having been read by the client. */
    readonly wayBackMs: number
  }[]
}

export interface LoggedServer extends AsyncDisposable {
  readonly url: string
  load(options: LoadOptions): Promise<LoggedLoad>
  setFaults(plan: FaultPlan): Promise<void>
}

export async function openLoggedServer(): Promise<LoggedServer> {
  const child = fork(fileURLToPath(new URL('../../fixtures-server/main.ts', import.meta.url)))
  const [{ urls }] = (await once(child, 'message')) as [{ urls: { http: string; control: string } }]
  const session = new Session({ baseUrl: urls.http, pool: { connections: 1_000 } })
  const control = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${urls.control}${path}`, init)
    if (!response.ok) throw new Error(`the fixture server refused ${path}: ${await response.text()}`)
    return response.json()
  }
  return {
    url: urls.http,
    async load(options) {
      await control('/ledger/reset', { method: 'POST', headers: { 'content-type': 'application/json' } })
      const { result, startMs, endsMs } = await loadWithIds(session, options)
      const log = (await control('/ledger/requests')) as LoggedRequest[]
      if (log.length !== result.intended) {
        throw new Error(`${result.intended} requests were due, ${result.succeeded} answered, ${log.length} logged`)
      }
      const gapMs = 1_000 / options.ratePerSecond
      const requests = log.map(({ id, arrivedMs, answeredMs }) => ({
        serverMs: answeredMs - arrivedMs,
        sinceDueMs: answeredMs - (startMs + Number(id) * gapMs),
        wayBackMs: (endsMs[Number(id)] ?? Number.NaN) - answeredMs,
      }))
      return { result, requests }
    },
    async setFaults(plan) {
      await control('/faults', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(plan),
      })
    },
    async [Symbol.asyncDispose]() {
      await session.close()
      child.disconnect()
    },
  }
}

/** Arrivals start in the order of the schedule, so the nth request is the nth arrival as long as none is dropped. */
async function loadWithIds(session: Session, { path, ratePerSecond, durationMs }: LoadOptions) {
  const arrivals = makeArrivals({ ratePerSecond, process: 'constant', random: makeRandom(1) })
  const endsMs: number[] = []
  let next = 0
  const run = async (signal: AbortSignal) => {
    const id = next++
    const response = await session.get(path, { signal, headers: { 'x-request-id': String(id) } })
    await response.bytes()
    endsMs[id] = machineNowMs()
  }
  const limits = { maxInFlight: 10_000, iterationTimeoutMs: 30_000 }
  // In time for the first arrival not to be late for reasons that are none of the engine's.
  const startMs = systemClock.nowMs() + 20
  const result = await runOpenLoop({ arrivals, durationMs, startMs, run, clock: systemClock, ...limits })
  // The server's log has the machine's clock.
  return { result, startMs: toMachineMs(systemClock, startMs), endsMs }
}
