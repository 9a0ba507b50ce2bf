// Shows that an arm's memory does not grow with the number of its requests: a real arm process, block after block as a run
// does it, and its resident memory between 100,000 and 10,000,000 requests, which must stay within 10 %.
// Usage: npm run prove:memory [-- --requests 10000000] [--model closed|open]; the long form takes about ten minutes.
import { readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { ArmProcess } from '../../src/arm/arm-host.ts'
import { makeLocalHost } from '../../src/arm/local-host.ts'
import { Histogram } from '../../src/sample/histogram.ts'
import { openTargets } from '../../src/target/open-target.ts'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '1000000' }, model: { type: 'string', default: 'closed' } },
})
const requests = Number(values.requests)
const firstAt = 100_000
if (!(requests > firstAt)) throw new Error(`expected --requests of more than ${firstAt}`)
const isOpen = values.model === 'open'
const workload = isOpen
  ? { model: 'open' as const, arrivalRate: 5_000, arrivals: 'constant' as const, maxInFlight: 1_000 }
  : { model: 'closed' as const, concurrency: 50 }

const tolerance = 0.1
const scenarioUrl = new URL('./scenarios/one-get.ts', import.meta.url).href
const armPlan = { id: 'session', variant: 'session', params: {} }

await using targets = openTargets()
const target = await targets.open({ kind: 'fixture', protocol: 'http', rttMs: 0 }, 1)
const before = childrenNow()
await using armProcess = makeLocalHost().open(1)
const pid = childrenNow().find((child) => !before.includes(child))
if (pid === undefined) throw new Error('the arm process is not to be found in /proc')
await armProcess.ask(
  {
    kind: 'open',
    scenarioUrl,
    arms: [armPlan],
    target: target.address,
    variantPer: 'process',
    seed: 1,
    workload: { ...workload, iterationTimeoutMs: 10_000 },
  },
  { timeoutMs: 20_000 },
)

console.log('  requests   seconds   resident MiB')
const samples = await loadUntil(armProcess, pid)
const kept = samples.filter(({ sent }) => sent >= firstAt)
const firstMiB = median(kept.filter(({ sent }) => sent < 2 * firstAt).map(({ mib }) => mib))
const lastMiB = median(kept.slice(-Math.ceil(kept.length / 10)).map(({ mib }) => mib))
const [least, most] = [Math.min(...kept.map(({ mib }) => mib)), Math.max(...kept.map(({ mib }) => mib))]
const growth = lastMiB / firstMiB - 1
const isFlat = Math.abs(growth) <= tolerance
console.log(
  `after ${firstAt}: median ${firstMiB.toFixed(1)} MiB, at the end ${lastMiB.toFixed(1)} MiB: ${(growth * 100).toFixed(1)} %`,
)
console.log(`least ${least.toFixed(1)}, most ${most.toFixed(1)} MiB, of ${kept.length} samples`)
console.log(isFlat ? 'flat within 10 %' : 'NOT flat within 10 %')
process.exitCode = isFlat ? 0 : 1

/** Blocks of 100 ms, as a run has them; a sample after each. */
async function loadUntil(arm: ArmProcess, armPid: number): Promise<{ sent: number; mib: number }[]> {
  const taken: { sent: number; mib: number }[] = []
  const startMs = performance.now()
  for (let sent = 0, nextRow = firstAt / 2, seed = 0; sent < requests; seed++) {
    const question = { kind: 'block', arm: armPlan.id, durationMs: 100, phase: 'measure', seed } as const
    const { block } = await arm.ask(question, { timeoutMs: 60_000 })
    sent += Histogram.decode(block.service).count
    const mib = residentMiB(armPid)
    taken.push({ sent, mib })
    if (sent < nextRow && sent < requests) continue
    const seconds = (performance.now() - startMs) / 1_000
    console.log(`${String(sent).padStart(10)} ${seconds.toFixed(1).padStart(9)} ${mib.toFixed(1).padStart(14)}`)
    while (nextRow <= sent) nextRow *= 2
  }
  return taken
}

function residentMiB(armPid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${armPid}/status`, 'utf8'))?.[1]
  if (kib === undefined) throw new Error('the arm process is gone')
  return Number(kib) / 1_024
}

/** The processes that this one has started. */
function childrenNow(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return readFileSync(`/proc/${entry}/status`, 'utf8').includes(`\nPPid:\t${process.pid}\n`)
      } catch {
        return false
      }
    })
    .map(Number)
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
