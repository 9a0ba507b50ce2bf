import { describe, expect, it } from 'vitest'
import { chooseStart, withoutSizes } from '../../../../src/tune/search/start-sizes.ts'

const sizes = [1, 2, 4, 8, 16, 32, 64]
const second = 1_000
const pace = { turnMs: () => 20, limitMs: 10 * second, lines: 1, wantedMs: 30 * second, mostMs: 60 * second }
/** Sixty-four requests under way, each for a second. */
const queued = (size: number) => (second * 64) / size

describe('chooseStart', () => {
  it('begins with all sizes where there is time for them', () => {
    expect(chooseStart(sizes, pace)).toEqual({ sizes, waiting: [] })
  })

  it('begins with fewer that lie further apart where there is not, the largest among them', () => {
    // Each takes eleven turns of a second.
    expect(chooseStart(sizes, { ...pace, turnMs: () => second, wantedMs: 45 * second })).toMatchObject({
      sizes: [1, 4, 16, 64],
    })
    expect(chooseStart(sizes, { ...pace, turnMs: () => second })).toMatchObject({ sizes: [4, 64] })
  })

  it('leaves out sizes that requests would wait at for longer than they may take', () => {
    expect(chooseStart(sizes, { ...pace, turnMs: queued, wantedMs: 200 * second })).toEqual({
      sizes: [8, 16, 32, 64],
      waiting: [1, 2, 4],
    })
  })

  it('measures the largest even where requests wait at each', () => {
    const turnMs = () => 11 * second
    expect(chooseStart([1, 2], { ...pace, turnMs, mostMs: 200 * second })).toEqual({ sizes: [2], waiting: [1] })
  })

  it('compares the two largest where nothing else fits, and says what they would take where they do not either', () => {
    expect(chooseStart(sizes, { ...pace, turnMs: queued, wantedMs: 20 * second })).toMatchObject({ sizes: [32, 64] })
    expect(chooseStart(sizes, { ...pace, turnMs: queued, mostMs: 30 * second })).toEqual({ needsMs: 33 * second })
  })

  it('counts every setting of a size', () => {
    const turnMs = () => second
    expect(chooseStart(sizes, { ...pace, turnMs, lines: 2, wantedMs: 90 * second })).toMatchObject({
      sizes: [1, 4, 16, 64],
    })
  })

  it('has nothing to choose where there is one size', () => {
    expect(chooseStart([8], pace)).toEqual({ sizes: [8], waiting: [] })
  })
})

describe('withoutSizes', () => {
  const space = { sizeName: 'connections', others: {} }

  it('begins a range above what is left out', () => {
    const range = { ...space, sizes: { kind: 'range', smallest: 1, largest: 64 } } as const
    expect(withoutSizes(range, [1, 2, 4]).sizes).toEqual({ kind: 'range', smallest: 5, largest: 64 })
    expect(withoutSizes(range, [])).toBe(range)
  })

  it('takes it out of a list', () => {
    const list = { ...space, sizes: { kind: 'list', values: [1, 4, 8] } } as const
    expect(withoutSizes(list, [1]).sizes).toEqual({ kind: 'list', values: [4, 8] })
  })
})
