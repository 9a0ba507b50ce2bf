import { expect, it, vi } from 'vitest'
import { fromMachineMs, systemClock, toMachineMs } from '../../../src/probe/clock.ts'

it.each([
  ['nothing', []],
  ['a while after the first reading', [0]],
  ['a while after all but one', [0, 1, 2, 3, 5, 6, 7, 8, 9]],
])('an instant is the same in both times where %s is lost', (_, lost) => {
  const [aheadMs, lostMs] = [5_000, 8]
  let [now, reading] = [1_000, 0]
  const read = () => {
    const seen = now
    if (lost.includes(reading++)) now += lostMs
    return seen
  }
  const clock = { ...systemClock, nowMs: read }
  vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => BigInt((now + aheadMs) * 1e6))
  expect(fromMachineMs(clock, 7_000)).toBe(2_000)
  reading = 0
  expect(toMachineMs(clock, 2_000)).toBe(7_000)
  vi.restoreAllMocks()
})
