import { expect, it } from 'vitest'
import { summarizeVitals } from '../../../src/sample/summarize-vitals.ts'
import { makeBlock } from '../judge/make-block.ts'

const serverOf = (eventLoopUtilization: number) => ({ cpuUserUs: 6_000, cpuSystemUs: 4_000, eventLoopUtilization })

it('weighs shares by time, and takes the highest of the rest', () => {
  const blocks = [
    makeBlock({ arm: 'a', elapsedMs: 100, cpuStealShare: 0.4, timeWaitSockets: 5, server: serverOf(0.9) }),
    makeBlock({ arm: 'a', elapsedMs: 300, cpuStealShare: 0, timeWaitSockets: 9, server: serverOf(0.1) }),
  ]
  const { server, ...rest } = summarizeVitals(blocks, 2_000)
  expect(rest).toEqual({ cpuStealShare: 0.1, timeWaitSockets: 9 })
  expect(server?.eventLoopUtilization).toBeCloseTo(0.3, 12)
  expect(server?.cpuUsPerRequest).toBe(10)
})

it('leaves out what no block could tell', () => {
  expect(summarizeVitals([makeBlock({ arm: 'a' })], 1)).toEqual({})
  expect(summarizeVitals([], 0)).toEqual({})
})
