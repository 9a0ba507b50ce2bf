import { describe, expect, it } from 'vitest'
import { concludeTuning } from '../../../../src/tune/search/conclude-tuning.ts'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import type { OpenBlock } from '../../../../src/tune/search/rate-trial.ts'
import { makeSetting } from '../../../../src/tune/search/setting.ts'
import { type SizeRound, sizeSearchDefaults } from '../../../../src/tune/search/size-search.ts'
import type { OpenResult, TuneSearch } from '../../../../src/tune/search/tune-search.ts'
import { makeSizeRounds, space } from './size-rounds.ts'

const search: TuneSearch = {
  ...{ ...sizeSearchDefaults, space, objective: parseObjective('errors<1%') },
  ...{ highestRatePerSecond: 100_000, mostTrialSeconds: 10, probes: [] },
}
const fill = (value: number) => Array<number>(20).fill(value)
/** Two seconds at a rate, and what was carried. */
function open(size: number, ratePerSecond: number, change: Partial<OpenBlock> & { carried?: number } = {}): OpenResult {
  const { carried = ratePerSecond, ...rest } = change
  const ends = { succeeded: fill(carried / 10), failed: fill(0), usedMs: fill(carried < ratePerSecond ? 400 : 380) }
  const course = { stepMs: 100, places: 4, arrived: fill(ratePerSecond / 10), ...ends }
  const block = { ratePerSecond, course, tallies: [{ broken: 0, of: 2_000 }], isClientLate: false, ...rest }
  return { setting: makeSetting(space, {}, { size, order: 0 }), block }
}
const conclude = (rounds: readonly SizeRound[], blocks: readonly OpenResult[] = [], asked = search) =>
  concludeTuning(asked, { rounds, probes: [], open: blocks })

describe('without a rate', () => {
  it('recommends what is enough once nothing is left to try, and says likely before', () => {
    const sizes = { 2: 200, 4: 400, 8: 800, 9: 800 }
    expect(conclude(makeSizeRounds(sizes))).toMatchObject({ state: 'recommended', setting: { size: 8 } })
    // Enough after one round, which settles nothing.
    const once = makeSizeRounds({ ...sizes, 1: 100, 10: 800 }, { rounds: 1 })
    expect(conclude(once)).toMatchObject({ state: 'likely', setting: { size: 8 } })
    // Not known to be enough.
    const noisy = makeSizeRounds({ 2: 200, 8: 795, 16: 800 }, { wobble: 0.03 })
    expect(conclude(noisy)).toMatchObject({ state: 'likely', setting: { size: 8 } })
    expect(conclude(noisy, [], { ...search, mostRounds: 2 })).toMatchObject({ state: 'likely', setting: { size: 8 } })
  })

  it('knows no highest rate where none was tried', () => {
    const rounds = makeSizeRounds({ 2: 200, 4: 400, 8: 800, 9: 800 })
    expect(conclude(rounds).highest).toBeUndefined()
    expect(conclude(rounds, [open(4, 100)]).highest).toBeUndefined()
    const tried = [open(8, 780), open(8, 850, { carried: 800 })]
    expect(conclude(rounds, tried).highest).toMatchObject({ held: 780, failed: 850, achieved: 780 })
  })

  it('names what misses the objective by least, of equals the cheapest', () => {
    const of = (...failing: readonly number[]) => {
      const [one, two, four] = failing as [number, number, number]
      return conclude(makeSizeRounds({ 1: [50, 2, one], 2: [100, 2, two], 4: [100, 2, four] }))
    }
    expect(of(500, 200, 300)).toMatchObject({ state: 'none', setting: undefined, nearest: { size: 2 } })
    expect(of(500, 300, 200).nearest?.size).toBe(4)
    expect(of(500, 300, 300).nearest?.size).toBe(2)
    // The worst round of one is not all of its rounds.
    const uneven = [
      ...makeSizeRounds({ 1: [50, 1, 900], 2: [100, 1, 400] }, { rounds: 1 }),
      ...makeSizeRounds({ 1: [50, 1, 20], 2: [100, 1, 400] }, { rounds: 1 }),
    ]
    expect(conclude(uneven).nearest?.size).toBe(2)
  })

  it('has measured nothing where a size that meets the objective was seen too little', () => {
    const rounds = makeSizeRounds({ 8: 800, 16: 790, 32: [900, 1, 500] }, { rounds: 1, wobble: 0.03 })
    expect(conclude(rounds)).toMatchObject({ state: 'nothing measured', setting: undefined, nearest: undefined })
  })

  it('finds the rate of who refuses more at any size, likely until it is known what fails', () => {
    const rounds = makeSizeRounds({ 1: [500, 2, 500], 2: [500, 2, 700] })
    const held = open(1, 400)
    expect(conclude(rounds, [held])).toMatchObject({ state: 'likely', setting: { size: 1 }, highest: { held: 400 } })
    const missed = open(1, 420, { tallies: [{ broken: 200, of: 840 }] })
    const both = conclude(rounds, [held, missed])
    expect(both).toMatchObject({ state: 'recommended', highest: { held: 400, failed: 420 }, nearest: undefined })
    expect(conclude(rounds, [missed])).toMatchObject({ state: 'none', nearest: { size: 1 } })
  })
})

describe('at a rate', () => {
  const at = { ...search, ratePerSecond: 1_000 }
  const failed = (size: number) => open(size, 1_000, { carried: 900 })
  const undecided = (size: number) => open(size, 1_000, { tallies: [{ broken: 1, of: 99 }] })

  it.each([
    ['nothing measured', undefined, []],
    ['nothing measured', undefined, [failed(8)]],
    ['nothing measured', undefined, [undecided(64)]],
    ['none', undefined, [failed(64)]],
    ['refused', undefined, [open(64, 1_000, { carried: 900, isClientLate: true })]],
    ['likely', 8, [open(8, 1_000)]],
    ['recommended', 8, [open(8, 1_000), failed(7)]],
    ['likely', 8, [open(8, 1_000), undecided(7)]],
    ['likely', 8, [open(8, 1_000), failed(7), undecided(16)]],
  ] as const)('%s: %j', (state, size, blocks) => {
    const { setting, ...rest } = conclude([], blocks, at)
    expect(rest).toEqual({ state, tried: [], highest: undefined, nearest: undefined })
    expect(setting?.size).toBe(size)
  })

  it('is likely where a smaller size has had its time and is undecided', () => {
    const spent = { ...at, mostTrialSeconds: 2 }
    expect(conclude([], [open(8, 1_000), undecided(7)], spent)).toMatchObject({ state: 'likely', setting: { size: 8 } })
    expect(conclude([], [undecided(64)], spent)).toMatchObject({ state: 'nothing measured' })
  })
})
