import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeGeometricGrid, refineGrid } from '../../../../src/tune/search/grid.ts'

describe('makeGeometricGrid', () => {
  it.each([
    [1, 1, [1]],
    [1, 8, [1, 2, 4, 8]],
    [1, 10, [1, 2, 4, 8, 10]],
    [3, 20, [3, 6, 12, 20]],
  ])('from %i to %i', (smallest, largest, sizes) => expect(makeGeometricGrid(smallest, largest)).toEqual(sizes))
})

describe('refineGrid', () => {
  it.each([
    [4, 8, 6],
    [7, 8, undefined],
    [1, 2, undefined],
    [16, 64, 32],
    [56, 63, undefined],
  ])('between %i and %i', (tooSmall, enough, middle) => expect(refineGrid(tooSmall, enough)).toBe(middle))

  it('always ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 5_000 }), (a, gap) => {
        let [low, high, steps] = [a, a + gap, 0]
        for (let middle = refineGrid(low, high); middle !== undefined; middle = refineGrid(low, high)) {
          expect(middle).toBeGreaterThan(low)
          expect(middle).toBeLessThan(high)
          if (steps++ % 2 === 0) low = middle
          else high = middle
        }
        expect(steps).toBeLessThan(30)
      }),
    )
  })
})
