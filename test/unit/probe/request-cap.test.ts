import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import { makeRequestCap } from '../../../src/probe/request-cap.ts'

/** How many requests a cap lets through of those that come so many ms apart, at most so many. */
function countTaken(perSecond: number, gapMs: () => number, most: number): number {
  const cap = makeRequestCap(perSecond)
  let nowMs = 0
  for (let taken = 0; taken < most; taken++) {
    nowMs += gapMs()
    if (!cap.take(nowMs)) return taken
  }
  return most
}

describe('makeRequestCap', () => {
  it.each([0.5, 1, 50, 1_000])('lets %s per second through for as long as it lasts', (perSecond) => {
    expect(countTaken(perSecond, () => 1_000 / perSecond, 100_000)).toBe(100_000)
  })

  it.each([1, 50, 1_000])('lets Poisson arrivals of %s per second through', (perSecond) => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = makeRandom(seed)
      const gapMs = () => (-Math.log(1 - random()) * 1_000) / perSecond
      // Ten minutes, or what there is time to simulate.
      expect(countTaken(perSecond, gapMs, Math.min(600 * perSecond, 50_000)), `seed ${seed}`).toBe(
        Math.min(600 * perSecond, 50_000),
      )
    }
  })

  it('ends a flood after a moment', () => {
    expect(countTaken(50, () => 0, 10_000)).toBe(110)
    expect(countTaken(50, () => 0.07, 10_000)).toBeLessThan(115)
    expect(countTaken(1, () => 0, 10_000)).toBe(61)
  })

  it('ends what is steadily above', () => {
    expect(countTaken(50, () => 1_000 / 75, 10_000)).toBeLessThan(500)
  })

  it('forgets what is past', () => {
    const cap = makeRequestCap(50)
    for (let second = 0; second < 10; second++) {
      for (let i = 0; i < 55; i++) expect(cap.take(second * 1_000)).toBe(true)
    }
  })
})
