import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchArrival } from '../../../fixtures-server/watch-arrival.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** When it was found too slow, of what comes at that many bytes per second. */
function foundSlowMs(bytesPerSecond: number, timeoutMs = 1_000): number | undefined {
  const startMs = performance.now()
  let slowMs: number | undefined
  const onSlow = () => {
    slowMs = performance.now() - startMs
    return false
  }
  const receivedBytes = () => 7_000 + Math.floor(((performance.now() - startMs) / 1_000) * bytesPerSecond)
  const stop = watchArrival({ timeoutMs, receivedBytes, onSlow })
  vi.advanceTimersByTime(100_000)
  stop()
  return slowMs
}

test('a drip has its time, and hardly more', () => {
  expect(foundSlowMs(0)).toBe(1_000)
  expect(foundSlowMs(10)).toBe(1_010)
  expect(foundSlowMs(500)).toBeCloseTo(2_000, -1)
})

test('what comes at the pace of the slowest link has as long as it takes', () => {
  expect(foundSlowMs(1_000)).toBeUndefined()
  expect(foundSlowMs(1_000_000)).toBeUndefined()
})

test('goes on watching as long as it is asked to, and not once it has been stopped', () => {
  let asked = 0
  const stop = watchArrival({ timeoutMs: 10, receivedBytes: () => 0, onSlow: () => ++asked < 3 })
  vi.advanceTimersByTime(1_000)
  expect(asked).toBe(3)
  stop()
  const stopped = watchArrival({ timeoutMs: 10, receivedBytes: () => 0, onSlow: () => Boolean(++asked) })
  stopped()
  vi.advanceTimersByTime(1_000)
  expect(asked).toBe(3)
  expect(vi.getTimerCount()).toBe(0)
})
