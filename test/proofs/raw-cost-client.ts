import { readFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { makeArrivals } from '../../src/engine/arrivals.ts'
import { runAutocannon } from '../../src/engine/autocannon.ts'
import { makePlainSource } from '../../src/engine/iteration-slot.ts'
import { followSchedule } from '../../src/engine/open-loop.ts'
import { prepareRequest } from '../../src/engine/raw/prepare-requests.ts'
import { makeConnector } from '../../src/engine/raw/raw-socket.ts'
import { runRawClosed } from '../../src/engine/raw/run-raw-closed.ts'
import { runRawOpen } from '../../src/engine/raw/run-raw-open.ts'
import { systemClock } from '../../src/probe/clock.ts'
import { makeIsFailure } from '../../src/probe/status-book.ts'
import { openWireProbe } from '../../src/probe/wire-probe.ts'
import { Histogram } from '../../src/sample/histogram.ts'
import { resolveAutocannonRequest } from '../../src/scenario/autocannon-request.ts'

// One generator in a process of its own: warms up, loads for a while, and prints what it came to.
// node raw-cost-client.ts ARM URL MS [CA FILE]

/** What one run came to. */
export interface GeneratorRun {
  readonly requests: number
  readonly failed: number
  readonly wallMs: number
  readonly cpuUs: number
  /** Of an open loop: how late requests were sent, µs at p99; and a pacer that sends none, in the same minute. */
  readonly lateP99Us?: number
  readonly idleLateP99Us?: number
}

const connections = 50
const openRate = 40_000
const [, , arm = '', url = '', length = '1500', caFile] = process.argv
const { hostname, port, protocol, origin, pathname } = new URL(url)
const path = pathname as `/${string}`
const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8')
const isPerRequest = arm.endsWith('-close')
const pipelining = arm === 'raw-8' ? 8 : 1

interface Counted {
  readonly requests: number
  readonly failed: number
  readonly lateP99Us?: number
  readonly idleLateP99Us?: number
}

const window = (durationMs: number) => ({
  ...{ durationMs, clock: systemClock, isFailure: makeIsFailure(), source: makePlainSource() },
  waitForStart: async () => systemClock.nowMs(),
})

function rawLoad() {
  const prepared = prepareRequest({ path, method: 'GET', headers: {} }, { origin, isLast: isPerRequest })
  const tls = protocol === 'https:' ? { tls: { ca, servername: 'localhost', resumes: false } } : {}
  const connect = makeConnector({ host: hostname, port: Number(port), ...tls })
  return { connect, requestOf: () => prepared, connections, pipelining, isPerRequest, timeoutMs: 5_000 }
}

async function runRaw(ms: number): Promise<Counted> {
  const { succeeded, failed } = await runRawClosed(rawLoad(), window(ms))
  return { requests: succeeded, failed }
}

async function runOpen(durationMs: number): Promise<Counted> {
  const arrivals = () => makeArrivals({ ratePerSecond: openRate, process: 'constant', random: () => 0 })
  const { succeeded, failed, dropped, dispatchDelay } = await runRawOpen(
    rawLoad(),
    { arrivals: arrivals(), durationMs, maxInFlight: 1_000 },
    window(durationMs),
  )
  return { requests: succeeded, failed: failed + dropped, lateP99Us: dispatchDelay.percentileUs(99) }
}

/** The same pacer, with nothing to send. */
async function pace(durationMs: number): Promise<number> {
  const late = new Histogram()
  const startMs = performance.now()
  const arrivals = makeArrivals({ ratePerSecond: openRate, process: 'constant', random: () => 0 })
  await followSchedule({ arrivals, durationMs, clock: systemClock }, startMs, (dueMs) =>
    late.record((performance.now() - startMs - dueMs) * 1_000),
  )
  return late.percentileUs(99)
}

async function runGated(ms: number): Promise<Counted> {
  const request = resolveAutocannonRequest({ path, connections }, 'get')
  const asked = { ...window(ms), probe }
  const { succeeded, failed } = await runAutocannon({ origin, request, timeoutMs: 5_000 }, asked)
  return { requests: succeeded, failed }
}

/** The least that can be done in JavaScript: an answer is whatever one read brings. */
function runBare(ms: number): Promise<Counted> {
  const buffer = Buffer.alloc(64 * 1_024)
  const close = isPerRequest ? 'Connection: close\r\n' : ''
  const bytes = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${close}\r\n`)
  return new Promise((resolve) => {
    let [requests, open, isLoading] = [0, 0, true]
    const begin = () => {
      open++
      const onread = {
        buffer,
        callback() {
          requests++
          if (isPerRequest || !isLoading) socket.destroy()
          else socket.write(bytes)
          return true
        },
      }
      const tcp = { host: hostname, port: Number(port), noDelay: true, onread }
      const secure = { ...tcp, ca, servername: 'localhost', ALPNProtocols: ['http/1.1'] }
      const socket = protocol === 'https:' ? connectTls(secure as object) : connectTcp(tcp)
      socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => socket.write(bytes))
      socket.on('error', () => {})
      socket.once('close', () => {
        open--
        if (isPerRequest && isLoading) begin()
        else if (open === 0) resolve({ requests, failed: 0 })
      })
    }
    for (let place = 0; place < connections; place++) begin()
    setTimeout(() => {
      isLoading = false
    }, ms)
  })
}

const probe = arm === 'autocannon' ? openWireProbe() : (undefined as never)
const runs: Readonly<Record<string, (ms: number) => Promise<Counted>>> = {
  raw: runRaw,
  'raw-own': runRaw,
  'raw-8': runRaw,
  'raw-close': runRaw,
  'raw-tls': runRaw,
  'raw-open': runOpen,
  autocannon: runGated,
  bare: runBare,
  'bare-close': runBare,
  'bare-tls': runBare,
}
const run = runs[arm]
if (run === undefined) throw new Error(`there is no generator '${arm}': expected ${Object.keys(runs).join(', ')}`)
await run(600)
const [startMs, before] = [performance.now(), process.cpuUsage()]
const counted = await run(Number(length))
const { user, system } = process.cpuUsage(before)
const wallMs = performance.now() - startMs
const idleLate = arm === 'raw-open' ? { idleLateP99Us: await pace(Number(length)) } : {}
console.log(JSON.stringify({ ...counted, ...idleLate, wallMs, cpuUs: user + system } satisfies GeneratorRun))
process.exit()
