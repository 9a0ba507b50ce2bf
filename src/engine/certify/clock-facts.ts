import type { Clock } from '../../probe/clock.ts'
import type { ClockFacts, LateUs } from '../../sample/machine-facts.ts'
import { at } from '../../session/at.ts'

export interface ClockTask {
  readonly kind: 'clock'
  /** Of each kind of wait. */
  readonly waits: number
}

const batches = 201
const readings = 1_000

/** Measures the clock that everything else is measured by. */
export async function measureClock(clock: Clock, { waits }: ClockTask): Promise<ClockFacts> {
  const { resolutionNs, readNs } = readOften(clock)
  const after = async (ms: number, wait: () => Promise<unknown>) => {
    const beginMs = clock.nowMs()
    await wait()
    return (clock.nowMs() - beginMs - ms) * 1_000
  }
  return {
    resolutionNs,
    readNs,
    sleepLateUs: {
      after1Ms: await repeat(waits, () => after(1, () => clock.sleep(1))),
      after10Ms: await repeat(Math.ceil(waits / 4), () => after(10, () => clock.sleep(10))),
    },
    spinLateUs: await repeat(waits, () => after(0.5, () => clock.spinUntil(clock.nowMs() + 0.5))),
    turnUs: await repeat(waits, () => after(0, () => clock.yield())),
  }
}

/** In batches, of which the median counts: one that was interrupted says nothing of the clock. */
function readOften(clock: Clock): Pick<ClockFacts, 'resolutionNs' | 'readNs'> {
  let smallestMs = Number.POSITIVE_INFINITY
  const batchesMs = Array.from({ length: batches }, () => {
    const beginMs = clock.nowMs()
    let lastMs = beginMs
    for (let i = 0; i < readings; i++) {
      const nowMs = clock.nowMs()
      if (nowMs > lastMs && nowMs - lastMs < smallestMs) smallestMs = nowMs - lastMs
      lastMs = nowMs
    }
    return lastMs - beginMs
  })
  const medianMs = at(
    batchesMs.sort((a, b) => a - b),
    batches >> 1,
  )
  return { resolutionNs: Math.round(smallestMs * 1e6), readNs: (medianMs * 1e6) / readings }
}

async function repeat(times: number, measure: () => Promise<number>): Promise<LateUs> {
  const values: number[] = []
  for (let i = 0; i < times; i++) values.push(await measure())
  const sorted = values.sort((a, b) => a - b)
  const late = (fraction: number) => at(sorted, Math.min(sorted.length - 1, Math.ceil(fraction * sorted.length) - 1))
  return { p50: late(0.5), p99: late(0.99) }
}
