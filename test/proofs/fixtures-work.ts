// Whether /work keeps its word: the percentiles of each law, as the server's own log has them, against theory, and how
// late the injected delays were. Run with `npm run prove:fixture-work`, about half a minute.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoggedRequest } from '../../fixtures-server/index.ts'
import { bimodalSlow, type LawName, lognormalSigma } from '../../fixtures-server/law.ts'
import { RawClient } from '../integration/fixtures-server/raw-client.ts'

const serviceMs = 10
const requests = 4_000
const connections = 10
const fastMs = serviceMs / (1 - bimodalSlow.share + bimodalSlow.share * bimodalSlow.factor)
const normalQuantile = { p50: 0, p90: 1.281_551_6, p99: 2.326_347_9 }
const shares = { p50: 0.5, p90: 0.9, p99: 0.99 } as const
type Percentile = keyof typeof shares

const theory: Record<LawName, (p: Percentile) => number> = {
  fixed: () => serviceMs,
  exponential: (p) => -serviceMs * Math.log(1 - shares[p]),
  lognormal: (p) => serviceMs * Math.exp(lognormalSigma * normalQuantile[p] - lognormalSigma ** 2 / 2),
  bimodal: (p) => (shares[p] < 1 - bimodalSlow.share ? fastMs : fastMs * bimodalSlow.factor),
}

const child = fork(fileURLToPath(new URL('../../fixtures-server/main.ts', import.meta.url)))
const [{ urls }] = (await once(child, 'message')) as [{ urls: { http: string; control: string } }]
console.log('law          percentile  theory ms  drawn ms  answered ms')
try {
  for (const law of Object.keys(theory) as LawName[]) await prove(law)
} finally {
  child.disconnect()
}

async function prove(law: LawName): Promise<void> {
  await fetch(`${urls.control}/ledger/reset`, { method: 'POST', headers: { 'content-type': 'application/json' } })
  await Promise.all(Array.from({ length: connections }, (_, i) => load(law, i)))
  const log = (await (await fetch(`${urls.control}/ledger/requests`)).json()) as LoggedRequest[]
  const injected = sorted(log.map(({ injectedMs }) => injectedMs))
  const answered = sorted(log.map(({ answeredMs, arrivedMs }) => answeredMs - arrivedMs))
  const lateUs = sorted(
    log.map(({ answeredMs, arrivedMs, injectedMs }) => (answeredMs - arrivedMs - injectedMs) * 1_000),
  )
  // The bimodal law has its step at p90, where no finite sample has a definite percentile.
  for (const p of law === 'bimodal' ? (['p50', 'p99'] as const) : (['p50', 'p90', 'p99'] as const)) {
    const figures = [theory[law](p), at(injected, shares[p]), at(answered, shares[p])].map((ms) =>
      ms.toFixed(3).padStart(10),
    )
    console.log(`${law.padEnd(12)} ${p.padEnd(10)} ${figures.join(' ')}`)
  }
  console.log(
    `${law.padEnd(12)} late by p50 ${at(lateUs, 0.5).toFixed(0)} µs, p99 ${at(lateUs, 0.99).toFixed(0)} µs, of ${log.length}`,
  )
}

// As many servers as connections: nothing ever queues, and what is logged is the service time alone.
async function load(law: LawName, index: number): Promise<void> {
  const client = await RawClient.connect(urls.http)
  for (let i = 0; i < requests / connections; i++) {
    const path = `/work?serviceUs=${serviceMs * 1_000}&workers=${connections}&law=${law}`
    await client.get(path, `X-Request-Id: ${index}-${i}\r\n`)
  }
  await client.close()
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

function at(values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN
}
