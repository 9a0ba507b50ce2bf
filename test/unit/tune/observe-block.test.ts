import { describe, expect, it } from 'vitest'
import type { MeasuredBlock } from '../../../src/sample/block.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import { observeOpen } from '../../../src/tune/observe-block.ts'
import { parseObjective } from '../../../src/tune/search/objective.ts'

/** A block in an open loop: how late its requests were sent, how long they took, and how much time its client had left. */
function openBlock({ lateUs = 100, responseUs = 20_000, eventLoopUtilization = 0.3 }): MeasuredBlock {
  const all = (us: number) => {
    const histogram = new Histogram()
    for (let index = 0; index < 100; index++) histogram.record(us)
    return histogram.encode()
  }
  const fill = (value: number) => Array<number>(20).fill(value)
  const course = { stepMs: 100, places: 8, arrived: fill(5), succeeded: fill(5), failed: fill(0), usedMs: fill(100) }
  const openLoop = { intended: 100, dropped: 0, course, response: all(responseUs), dispatchDelay: all(lateUs) }
  return { succeeded: 100, failed: 0, openLoop, eventLoopUtilization } as unknown as MeasuredBlock
}

describe('observeOpen', () => {
  it.each([
    ['a generator that sends when it should is not', {}, false],
    ['one that sends late for the rate and the answers is', { lateUs: 5_000 }, true],
    ['a few ms are nothing to answers that take a second', { lateUs: 5_000, responseUs: 1_000_000 }, false],
    [
      'one that has no time left is, whatever answers take',
      { responseUs: 1_000_000, eventLoopUtilization: 0.99 },
      true,
    ],
  ])('knows whose doing it may be that a rate fails: %s', (_, seen, isClientLate) => {
    const rate = { ratePerSecond: 50, leadInMs: 0 }
    expect(observeOpen(parseObjective('errors<0.1%'), rate, openBlock(seen)).isClientLate).toBe(isClientLate)
  })
})
