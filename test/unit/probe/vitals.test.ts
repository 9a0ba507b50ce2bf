import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startVitals } from '../../../src/probe/vitals.ts'

const clock = { spunMs: () => 0 }

/** Collections enough for some to be told while work goes on, and not only at its end. */
async function makeGarbage(): Promise<number> {
  let length = 0
  for (let turn = 0; turn < 20; turn++) {
    const kept = Array.from({ length: 20_000 }, (_, index) => ({ index, text: `${turn} ${index}` }))
    length += kept.length
    await sleep(5)
  }
  return length
}

it('counts the time of collections that were told of while it went on', async () => {
  const beganMs = performance.now()
  using vitals = startVitals(clock)
  let toldMs = 0
  const other = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) toldMs += duration
  })
  other.observe({ entryTypes: ['gc'] })
  await makeGarbage()
  const { gcMs } = vitals.read()
  other.disconnect()
  expect(toldMs).toBeGreaterThan(0)
  expect(gcMs).toBeGreaterThanOrEqual(toldMs)
  expect(gcMs).toBeLessThan(performance.now() - beganMs)
})

it('counts none of those before', async () => {
  await makeGarbage()
  using vitals = startVitals(clock)
  expect(vitals.read().gcMs).toBe(0)
})
