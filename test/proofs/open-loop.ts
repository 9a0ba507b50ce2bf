// Shows what the open loop says of a target whose truth is known.
// 1. 2,000 requests/s to an idle server, as a user runs it: how late was the generator itself, did it hold the rate, and
//    was the table marked when it did not?
// 2. 100 requests/s to a server that freezes for the last second of every ten: the true p99 is 900 ms, by arithmetic and by
//    the server's log. autocannon is asked about the same stall, in a process of its own.
// Usage: npm run prove:open-loop, about two minutes
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { resultsSchema } from '../../src/document/model.ts'
import type { Histogram } from '../../src/sample/histogram.ts'
import { type LoggedServer, openLoggedServer } from './logged-load.ts'
import { isTrue, percentileOf, sortedTimes } from './truth.ts'

const execute = promisify(execFile)
const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const scheduledP99Ms = 900
const stall = { everyMs: 10_000, forMs: 1_000 }
const seconds = 30

const isKept = await proveSchedule(2_000)
await using server = await openLoggedServer()
const isTold = await proveStall(server)
await askAutocannon(server)
process.exitCode = isKept && isTold ? 0 : 1

async function proveSchedule(ratePerSecond: number): Promise<boolean> {
  const args = ['run', pathOf('./scenarios/one-get.ts'), '--rate', String(ratePerSecond), '--rtt', '0']
  const bounds = ['--budget', '60s', '--block', '2500ms', '--rounds', '2', '--format', 'json']
  const command = [pathOf('../../src/cli/sessionbench.mjs'), ...args, ...bounds]
  const { stdout } = await execute(process.execPath, command, { maxBuffer: 1e9 }).catch((error) => error)
  const [comparison] = resultsSchema.parse(JSON.parse(stdout)).scenarios.flatMap(({ comparisons }) => comparisons)
  if (comparison === undefined) throw new Error('nothing was measured')
  const { validity, reasons } = comparison
  const isMarked = validity !== 'valid' && reasons.some((reason) => reason.includes('the generator'))
  const held = comparison.arms.map(({ id, openLoop }) => {
    if (openLoop === undefined) return false
    const { p50Us, p99Us } = openLoop.dispatchDelay
    // By the time that the blocks really took, the wait for their last answers included.
    const elapsedMs = comparison.blocks.filter(({ arm }) => arm === id).reduce((sum, block) => sum + block.elapsedMs, 0)
    const sentPerSecond = ((openLoop.intended - openLoop.dropped) / elapsedMs) * 1_000
    const error = sentPerSecond / ratePerSecond - 1
    const isOnTime = p50Us <= 10 && p99Us < 1_000
    const isRateHeld = Math.abs(error) <= 0.001
    console.log(`${id}: ${ratePerSecond}/s wanted, ${sentPerSecond.toFixed(2)}/s sent (${(error * 100).toFixed(3)} %)`)
    console.log(`  dispatch delay p50 ${p50Us} µs (wanted ≤ 10), p99 ${p99Us} µs (wanted < 1,000)`)
    console.log(`  ${isOnTime && isRateHeld ? 'held' : isMarked ? 'not held, and marked' : 'NOT held, NOT marked'}`)
    return (isOnTime && isRateHeld) || isMarked
  })
  console.log(`  the table is ${validity}${reasons.map((reason) => `\n    ${reason}`).join('')}`)
  return held.every(Boolean)
}

/** Half-way between two stalls, so that as many as `seconds` has room for are seen from end to end. */
async function freeze({ setFaults }: LoggedServer): Promise<void> {
  await setFaults({ stall })
  await new Promise((resolve) => setTimeout(resolve, 4_500))
}

async function proveStall(server: LoggedServer): Promise<boolean> {
  await server.load({ path: '/get', ratePerSecond: 500, durationMs: 3_000 }) // warm-up
  await freeze(server)
  const { result, requests } = await server.load({ path: '/get', ratePerSecond: 100, durationMs: seconds * 1_000 })
  const { response, service, dispatchDelay, succeeded, dropped, intended } = result
  const truth = sortedTimes(requests.map(({ sinceDueMs }) => sinceDueMs))
  console.log(
    `100/s for ${seconds} s, stalled 1 s in every 10: ${succeeded} of ${intended} answered, ${dropped} dropped`,
  )
  console.log('                                p50 ms    p90 ms    p99 ms    max ms')
  console.log(`we report, response time     ${row((percent) => response.percentileUs(percent) / 1_000)}`)
  console.log(`the server's log, since due  ${row((percent) => percentileOf(truth, percent))}`)
  console.log(`we report, service time      ${row((percent) => service.percentileUs(percent) / 1_000)}`)
  console.log(`we report, dispatch delay    ${row((percent) => dispatchDelay.percentileUs(percent) / 1_000)}`)
  return judge(response, percentileOf(truth, 99))
}

function judge(response: Histogram, loggedP99Ms: number): boolean {
  const p99Ms = response.percentileUs(99) / 1_000
  const error = p99Ms / scheduledP99Ms - 1
  const [isNear, isLogged] = [Math.abs(error) <= 0.05, isTrue(p99Ms, loggedP99Ms)]
  console.log(
    `p99 against 900 ms by arithmetic: ${(error * 100).toFixed(1)} %, ${isNear ? 'held (± 5 %)' : 'NOT held'}`,
  )
  console.log(`p99 against the log: ${(p99Ms - loggedP99Ms).toFixed(3)} ms, ${isLogged ? 'held' : 'NOT held'} (± 2 %)`)
  return isNear && isLogged
}

function row(at: (percent: number) => number): string {
  return [50, 90, 99, 100].map((percent) => at(percent).toFixed(3).padStart(10)).join('')
}

interface AutocannonResult {
  readonly latency: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number }
  readonly requests: { readonly total: number }
}

async function askAutocannon(server: LoggedServer): Promise<void> {
  for (const [label, ...options] of [
    ['autocannon, corrected by it  '],
    ['autocannon, as it measured   ', '--ignoreCoordinatedOmission'],
  ] as const) {
    await freeze(server)
    const load = ['-c', '10', '-R', '100', '-d', String(seconds), '--json', '--no-progress']
    const entry = fileURLToPath(import.meta.resolve('autocannon/autocannon.js'))
    const { stdout } = await execute(process.execPath, [entry, ...load, ...options, `${server.url}/get`])
    const { latency, requests } = JSON.parse(stdout) as AutocannonResult
    const figures = [latency.p50, latency.p90, latency.p99, latency.max]
      .map((ms) => ms.toFixed(3).padStart(10))
      .join('')
    console.log(`${label}${figures}  (${requests.total} requests)`)
  }
}
