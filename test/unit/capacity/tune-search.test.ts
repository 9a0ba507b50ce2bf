import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseObjective } from '../../../src/capacity/objective.ts'
import { judgeTrial, type OpenBlock } from '../../../src/capacity/rate-trial.ts'
import { sizeSearchDefaults } from '../../../src/capacity/size-search.ts'
import { concludeTuning, nextTuneStep, type TuneHistory, type TuneSearch } from '../../../src/capacity/tune-search.ts'

const space = { sizeName: 'connections', sizes: { kind: 'range', smallest: 1, largest: 64 }, others: {} } as const
const objective = parseObjective('errors<0.1%')
const search: TuneSearch = { ...sizeSearchDefaults, space, objective, highestRatePerSecond: 100_000 }
interface Target {
  readonly perSecond: (size: number) => number
  readonly busy?: number
  readonly generatorPerSecond?: number
}

/** Runs the search against a target without noise. */
function tune(target: Target, asked: Partial<TuneSearch> = {}, { mostSteps = 500, sizingSteps = 500 } = {}) {
  const full = { ...search, ...asked }
  const history = { rounds: [] as TuneHistory['rounds'][number][], open: [] as TuneHistory['open'][number][] }
  for (let steps = 0; steps < mostSteps; steps++) {
    const step = nextTuneStep(full, history, { sizing: steps >= sizingSteps })
    if (step.kind === 'done') return { ...concludeTuning(full, history), steps, history }
    if (step.kind === 'round') {
      history.rounds.push(
        step.settings.map((setting) => ({
          setting,
          perSecond: target.perSecond(setting.size),
          tallies: [{ broken: 0, of: 100 }],
          eventLoopUtilization: target.busy ?? 0.2,
        })),
      )
    } else history.open.push({ setting: step.setting, block: openBlock(target, step.setting.size, step.ratePerSecond) })
  }
  throw new Error('the search does not end')
}

function openBlock(target: Target, size: number, ratePerSecond: number): OpenBlock {
  const most = target.generatorPerSecond ?? Number.POSITIVE_INFINITY
  const achievedPerSecond = Math.min(ratePerSecond, target.perSecond(size), most)
  return { ratePerSecond, achievedPerSecond, tallies: [{ broken: 0, of: 100 }], isSentLate: ratePerSecond > most }
}

const workers = (count: number) => ({ perSecond: (size: number) => Math.min(size, count) * 50 })

describe('a tuning without a rate', () => {
  it('recommends the smallest size of the plateau and brackets the highest rate', () => {
    const { state, setting, highest } = tune(workers(8))
    expect({ state, id: setting?.id }).toEqual({ state: 'recommended', id: 'connections=8' })
    expect(highest?.achieved).toBeLessThanOrEqual(400)
    expect(highest?.failed).toBeGreaterThan(400)
    expect((highest?.failed ?? 0) / (highest?.held ?? 1)).toBeLessThanOrEqual(1.05)
  })

  it('finds any number of workers within the finest ratio', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (count) => {
        const { setting } = tune(workers(count))
        expect(setting?.size).toBeGreaterThanOrEqual(Math.floor(count * 0.97))
        expect(setting?.size).toBeLessThanOrEqual(Math.ceil(count * 1.25))
      }),
      { numRuns: 64 },
    )
  })

  it('judges what it has begun, and answers with what it knows, whenever the time for sizes ends', () => {
    for (let sizingSteps = 3; sizingSteps < 12; sizingSteps++) {
      const { state, setting, tried } = tune(workers(11), {}, { sizingSteps })
      expect(['recommended', 'likely']).toContain(state)
      expect(setting?.size).toBeGreaterThanOrEqual(8)
      expect(Math.min(...tried.map(({ rounds }) => rounds))).toBeGreaterThanOrEqual(3)
    }
  })

  it('refuses when the client was the limit', () => {
    expect(tune({ ...workers(8), busy: 0.97 })).toMatchObject({ state: 'refused', highest: undefined })
  })

  it('takes no rate for failed at which the generator was late', () => {
    const { highest } = tune({ ...workers(8), generatorPerSecond: 370 })
    expect(highest?.failed).toBeUndefined()
    expect(highest?.lateFrom).toBeGreaterThan(370)
  })

  it('goes no further than the cap', () => {
    const { highest } = tune(workers(8), { highestRatePerSecond: 200 })
    expect(highest).toMatchObject({ held: 200, failed: undefined })
  })

  it('stops where it is when time is up, and says what it knows', () => {
    expect(nextTuneStep(search, { rounds: [], open: [] }, { sizing: true })).toEqual({ kind: 'done' })
    expect(concludeTuning(search, { rounds: [], open: [] })).toMatchObject({ state: 'nothing measured', tried: [] })
  })
})

describe('a tuning for a rate', () => {
  it('finds the fewest connections that hold it, wherever it begins', () => {
    for (const firstSize of [undefined, 1, 5, 64, 500]) {
      const { state, setting } = tune(workers(64), { ratePerSecond: 490, firstSize })
      expect({ state, size: setting?.size }).toEqual({ state: 'recommended', size: 10 })
    }
  })

  it('says none when no size holds it', () => {
    expect(tune(workers(4), { ratePerSecond: 490 })).toMatchObject({ state: 'none', setting: undefined })
  })

  it('refuses when the generator cannot send it', () => {
    const conclusion = tune({ ...workers(64), generatorPerSecond: 300 }, { ratePerSecond: 490 })
    expect(conclusion).toMatchObject({ state: 'refused', setting: undefined })
  })

  it('prefers the plainer of two settings of one size', () => {
    const conclusion = tune(workers(64), { ratePerSecond: 490, space: { ...space, others: { pipelining: [1, 2] } } })
    expect(conclusion.setting?.id).toBe('connections=10 pipelining=1')
  })
})

describe('judgeTrial', () => {
  const block = (achievedPerSecond: number, broken = 0, isSentLate = false): OpenBlock => {
    return { ratePerSecond: 100, achievedPerSecond, tallies: [{ broken, of: 100 }], isSentLate }
  }
  it.each([
    ['one block says nothing yet', [block(100)], undefined],
    ['two in a row do', [block(100), block(98)], 'held'],
    ['a rate that is not kept up fails', [block(90), block(96)], 'failed'],
    ['as does a broken objective', [block(100, 5), block(100, 5)], 'failed'],
    ['opposite blocks want more', [block(100), block(90)], undefined],
    ['the majority of seven decides', [100, 90, 100, 90, 100, 90, 90].map((rate) => block(rate)), 'failed'],
    ['what failed while it was sent late is not the target’s', [block(90, 0, true), block(90, 0, true)], 'late'],
  ])('%s', (_, blocks, outcome) => expect(judgeTrial(objective, blocks)).toBe(outcome))
})
