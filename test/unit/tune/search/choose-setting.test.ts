import { describe, expect, it } from 'vitest'
import { findBest, findThrottled } from '../../../../src/tune/search/choose-setting.ts'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import { judgeSizes, type SizeRound, sizeSearchDefaults } from '../../../../src/tune/search/size-search.ts'
import { makeSizeRounds, type SeenSizes, space } from './size-rounds.ts'

const search = { ...sizeSearchDefaults, space, objective: parseObjective('errors<1%') }

describe('findBest', () => {
  it('leaves out what was measured too little to be judged, and it stands in nobody’s way', () => {
    const sizes: SeenSizes = { 4: 200, 8: 400, 16: 400, 32: [420, 1] }
    const rounds = makeSizeRounds(sizes, { wobble: 0.014 })
    const states = judgeSizes(search, rounds).map(({ standing }) => standing.state)
    expect(states).toEqual(['short', 'unclear', 'unclear', 'unclear'])
    expect(findBest(search, rounds)).toMatchObject({ setting: { size: 8 }, standing: { loss: 0 } })
    // Measured twice, it counts.
    const twice = makeSizeRounds({ ...sizes, 32: 420 }, { wobble: 0.014 })
    expect(findBest(search, twice)?.setting.size).toBe(32)
  })

  it('keeps what is known after one round', () => {
    const rounds = makeSizeRounds({ 2: 100, 4: 200, 8: 400, 16: 400, 32: 400 }, { rounds: 1 })
    expect(judgeSizes(search, rounds)[2]?.standing.state).toBe('enough')
    expect(findBest(search, rounds)?.setting.size).toBe(8)
  })

  it('is none of those that are known to carry less than what is left out', () => {
    const rounds = makeSizeRounds({ 2: 200, 4: 400, 8: 800, 9: 800 }, { rounds: 1 })
    const states = judgeSizes(search, rounds).map(({ standing }) => standing.state)
    expect(states).toEqual(['short', 'short', 'unclear', 'unclear'])
    expect(findBest(search, rounds)).toBeUndefined()
    // What has been measured twice is better than no answer.
    const twice = makeSizeRounds({ 2: 200, 4: 400, 8: [800, 1], 9: [800, 1] }, { wobble: 0.02 })
    expect(findBest(search, twice)?.setting.size).toBe(4)
  })

  it('is none where nothing was measured twice, nor is known', () => {
    const rounds = makeSizeRounds({ 8: 400, 16: 400 }, { rounds: 1, wobble: 0.02 })
    expect(findBest(search, rounds)).toBeUndefined()
  })
})

describe('findThrottled', () => {
  const failing = (broken: number): SeenSizes => ({ 4: [200, 2, broken], 8: [400, 2, 500] })

  it('is the smallest where all fail too often, and something succeeds', () => {
    expect(findThrottled(search, makeSizeRounds(failing(500)))?.setting.size).toBe(4)
    const swapped = makeSizeRounds(failing(500)).map((round) => round.toReversed())
    expect(findThrottled(search, swapped)?.setting.size).toBe(4)
    const nothing = (rounds: readonly SizeRound[], size?: number) => {
      return rounds.map((round) => round.map((one) => (one.setting.size === size ? one : { ...one, succeeded: 0 })))
    }
    expect(findThrottled(search, nothing(makeSizeRounds(failing(500))))).toBeUndefined()
    // The others may have left it nothing.
    expect(findThrottled(search, nothing(makeSizeRounds(failing(500)), 8))?.setting.size).toBe(4)
  })

  it('is none where a size meets the objective, or nothing was tried', () => {
    expect(findThrottled(search, makeSizeRounds(failing(0)))).toBeUndefined()
    expect(findThrottled(search, [])).toBeUndefined()
  })

  it('is none where the smallest misses something else as well', () => {
    const both = { ...search, objective: parseObjective('errors<1%,p50<1ms') }
    const rounds = (slow: number) => {
      return makeSizeRounds(failing(500)).map((round) =>
        round.map((one) => ({ ...one, tallies: [...one.tallies, { broken: slow, of: 1_000 }] })),
      )
    }
    expect(findThrottled(both, rounds(900))).toBeUndefined()
    expect(findThrottled(both, rounds(100))?.setting.size).toBe(4)
  })
})
