import { describe, expect, it } from 'vitest'
import { othersShareOf } from '../../../src/judge/others-share.ts'
import { makeBlock } from './make-block.ts'

const server = { cpuUserUs: 10_000, cpuSystemUs: 5_000, eventLoopUtilization: 0.1 }

describe('othersShareOf', () => {
  it('is what neither was idle nor went to the arm and its server', () => {
    const quiet = { arm: 'a', elapsedMs: 100, cpuUserUs: 20_000, cpuSystemUs: 5_000, server }
    const blocks = [makeBlock({ ...quiet, cpuIdleShare: 0.8 }), makeBlock({ ...quiet, cpuIdleShare: 0.3 })]
    // Of 400 ms of two CPUs 220 were idle and 80 their own.
    expect(othersShareOf(blocks, 2)).toBeCloseTo(0.25)
    expect(othersShareOf([makeBlock({ ...quiet, cpuIdleShare: 0.9 })], 2)).toBe(0)
  })

  it('is not known where the system does not say how idle it is, nor beside a server that is not ours', () => {
    expect(othersShareOf([makeBlock({ arm: 'a', server })], 2)).toBeUndefined()
    expect(othersShareOf([makeBlock({ arm: 'a', cpuIdleShare: 0.5 })], 2)).toBeUndefined()
    expect(othersShareOf([], 2)).toBeUndefined()
  })
})
