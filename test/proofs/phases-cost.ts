// What finding out where the time goes costs: CPU time of the client per request, with the tracer and without, in
// neighbouring blocks of one process. `npm run prove:phases`

import { runBlock } from '../../src/engine/run-block.ts'
import { wholeShard } from '../../src/plan/shard.ts'
import { systemClock } from '../../src/probe/clock.ts'
import { openPhaseTracer } from '../../src/probe/open-phase-tracer.ts'
import { openWireProbe } from '../../src/probe/wire-probe.ts'
import type { RunIteration } from '../../src/scenario/iteration.ts'
import { get, Session } from '../../src/session/index.ts'
import { openFixtureProcess } from '../../src/target/fixture-process.ts'

const rounds = Number(process.argv[2] ?? 40)
const durationMs = 100
const workload = { model: 'closed', concurrency: 20, iterationTimeoutMs: 10_000 } as const

const probe = openWireProbe()
await using fixture = await openFixtureProcess({})
const { origin: baseUrl } = await fixture.openListener('http', { rttMs: 0 })
const session = new Session({ baseUrl, pool: { connections: workload.concurrency } })

/** CPU µs per request of one block. */
async function measure(run: RunIteration, isTraced: boolean): Promise<number> {
  const tracer = isTraced ? openPhaseTracer(systemClock) : undefined
  const { block } = await runBlock({
    ...{ workload, durationMs, probe, tracer },
    shard: wholeShard,
    open: async () => ({ work: { kind: 'iteration', run }, close: async () => {} }),
    ...{ phase: 'measure', clock: systemClock, seed: 1 },
  })
  tracer?.close()
  return (block.cpuUserUs + block.cpuSystemUs) / block.wire.requests
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

const arms: Readonly<Record<string, RunIteration>> = {
  session: (signal) => session.get('/get', { signal }),
  stateless: (signal) => get(`${baseUrl}/get`, { signal }),
}
console.log(`CPU µs per request, medians of ${rounds} rounds of blocks of ${durationMs} ms, Node ${process.version}`)
for (const [name, run] of Object.entries(arms)) {
  for (let warm = 0; warm < 20; warm++) await measure(run, warm % 2 === 0)
  const differences: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round++) {
    const isFirstTraced = round % 2 === 0
    const [first, second] = [await measure(run, isFirstTraced), await measure(run, !isFirstTraced)]
    const [traced, plain] = isFirstTraced ? [first, second] : [second, first]
    bare.push(plain)
    differences.push(traced - plain)
  }
  const share = (medianOf(differences) / medianOf(bare)) * 100
  console.log(
    `${name}: ${medianOf(bare).toFixed(1)} without, ${medianOf(differences).toFixed(2)} more with (${share.toFixed(1)} %)`,
  )
}
await session.close()
probe.close()
