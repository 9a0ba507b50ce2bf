import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../../src/plan/random.ts'
import { bracketSimulated, capacityOf, gauss, isNoisy, simulatedQueues } from '../../../proofs/simulated-rates.ts'

describe('the search for the highest rate', () => {
  // Seeded: the same every time. `npm run trust:tune` does thousands.
  it.each(simulatedQueues)('holds the capacity between its ends in 95 % of runs: $name', (queue) => {
    const random = makeRandom(5)
    const capacity = capacityOf(queue)
    const off = isNoisy(queue) ? 0.02 : 0.005
    const runs = Array.from({ length: 100 }, () => {
      const perSecond = capacity * (1 + off * gauss(random))
      const guess = { perSecond, low: perSecond * (1 - 2 * off), high: perSecond * (1 + 2 * off) }
      return bracketSimulated(queue, { guess, margin: 0.022, budgetSeconds: 25 }, random)
    })
    const wrong = runs.filter(({ held = 0, failed = Number.POSITIVE_INFINITY }) => held > capacity || failed < capacity)
    expect(wrong.length / runs.length).toBeLessThanOrEqual(0.05)
    if (isNoisy(queue)) return
    const narrow = runs.filter(({ held = 1, failed = Number.POSITIVE_INFINITY }) => failed / held <= 1.05)
    expect(narrow.length / runs.length).toBeGreaterThanOrEqual(0.95)
  })
})
