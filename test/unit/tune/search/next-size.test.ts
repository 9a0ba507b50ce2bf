import { describe, expect, it } from 'vitest'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import type { Space } from '../../../../src/tune/search/setting.ts'
import {
  judgeSizes,
  nextSizeStep,
  type SizeRound,
  type SizeSearch,
  sizeSearchDefaults,
} from '../../../../src/tune/search/size-search.ts'
import { makeSizeRounds as makeRounds, type SeenSizes as Seen, space } from './size-rounds.ts'

const search: SizeSearch = { ...sizeSearchDefaults, space, objective: parseObjective('errors<1%') }

const statesOf = (rounds: readonly SizeRound[], asked = search) =>
  judgeSizes(asked, rounds).map(({ setting, standing, objective }) => {
    return `${setting.size} ${standing.state}${objective.isMet ? '' : objective.isClear ? ' clearly' : ' perhaps'}`
  })
/** The sizes of the next round, or how it ended. */
function next(rounds: readonly SizeRound[], asked: SizeSearch = search): readonly string[] | string {
  const step = nextSizeStep(asked, rounds)
  return step.kind === 'done' ? step.end : step.settings.map(({ id }) => id.replace('n=', ''))
}

describe('between a size that is too small and one that is enough', () => {
  it.each([
    ['the middle, where it may be enough', 8, 400, 550, 11],
    ['the least that may be, by what the smaller carries', 8, 400, 630, 12],
    ['or more', 8, 400, 690, 14],
    ['nothing that hardly differs from what is enough', 8, 400, 740, undefined],
    ['nor by an eighth', 9, 900, 1_632, undefined],
  ])('tries %s', (_, tooSmall, less, more, size) => {
    const enough = 2 * tooSmall
    const rounds = makeRounds({ 1: 50, 2: 100, [tooSmall]: less, [enough]: more })
    expect(statesOf(rounds).slice(2)).toEqual([`${tooSmall} short`, `${enough} enough`])
    expect(next(rounds)).toEqual(size === undefined ? 'clear' : [String(enough), String(size)])
  })

  it('tries nothing before the larger has been measured twice, or where only some sizes may be', () => {
    const sizes: Seen = { 1: 50, 2: 100, 8: 400, 16: 550 }
    expect(next(makeRounds(sizes, { rounds: 1 }))).toEqual(['16'])
    const list: Space = { ...space, sizes: { kind: 'list', values: [1, 2, 8, 16] } }
    expect(next(makeRounds(sizes), { ...search, space: list })).toBe('clear')
  })

  it('tries nothing while the larger does not look enough itself', () => {
    const sizes: Seen = { 1: 100, 2: 200, 4: 388, 8: 400 }
    const rounds = makeRounds(sizes)
    expect(statesOf(rounds)).toEqual(['1 short', '2 short', '4 unclear', '8 enough'])
    expect(next(rounds)).toEqual(['4', '8'])
    // It looks enough: what is 2.5 % less.
    expect(next(makeRounds({ 1: 100, 2: 200, 5: 390, 8: 400 }))).toEqual(['5', '8', '4'])
  })

  it('tries one between a size that stays in doubt and the next, which is enough', () => {
    const roundsOf = (rounds: number, sizes: Seen) => makeRounds(sizes, { rounds, wobble: 0.013 })
    const doubtful: Seen = { 1: 100, 2: 200, 4: 391, 8: 400 }
    expect(statesOf(roundsOf(6, doubtful)).slice(2)).toEqual(['4 unclear', '8 enough'])
    expect(next(roundsOf(5, doubtful))).toEqual(['4', '8'])
    expect(next(roundsOf(6, doubtful))).toEqual(['4', '8', '6'])
    expect(next(roundsOf(6, { ...doubtful, 6: 400 }))).toContain('5')
    // It hardly will be enough: sooner.
    const hardly: Seen = { ...doubtful, 4: 388 }
    expect(next(roundsOf(2, hardly))).toEqual(['4', '8'])
    expect(next(roundsOf(3, hardly))).toEqual(['4', '8', '6'])
    // So little larger that the doubt is worth nothing.
    expect(next(roundsOf(6, { ...doubtful, 5: 400 }))).not.toContain('6')
  })

  it('looks on each line for itself', () => {
    const rounds = [
      makeRounds({ 8: 100, 16: 110 }, { line: { pipelining: 1 } }),
      makeRounds({ 4: 200, 8: 400, 16: 550 }, { line: { pipelining: 2 }, order: 1 }),
    ]
    const together = [0, 1].map((round) => rounds.flatMap((line) => line[round] ?? []))
    expect(next(together)).toEqual(['16 pipelining=2', '11 pipelining=2'])
  })
})

describe('between a good size and a larger one that carries less', () => {
  it('looks as finely as ε, once the good one has been measured twice', () => {
    const falling: Seen = { 2: 200, 4: 400, 8: 800, 16: 600 }
    expect(next(makeRounds(falling, { rounds: 1 }))).toEqual(['8'])
    expect(next(makeRounds(falling))).toEqual(['8', '11'])
    expect(next(makeRounds({ ...falling, 11: 700 }))).toEqual(['8', '9'])
    // 102 is closer to 100 than ε.
    expect(next(makeRounds({ 25: 100, 50: 200, 100: 800, 102: 600 }))).toBe('clear')
  })

  it('begins above the largest of several good ones, and goes on below where nothing is left there', () => {
    expect(next(makeRounds({ 4: 400, 8: 800, 16: 800, 32: 600 }))).toEqual(['8', '23'])
    expect(next(makeRounds({ 4: 400, 8: 800, 16: 800, 17: 600 }))).toEqual(['8', '11'])
    expect(next(makeRounds({ 4: 400, 7: 800, 8: 800, 9: 600 }))).toBe('clear')
  })

  it('waits until each of those has been measured twice', () => {
    // The larger one was put aside after one round: it is not taken up again for a size above it.
    expect(next(makeRounds({ 2: 200, 4: 400, 8: 800, 16: [800, 1], 32: 600 }))).toBe('clear')
    expect(next(makeRounds({ 2: 200, 4: 400, 8: 800, 16: [800, 2], 32: 600 }))).toEqual(['8', '23'])
  })

  it('looks there too where a larger one carries as much and misses the objective', () => {
    const sizes = (perSecond: number, rounds: number): Seen => ({ 2: 200, 4: 400, 8: 800, 16: [perSecond, rounds, 12] })
    expect(statesOf(makeRounds(sizes(850, 2))).at(-1)).toBe('16 not allowed perhaps')
    expect(next(makeRounds(sizes(850, 2)))).toEqual(['8', '16', '11'])
    expect(next(makeRounds(sizes(770, 2)))).toEqual(['8', '16', '11'])
    expect(next(makeRounds(sizes(750, 2)))).toBe('clear')
    // One round of it says too little.
    expect(next(makeRounds(sizes(850, 1)))).toEqual(['8', '16'])
    // What misses it clearly has been given up, and is known roughly.
    const given: Seen = { 2: 200, 4: 400, 8: 800, 16: [850, 1, 500] }
    expect(statesOf(makeRounds(given)).at(-1)).toBe('16 not allowed clearly')
    expect(next(makeRounds(given))).toEqual(['8', '11'])
  })
})

describe('the next round', () => {
  it('is of what is in doubt and the cheapest of the best', () => {
    const sizes = (rounds: number): Seen => ({
      2: 200,
      4: 392,
      8: 397,
      16: [400, rounds],
      32: [400, rounds],
      64: [400, rounds],
    })
    const of = (rounds: number) => makeRounds(sizes(2), { rounds, wobble: 0.006 })
    expect(statesOf(of(4))).toEqual(['2 short', '4 unclear', '8 enough', '16 enough', '32 enough', '64 enough'])
    expect(next(of(4))).toEqual(['4', '16'])
    // More than three times as often as those that rest: it is they who leave it in doubt.
    expect(next(of(5))).toEqual(['4', '16'])
    expect(next(of(6))).not.toContain('32')
    const woken = next(of(7))
    expect(woken).toContain('32')
    // One at a time.
    expect(woken).not.toContain('64')
  })

  it('leaves out larger sizes that carry no more than the cheapest that looks enough, for behind a queue they take longest', () => {
    const noisy: Seen = { 1: 100, 2: 200, 4: 395, 8: [402, 1], 16: [400, 1], 32: [399, 1], 64: [400, 1] }
    const rounds = makeRounds(noisy, { rounds: 1, wobble: 0.04 })
    expect(statesOf(rounds).slice(2)).toEqual(['4', '8', '16', '32', '64'].map((size) => `${size} unclear`))
    // 8 is the best, 4 the cheapest that looks enough.
    expect(next(rounds)).toEqual(['4', '8'])
    expect(next(makeRounds({ ...noisy, 16: [420, 1] }, { rounds: 1, wobble: 0.04 }))).toContain('16')
  })

  it('leaves those out too that are far larger than the best, where the cheapest that looks enough carries less', () => {
    const rounds = makeRounds({ 1: 50, 2: 97, 4: 195, 8: 200, 16: 200, 32: 200, 64: 200 }, { rounds: 1, wobble: 0.005 })
    expect(statesOf(rounds).slice(2)).toEqual(['4', '8', '16', '32', '64'].map((size) => `${size} unclear`))
    expect(next(rounds)).toEqual(['4', '8', '16'])
  })

  it('wakes nobody for what is so near to ε that it stays in doubt', () => {
    const sizes: Seen = { 2: 200, 4: 389, 8: 398, 16: [400, 2], 32: [400, 2], 64: [400, 2] }
    const rounds = makeRounds(sizes, { rounds: 5, wobble: 0.006 })
    expect(statesOf(rounds)[1]).toBe('4 unclear')
    expect(next(rounds)).toEqual(['4', '16', '6'])
  })

  it('takes a size that misses the objective for none of the best', () => {
    const sizes: Seen = { 4: 392, 8: 400, 16: 400, 32: [500, 2, 12] }
    const rounds = makeRounds(sizes, { wobble: 0.01 })
    expect(statesOf(rounds).at(-1)).toBe('32 not allowed perhaps')
    expect(next(rounds)).toEqual(expect.arrayContaining(['8', '32']))
  })
})

describe('the search ends', () => {
  it('where no size meets the objective, as soon as that is clear', () => {
    const failing = (broken: number): Seen => ({ 1: [50, 2, broken], 2: [100, 2, broken], 4: [100, 2, broken] })
    expect(next(makeRounds(failing(500)))).toBe('none')
    expect(next(makeRounds(failing(12)))).toEqual(['1', '2', '4'])
  })

  it('where those that are measured have had their rounds, though others rest', () => {
    const list: Space = { ...space, sizes: { kind: 'list', values: [1, 2, 8, 16] } }
    const sizes: Seen = { 1: 96.8, 2: 100, 8: [98, 2], 16: [99.5, 2] }
    const of = (mostRounds: number) => {
      return next(makeRounds(sizes, { rounds: 6, wobble: 0.04 }), { ...search, space: list, mostRounds })
    }
    expect(of(7)).toEqual(['1', '2'])
    expect(of(6)).toBe('rounds spent')
  })

  it('where the rounds are spent, but for what is settled', () => {
    const sizes: Seen = { 2: 200, 4: 392, 8: 397, 16: [400, 2], 32: [400, 2], 64: [400, 2] }
    const rounds = makeRounds(sizes, { rounds: 4, wobble: 0.006 })
    expect(statesOf(rounds).slice(0, 3)).toEqual(['2 short', '4 unclear', '8 enough'])
    expect(next(rounds, { ...search, mostRounds: 4 })).toBe('rounds spent')
    expect(next(rounds, { ...search, mostRounds: 5 })).toEqual(['4', '16'])
  })

  it('where what is enough is at most a quarter larger than what is in doubt', () => {
    const of = (enough: number) => makeRounds({ 4: 200, 8: 389, [enough]: 400, 16: 400 }, { wobble: 0.006 })
    expect(statesOf(of(10)).slice(1, 3)).toEqual(['8 unclear', '10 enough'])
    expect(next(of(10))).toBe('clear')
    expect(next(of(11))).toEqual(['8', '11'])
  })

  it('not while a larger size that carries more may yet meet the objective', () => {
    const of = (perSecond: number) => makeRounds({ 2: 200, 4: 400, 8: 800, 9: [perSecond, 2, 12] })
    expect(statesOf(of(900)).at(-1)).toBe('9 not allowed perhaps')
    expect(next(of(900))).toEqual(['8', '9'])
    expect(next(of(780))).toBe('clear')
    expect(next(of(800))).toBe('clear')
  })
})

it('does not wait for what has been measured thrice and is still about ε, within 2 %', () => {
  const of = (rounds: number, wobble = 0) => makeRounds({ 2: 200, 5: 387.9, 8: 400, 16: 400 }, { rounds, wobble })
  for (const rounds of [of(2), of(3), of(3, 0.008)]) expect(statesOf(rounds)[1]).toBe('5 unclear')
  expect(next(of(3))).toEqual(['8', '6'])
  expect(next(of(2))).toEqual(['5', '8'])
  expect(next(of(3, 0.008))).toEqual(['5', '8', '6'])
})
