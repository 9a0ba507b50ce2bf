import { makeRandom } from '../../plan/random.ts'
import { type Clock, machineNowMs } from '../../probe/clock.ts'
import type { SelfErrorRow } from '../../sample/machine-facts.ts'
import { runClosedLoop } from '../closed-loop.ts'

export interface SelfErrorTask {
  readonly kind: 'self-error'
  readonly iterations: number
  readonly seed: number
}

/** Latencies are exponential with this mean, so that p99.9 is 1.4 ms; none of it is a timer's. */
const meanUs = 200
const percents = [50, 99, 99.9] as const

/**
 * What the engine says of work whose latency is known: it spins for a time drawn from an exponential law, and writes down by
 * the system's monotonic clock how long it really took.
 */
export async function measureSelfError({ iterations, seed }: SelfErrorTask, clock: Clock): Promise<SelfErrorRow[]> {
  const random = makeRandom(seed)
  const log: number[] = []
  const run = () => {
    const beginMs = machineNowMs()
    const endMs = beginMs - (Math.log(1 - random()) * meanUs) / 1_000
    let nowMs = beginMs
    while (nowMs < endMs) nowMs = machineNowMs()
    log.push((nowMs - beginMs) * 1_000)
  }
  const { service } = await runClosedLoop({
    ...{ run, clock, iterations, concurrency: 1 },
    ...{ durationMs: 60_000, iterationTimeoutMs: 60_000 },
  })
  const sorted = log.sort((a, b) => a - b)
  return percents.map((percent) => ({
    percent,
    reportedUs: service.percentileUs(percent),
    // The rank that HDR histograms take; a product above a whole number by rounding alone is that number.
    loggedUs: sorted[Math.max(0, Math.ceil((percent * sorted.length * (1 - 1e-12)) / 100) - 1)] ?? 0,
    lawUs: -Math.log(1 - percent / 100) * meanUs,
  }))
}
