import { describe, expect, it } from 'vitest'
import { findLarger } from '../../../../src/tune/search/larger-sizes.ts'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import { type SizeSearch, sizeSearchDefaults } from '../../../../src/tune/search/size-search.ts'
import { makeSizeRounds, space } from './size-rounds.ts'

const objective = parseObjective('errors<1%')
const search: SizeSearch = { ...sizeSearchDefaults, space, objective }

describe('findLarger', () => {
  it('compares the next size, and of those half as large again the one that carries most', () => {
    const rounds = makeSizeRounds({ 4: 300, 8: 400, 11: 404, 12: 440, 16: 480, 32: 460 })
    const { next, most } = findLarger(search, rounds, 'n=8')
    expect(next).toMatchObject({ id: 'n=11', size: 11, broken: [], gain: { gain: expect.closeTo(0.01, 6) } })
    expect(most).toMatchObject({ id: 'n=16', size: 16, gain: { gain: expect.closeTo(0.2, 6) } })
    const { gain, low, high } = most?.gain ?? { gain: 0, low: 0, high: 0 }
    expect(low).toBeLessThan(gain)
    expect(high).toBeGreaterThan(gain)
    // Half as large again is enough, and less is not.
    expect(findLarger(search, makeSizeRounds({ 4: 300, 8: 400, 11: 500, 12: 440 }), 'n=8').most?.size).toBe(12)
  })

  it('knows a size that had part in some of the rounds by those', () => {
    const { next } = findLarger(search, makeSizeRounds({ 4: 300, 8: 400, 16: [440, 1] }, { rounds: 3 }), 'n=8')
    const { next: often } = findLarger(search, makeSizeRounds({ 4: 300, 8: 400, 16: 440 }, { rounds: 3 }), 'n=8')
    expect(next?.gain?.gain).toBeCloseTo(0.1, 6)
    expect((next?.gain?.high ?? 0) - 0.1).toBeGreaterThan(1.2 * ((often?.gain?.high ?? 0) - 0.1))
  })

  it('says which conditions a larger size misses', () => {
    const { next } = findLarger(search, makeSizeRounds({ 4: 300, 8: 400, 16: [500, 2, 50] }), 'n=8')
    expect(next?.broken).toEqual(objective)
  })

  it('looks at the own line alone', () => {
    const lines = [
      makeSizeRounds({ 4: 300, 8: 400, 16: 410 }, { line: { pipelining: 1 } }),
      makeSizeRounds({ 4: 300, 8: 600, 12: 700, 16: 800 }, { line: { pipelining: 2 }, order: 1 }),
    ]
    const rounds = [0, 1].map((round) => lines.flatMap((line) => line[round] ?? []))
    const { next, most } = findLarger(search, rounds, 'n=8 pipelining=1')
    expect([next?.id, most?.id]).toEqual(['n=16 pipelining=1', 'n=16 pipelining=1'])
  })

  it('finds none above the largest, beside one that was not tried, or in silence', () => {
    const rounds = makeSizeRounds({ 4: 300, 8: 400, 11: 0 })
    expect(findLarger(search, rounds, 'n=11')).toEqual({ next: undefined, most: undefined })
    expect(findLarger(search, rounds, 'n=9')).toEqual({ next: undefined, most: undefined })
    expect(findLarger(search, rounds, 'n=8')).toMatchObject({ next: { size: 11 }, most: undefined })
    expect(findLarger(search, rounds, 'n=8').next?.gain?.gain).toBeCloseTo(-1, 4)
  })
})
