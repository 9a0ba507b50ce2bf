// Shows what the open loop says of a target whose truth is known: a server that freezes for the last second of every ten
// (at 100 requests/s the true p99 is 900 ms), and one that does not (how late is the generator itself?).
// Usage: npm run prove:open-loop
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { makeArrivals } from '../../src/engine/arrivals.ts'
import { systemClock } from '../../src/engine/clock.ts'
import { runOpenLoop } from '../../src/engine/open-loop.ts'
import { makeRandom } from '../../src/plan/random.ts'
import { Session } from '../../src/session/index.ts'

const cli = fileURLToPath(new URL('../../src/cli/sessionbench.mjs', import.meta.url))
const server = spawn(process.execPath, [cli, 'serve', '--format', 'json'], { stdio: ['ignore', 'pipe', 'inherit'] })
const [line] = (await once(server.stdout, 'data')) as [Buffer]
const { http, control } = JSON.parse(line.toString()) as { http: string; control: string }
const session = new Session({ baseUrl: http, pool: { connections: 200 } })

async function load(ratePerSecond: number, durationMs: number) {
  const arrivals = makeArrivals({ ratePerSecond, process: 'constant', random: makeRandom(1) })
  const run = (signal: AbortSignal) => session.get('/get', { signal })
  const options = { arrivals, durationMs, run, maxInFlight: 1_000, iterationTimeoutMs: 10_000, clock: systemClock }
  return runOpenLoop(options)
}

function report(
  label: string,
  { response, service, dispatchDelay, succeeded, dropped, intended }: Awaited<ReturnType<typeof load>>,
) {
  const ms = (histogram: typeof response, percent: number) => (histogram.percentileUs(percent) / 1_000).toFixed(3)
  console.log(`${label}: ${succeeded} of ${intended} answered, ${dropped} dropped`)
  console.log(`  response time   p50 ${ms(response, 50)} p99 ${ms(response, 99)} max ${ms(response, 100)} ms`)
  console.log(`  service time    p50 ${ms(service, 50)} p99 ${ms(service, 99)} max ${ms(service, 100)} ms`)
  console.log(
    `  dispatch delay  p50 ${ms(dispatchDelay, 50)} p99 ${ms(dispatchDelay, 99)} max ${ms(dispatchDelay, 100)} ms`,
  )
}

try {
  await load(2_000, 5_000) // warm-up
  report('2,000/s for 10 s, an unloaded target', await load(2_000, 10_000))
  const stall = JSON.stringify({ stall: { everyMs: 10_000, forMs: 1_000 } })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${control}/faults`, { method: 'POST', headers, body: stall })
  if (!answer.ok) throw new Error(`the fixture server refused the stall: ${await answer.text()}`)
  const stalled = await load(100, 30_000)
  report('100/s for 30 s, stalled 1 s in every 10', stalled)
  const error = stalled.response.percentileUs(99) / 900_000 - 1
  console.log(`p99 of response time against the true 900 ms: ${(error * 100).toFixed(1)} %`)
  process.exitCode = Math.abs(error) <= 0.05 ? 0 : 1
} finally {
  await session.close()
  server.kill('SIGTERM')
}
