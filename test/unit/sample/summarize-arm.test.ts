import { expect, it } from 'vitest'
import { armFigures } from '../../../src/sample/block.ts'
import { summarizeArm } from '../../../src/sample/summarize-arm.ts'
import { makeBlock } from '../judge/make-block.ts'

const serverOf = (eventLoopUtilization: number) => ({ cpuUserUs: 6_000, cpuSystemUs: 4_000, eventLoopUtilization })

it('weighs shares by time, and takes the highest of the rest', () => {
  const { server, ...rest } = summarizeArm('a', [
    makeBlock({ arm: 'a', elapsedMs: 100, cpuStealShare: 0.4, timeWaitSockets: 5, server: serverOf(0.9) }),
    makeBlock({ arm: 'a', elapsedMs: 300, cpuStealShare: 0, timeWaitSockets: 9, server: serverOf(0.1) }),
  ])
  expect(rest).toMatchObject({ cpuStealShare: 0.1, timeWaitSockets: 9 })
  expect(rest).not.toHaveProperty('localPorts')
  expect(server?.eventLoopUtilization).toBeCloseTo(0.3, 12)
  expect(server?.cpuUsPerRequest).toBe(10)
})

it('leaves out what no block could tell', () => {
  const untold = ['cpuStealShare', 'timeWaitSockets', 'localPorts', 'server', ...Object.keys(armFigures.parts)]
  const told = summarizeArm('a', [makeBlock({ arm: 'a' })])
  const ofNone = summarizeArm('a', [])
  for (const name of untold) {
    expect(told).not.toHaveProperty(name)
    expect(ofNone).not.toHaveProperty(name)
  }
})

it('says of no blocks that there was nothing', () => {
  const { load } = armFigures
  expect(Object.keys(summarizeArm('a', []))).toEqual(expect.arrayContaining(Object.keys(load)))
  expect(summarizeArm('a', [])).toMatchObject({
    ...{ arm: 'a', blocks: 0, succeeded: 0, failures: [], throughputPerSecond: 0 },
    ...{ latency: { count: 0, p50Us: 0 }, loadRequests: 0, cpuUsPerRequest: 0, eventLoopUtilization: 0 },
  })
})
