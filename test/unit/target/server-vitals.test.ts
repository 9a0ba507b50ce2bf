import { expect, it } from 'vitest'
import { serverVitalsOf } from '../../../src/target/server-vitals.ts'

const before = { cpuUserUs: 1_000, cpuSystemUs: 500, serving: [{ activeMs: 100, idleMs: 900 }], links: null }

it('divides the work of the busiest serving thread by the time of the block', () => {
  const serving = [
    { activeMs: 130, idleMs: 990 },
    { activeMs: 60, idleMs: 50 },
  ]
  const after = { cpuUserUs: 51_000, cpuSystemUs: 20_500, serving, links: { activeMs: 110, idleMs: 0 } }
  expect(serverVitalsOf({ elapsedMs: 100 }, { before, after })).toEqual({
    cpuUserUs: 50_000,
    cpuSystemUs: 20_000,
    eventLoopUtilization: 0.6,
  })
})

it.each([
  ['more work than time', 20, 1],
  ['no time', 0, 0],
])('keeps to 0 … 1: %s', (_, elapsedMs, expected) => {
  const after = { ...before, serving: [{ activeMs: 130, idleMs: 900 }] }
  expect(serverVitalsOf({ elapsedMs }, { before, after }).eventLoopUtilization).toBe(expected)
})
