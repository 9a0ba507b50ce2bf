import { describe, expect, it } from 'vitest'
import type { ProbeKind, ProbeRound } from '../../../../src/tune/search/limit-probe.ts'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import { makeSetting } from '../../../../src/tune/search/setting.ts'
import { judgeSizes, type SizeRound, sizeSearchDefaults, type Tried } from '../../../../src/tune/search/size-search.ts'
import {
  groupByRate,
  groupBySetting,
  nextTuneStep,
  type OpenResult,
  rateOptionsFor,
  type TuneHistory,
  type TuneSearch,
} from '../../../../src/tune/search/tune-search.ts'
import { makeSizeRounds, space } from './size-rounds.ts'

const search: TuneSearch = {
  ...{ ...sizeSearchDefaults, space, objective: parseObjective('errors<1%') },
  ...{ highestRatePerSecond: 100_000, mostTrialSeconds: 10, probes: ['same', 'larger', 'process'] },
}
const time: Parameters<typeof nextTuneStep>[2] = {
  guessing: false,
  sizing: false,
  doubting: false,
  probing: false,
  ending: false,
}
const noTime: typeof time = { guessing: true, sizing: true, doubting: true, probing: true, ending: true }
const none = { rounds: [], probes: [], open: [] }

function probe(kind: ProbeKind, perSecond: number): ProbeRound[number] {
  return { kind, perSecond, p50Us: 1_000, succeeded: 100, failed: 0, clientBusy: 0.1, machineIdle: 0.5 }
}
const probes = (rounds: number, same = 800) =>
  Array.from({ length: rounds }, () => [probe('same', same), probe('larger', same), probe('process', same)])
function next(history: Partial<TuneHistory>, spent = time, asked = search): string {
  const step = nextTuneStep(asked, { ...none, ...history }, spent)
  switch (step.kind) {
    case 'round':
      return `round ${step.settings.map(({ size }) => size).join(' ')}`
    case 'probe':
      return `probe ${step.setting.size}: ${step.kinds.join(' ')}`
    case 'open':
      return `open ${step.setting.size} at ${Math.round(step.ratePerSecond)}`
    default:
      return step.kind
  }
}
/** 8 is enough, and beyond doubt. */
const settled = makeSizeRounds({ 2: 200, 4: 400, 8: 800, 9: 800 })
const bestOf = (rounds: readonly SizeRound[], size = 8) =>
  judgeSizes(search, rounds).find(({ setting }) => setting.size === size) as Tried

describe('sizes', () => {
  it('come first, until they are clear', () => {
    expect(next({ rounds: settled.slice(0, 1) })).toMatch(/^round /)
    expect(next({ rounds: settled })).toBe('probe 8: same larger process')
  })

  it('are measured twice once begun, though their time is up', () => {
    const begun = makeSizeRounds({ 1: 100, 2: 200, 4: 400, 8: 800, 16: 800 }, { rounds: 1 })
    expect(next({ rounds: begun }, noTime)).toBe('round 8')
    // A size that was not begun is not begun then.
    const toRefine = makeSizeRounds({ 2: 200, 4: 400, 8: 400, 16: 600 })
    expect(next({ rounds: toRefine })).toBe('round 16 12')
    expect(next({ rounds: toRefine }, { ...noTime, doubting: false, probing: false })).toMatch(/^(probe|open) 16/)
    expect(next({}, noTime)).toBe('done')
  })

  it('are measured more where a doubt costs little, until the time left is for probes', () => {
    const doubtful = (seconds: number) =>
      makeSizeRounds({ 2: 200, 5: 387.9, 8: 400, 16: 400 }, { rounds: 2 }).map((round) =>
        round.map((one) => ({ ...one, seconds: one.setting.size === 2 ? seconds : 1 })),
      )
    expect(next({ rounds: doubtful(1) })).toBe('round 5 8')
    // Another round of two seconds is less than a tenth of 26, and not of 20.
    expect(next({ rounds: doubtful(10) }, { ...noTime, doubting: false, probing: false })).toBe('round 5 8')
    expect(next({ rounds: doubtful(7) }, { ...noTime, doubting: false, probing: false })).not.toMatch(/^round/)
    expect(next({ rounds: doubtful(10) }, { ...noTime, probing: false })).toMatch(/^probe/)
    expect(next({ rounds: doubtful(10) }, noTime)).not.toMatch(/^round/)
  })

  it('are no longer measured for one that is larger than what is enough, however seldom that was', () => {
    const rounds = makeSizeRounds({ 3: 293, 4: 391, 8: 400, 64: [400, 1] }, { rounds: 5, wobble: 0.008 })
    expect(next({ rounds })).toBe('round 4 8 64')
    expect(next({ rounds }, { ...noTime, probing: false })).toMatch(/^probe/)
  })

  it('rest once a rate or a probe was measured, until their choice is made sure of', () => {
    const rounds = settled.slice(0, 1)
    expect(next({ rounds: settled, probes: probes(1) })).toBe('probe 8: same larger process')
    expect(next({ rounds, probes: probes(1) })).not.toMatch(/^round/)
  })
})

describe('probes', () => {
  it('go on until they have told, and not without time', () => {
    expect(next({ rounds: settled, probes: probes(2) })).toBe('probe 8: same larger process')
    expect(next({ rounds: settled, probes: probes(4) })).toBe('open 8 at 818')
    expect(next({ rounds: settled }, { ...time, probing: true })).toBe('open 8 at 818')
  })

  it('are left out where rounds have told, or the target gets no more connections', () => {
    const larger = makeSizeRounds({ 2: 200, 4: 400, 8: 800, 9: 800, 16: 800 })
    expect(next({ rounds: larger })).toBe('probe 8: same process')
    expect(next({ rounds: settled }, time, { ...search, mostSize: 16 })).toBe('probe 8: same larger process')
    expect(next({ rounds: settled }, time, { ...search, mostSize: 15 })).toBe('open 8 at 818')
    expect(next({ rounds: settled }, time, { ...search, probes: ['same'] })).toBe('open 8 at 818')
  })

  it('are left out where the next larger size fails, which names the limit', () => {
    const failing = makeSizeRounds({ 2: 200, 4: 400, 8: 800, 9: [400, 2, 500] })
    expect(next({ rounds: failing })).toBe('open 8 at 818')
    // That it takes longer does not.
    const slow = { ...search, objective: parseObjective('p50<1ms') }
    expect(next({ rounds: failing }, time, slow)).toBe('probe 8: same larger process')
  })

  it('end with a client that is the limit', () => {
    const busy = makeSizeRounds({ 2: 200, 4: 400, 8: 800, 9: 800 }, { clientBusy: 0.95 })
    // What the rate would have taken goes to whether it is the client.
    expect(next({ rounds: busy }, { ...time, probing: true })).toBe('probe 8: same larger process')
    expect(next({ rounds: busy }, { ...time, probing: true, ending: true })).toBe('done')
    expect(next({ rounds: busy, probes: probes(4) })).toBe('open 8 at 818')
  })
})

describe('what a closed loop is expected to carry at a rate', () => {
  const guessOf = (rounds: readonly SizeRound[], seen: readonly ProbeRound[] = []) => {
    return rateOptionsFor(search, bestOf(rounds), { rounds, probes: seen }).search.guess
  }

  it('is its throughput, known to 2 % at best', () => {
    expect(guessOf(settled)).toEqual({
      ...{ perSecond: expect.closeTo(800, 6), low: expect.closeTo(784, 6), high: expect.closeTo(816, 6) },
    })
  })

  it('is known as well as its blocks agree, and those of the probes', () => {
    const rounds = makeSizeRounds({ 4: 400, 8: 800 }, { wobble: 0.1 })
    // Logarithms ±0.1 about the middle, four of them.
    const half = 2 * Math.sqrt((4 * 0.01) / 3 / 4)
    const { perSecond, low, high } = guessOf(rounds)
    expect([low / perSecond, high / perSecond]).toEqual([expect.closeTo(1 - half, 9), expect.closeTo(1 + half, 9)])
    // Two blocks of 800 and four probes of 900: their mean, and only those of the setting as it is.
    const mixed = guessOf(makeSizeRounds({ 4: 400, 8: 800 }, { rounds: 1 }), [
      ...probes(4, 900).map((round) => round.map((one) => (one.kind === 'same' ? one : { ...one, perSecond: 1_500 }))),
    ])
    const middle = (2 * Math.log(800) + 4 * Math.log(900)) / 6
    expect(mixed.perSecond).toBeCloseTo(Math.exp(middle), 6)
    const squares = 2 * (Math.log(800) - middle) ** 2 + 4 * (Math.log(900) - middle) ** 2
    expect(mixed.high / mixed.perSecond).toBeCloseTo(1 + 2 * Math.sqrt(squares / 5 / 6), 9)
  })

  it('is what was let through by who refuses the rest, to a tenth, and a quarter of it is the least to try', () => {
    const refusing = makeSizeRounds({ 4: [400, 2, 500], 8: [800, 2, 700] })
    const { search: where, mostSeconds } = rateOptionsFor(search, bestOf(refusing, 4), { rounds: refusing, probes: [] })
    expect(mostSeconds).toBe(10)
    expect(where).toEqual({
      guess: { perSecond: 600, low: expect.closeTo(540, 9), high: expect.closeTo(660, 9) },
      ...{ lowestRatePerSecond: 150, highestRatePerSecond: 100_000 },
    })
    expect(rateOptionsFor(search, bestOf(settled), { rounds: settled, probes: [] }).search.lowestRatePerSecond).toBe(
      0.01,
    )
  })
})

it('blocks are grouped by their setting at one rate, and by their rate at one setting', () => {
  const open = (size: number, ratePerSecond: number) =>
    ({ setting: makeSetting(space, {}, { size, order: 0 }), block: { ratePerSecond } }) as unknown as OpenResult
  const all = [open(8, 100), open(4, 100), open(8, 200), open(8, 100)]
  const bySetting = groupBySetting(all, 100).map(({ setting, blocks }) => [setting.size, blocks.length])
  expect(bySetting).toEqual([
    [8, 2],
    [4, 1],
  ])
  const byRate = groupByRate(all, makeSetting(space, {}, { size: 8, order: 0 }))
  expect(byRate.map(({ ratePerSecond, blocks }) => [ratePerSecond, blocks.length])).toEqual([
    [100, 2],
    [200, 1],
  ])
})
