/**
 * What it does to the spread of quads that the blocks of a pair have the same Poisson arrivals:
 * `npm run prove:common-random-numbers [-- QUADS]` (120 by default, some eight minutes). The same session on both sides, at
 * half of what the target's known law of service can do, so that queues form; once with the draws of a pair shared, once with
 * others for each block, in alternate quads. Prints the standard deviation of the quads' differences of the log of mean and
 * p90 response time, and how many times the quads the same certainty takes.
 */

import { runBlock } from '../../src/engine/run-block.ts'
import { blockSeed } from '../../src/plan/derive-seed.ts'
import { wholeShard } from '../../src/plan/shard.ts'
import { systemClock } from '../../src/probe/clock.ts'
import { openWireProbe } from '../../src/probe/wire-probe.ts'
import { Histogram } from '../../src/sample/histogram.ts'
import { Session } from '../../src/session/index.ts'
import { openFixtureProcess } from '../../src/target/fixture-process.ts'

const quads = Number(process.argv[2] ?? 120)
const durationMs = 500
const load = { arrivalRate: 200, arrivals: 'poisson', maxInFlight: 500 } as const
const workload = { model: 'open', ...load, iterationTimeoutMs: 10_000 } as const

const probe = openWireProbe()
await using fixture = await openFixtureProcess({})
const { origin: baseUrl } = await fixture.openListener('http', { rttMs: 0 })
const session = new Session({ baseUrl, pool: { connections: 100 } })

interface Figures {
  readonly mean: number
  readonly p90: number
}

async function measure(seed: number): Promise<Figures> {
  // Two workers of 5 ms: 400 a second at the most, and 200 are asked for.
  const run = (signal: AbortSignal) => session.get('/work', { params: { serviceUs: 5_000, workers: 2 }, signal })
  const { block } = await runBlock({
    ...{ workload, durationMs, probe, seed },
    ...{ shard: wholeShard, phase: 'measure', clock: systemClock },
    open: async () => ({ work: { kind: 'iteration', run }, close: async () => {} }),
  })
  const response = Histogram.decode(block.openLoop?.response as string)
  return { mean: Math.log(response.meanUs), p90: Math.log(response.percentileUs(90)) }
}

/** A quad's difference: ½(B1 + B2 − A1 − A2). */
async function measureQuad(round: number, seedOf: (position: number) => number): Promise<Figures> {
  const order = round % 2 === 0 ? [1, -1, -1, 1] : [-1, 1, 1, -1]
  const sum = { mean: 0, p90: 0 }
  for (const [position, sign] of order.entries()) {
    const { mean, p90 } = await measure(seedOf(position))
    sum.mean += (sign * mean) / 2
    sum.p90 += (sign * p90) / 2
  }
  return sum
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1))
}

for (let warm = 0; warm < 6; warm++) await measure(warm)
const shared: Figures[] = []
const apart: Figures[] = []
for (let round = 0; round < quads; round++) {
  const place = (half: number) => blockSeed(1, { generation: 0, round, half })
  shared.push(await measureQuad(round, (position) => place(Math.floor(position / 2))))
  apart.push(await measureQuad(round, (position) => place(position + 2)))
}
console.log(`${quads} quads each of blocks of ${durationMs} ms, ${workload.arrivalRate}/s Poisson, two workers of 5 ms`)
for (const name of ['mean', 'p90'] as const) {
  const [paired, unpaired] = [shared, apart].map((each) => deviation(each.map((figures) => figures[name]))) as [
    number,
    number,
  ]
  const percent = (value: number) => `${(value * 100).toFixed(2)} %`
  console.log(
    `${name.padEnd(5)}spread of quads: ${percent(paired)} with the same arrivals, ${percent(unpaired)} with others; ` +
      `the same certainty takes ${((paired / unpaired) ** 2).toFixed(2)} times the quads`,
  )
}
await session.close()
probe.close()
