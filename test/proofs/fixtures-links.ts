// Holds the link emulator against the round-trip model: http and https, stateless and session, cost 2, 1, 3 and 1 round
// trips on top of what the same exchange costs without a link. Run with `npm run prove:fixture-links`, about 2 minutes.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { RawClient } from '../integration/fixtures-server/raw-client.ts'

interface Case {
  readonly listener: 'http' | 'https'
  readonly kind: 'stateless' | 'session'
  readonly roundTrips: number
}

const cases: readonly Case[] = [
  { listener: 'http', kind: 'stateless', roundTrips: 2 },
  { listener: 'http', kind: 'session', roundTrips: 1 },
  { listener: 'https', kind: 'stateless', roundTrips: 3 },
  { listener: 'https', kind: 'session', roundTrips: 1 },
]
const tolerance = 0.03
// Far below what either side can do, so that nothing queues: a queue would not be the link's doing.
const pauseMs = 12

const child = fork(fileURLToPath(new URL('../../fixtures-server/main.ts', import.meta.url)))
const [{ urls, ca }] = (await once(child, 'message')) as [{ urls: Record<string, string>; ca: string }]
let failures = 0
try {
  console.log('connections  RTT ms  case              model ms  p50 ms  ratio')
  for (const connections of [1, 50]) {
    for (const rttMs of [20, 100]) for (const each of cases) await prove(each, { connections, rttMs })
  }
} finally {
  child.disconnect()
}
console.log(failures === 0 ? 'all within 3 %' : `${failures} outside 3 %`)
process.exitCode = failures === 0 ? 0 : 1

async function prove(each: Case, { connections, rttMs }: { connections: number; rttMs: number }): Promise<void> {
  const body = JSON.stringify({ listener: each.listener, rttMs })
  const opened = await fetch(`${urls.control}/links`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const { id, url } = (await opened.json()) as { id: number; url: string }
  const direct: number[] = []
  const linked: number[] = []
  // Alternating, so that a machine that is slow for a while is slow for both.
  for (let round = 0; round < 4; round++) {
    direct.push(...(await measure(each, urls[each.listener] as string, connections)))
    linked.push(...(await measure(each, url, connections)))
  }
  await fetch(`${urls.control}/links/${id}`, { method: 'DELETE' })
  const modelMs = each.roundTrips * rttMs + median(direct)
  const ratio = median(linked) / modelMs
  if (Math.abs(ratio - 1) > tolerance) failures++
  const name = `${each.listener} ${each.kind}`.padEnd(16)
  const figures = [modelMs, median(linked)].map((ms) => ms.toFixed(2).padStart(8)).join('')
  console.log(
    `${String(connections).padStart(11)}  ${String(rttMs).padStart(6)}  ${name} ${figures}   ${ratio.toFixed(4)}`,
  )
}

async function measure({ kind }: Case, url: string, connections: number): Promise<number[]> {
  const loops = Math.min(connections, 50)
  const latencies: number[] = []
  const loop = async (index: number) => {
    const exchange = kind === 'session' ? await openSession(url) : { run: () => stateless(url), close: async () => {} }
    await pause(index * pauseMs)
    for (let i = 0; i < Math.max(2, 12 / loops); i++) {
      const startedMs = performance.now()
      await exchange.run()
      latencies.push(performance.now() - startedMs)
      await pause(loops * pauseMs - ((performance.now() - startedMs) % (loops * pauseMs)))
    }
    await exchange.close()
  }
  await Promise.all(Array.from({ length: loops }, (_, index) => loop(index)))
  return latencies
}

async function stateless(url: string): Promise<void> {
  const client = await RawClient.connect(url, { ca })
  await client.get('/bytes/1024')
  client.socket.destroy()
}

async function openSession(url: string) {
  const client = await RawClient.connect(url, { ca })
  await client.get('/bytes/1024')
  return { run: () => client.get('/bytes/1024'), close: () => client.close() }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}
