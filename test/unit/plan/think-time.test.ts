import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { longestThinkMs, meanThinkMs, pauseMs } from '../../../src/plan/think-time.ts'

const kinds = [
  ['fixed', 40],
  ['uniform', { minMs: 20, maxMs: 60 }],
  ['exponential', { meanMs: 40 }],
] as const

describe.each(kinds)('%s think time', (_, thinkTime) => {
  const random = makeRandom(3)
  const pauses = Array.from({ length: 100_000 }, () => pauseMs(thinkTime, random()))

  it('has the mean that it says', () => {
    const mean = pauses.reduce((sum, ms) => sum + ms) / pauses.length
    expect(meanThinkMs(thinkTime)).toBe(40)
    expect(Math.abs(mean - 40)).toBeLessThan(0.4)
  })

  it('is never longer than it says', () => {
    expect(Math.max(...pauses.slice(0, 50_000))).toBeLessThanOrEqual(longestThinkMs(thinkTime))
    expect(pauseMs(thinkTime, 1 - 2 ** -32)).toBeLessThanOrEqual(longestThinkMs(thinkTime))
    expect(Math.min(...pauses.slice(0, 50_000))).toBeGreaterThanOrEqual(0)
  })
})

it('is nothing when there is none', () => {
  expect([meanThinkMs(undefined), longestThinkMs(undefined)]).toEqual([0, 0])
})
