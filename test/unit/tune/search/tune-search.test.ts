import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concludeTuning } from '../../../../src/tune/search/conclude-tuning.ts'
import type { ProbeKind, ProbeResult } from '../../../../src/tune/search/limit-probe.ts'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import type { OpenBlock } from '../../../../src/tune/search/rate-trial.ts'
import { sizeSearchDefaults } from '../../../../src/tune/search/size-search.ts'
import { nextTuneStep, type TuneHistory, type TuneSearch } from '../../../../src/tune/search/tune-search.ts'

const space = { sizeName: 'connections', sizes: { kind: 'range', smallest: 1, largest: 64 }, others: {} } as const
const objective = parseObjective('errors<0.1%')
const search: TuneSearch = {
  ...{ ...sizeSearchDefaults, space, objective, highestRatePerSecond: 100_000, mostTrialSeconds: 10 },
  probes: ['same', 'larger', 'process'],
}

interface Target {
  /** Of one client process. */
  readonly perSecond: (size: number) => number
  /** Of two; the same as of one where left out. */
  readonly twice?: (size: number) => number
  readonly busy?: number
  readonly machineIdle?: number
  readonly generatorPerSecond?: number
  /** Share of failures at so many requests per second. */
  readonly errors?: (perSecond: number) => number
}

/** Runs the search against a target without noise. */
function tune(target: Target, asked: Partial<TuneSearch> = {}, { mostSteps = 500, sizingSteps = 500 } = {}) {
  const full = { ...search, ...asked }
  const history = {
    rounds: [] as TuneHistory['rounds'][number][],
    probes: [] as TuneHistory['probes'][number][],
    open: [] as TuneHistory['open'][number][],
  }
  for (let steps = 0; steps < mostSteps; steps++) {
    const step = nextTuneStep(full, history, {
      guessing: 2 * steps >= sizingSteps,
      sizing: steps >= sizingSteps,
      doubting: false,
      probing: false,
      ending: false,
    })
    switch (step.kind) {
      case 'done':
        return { ...concludeTuning(full, history), steps, history }
      case 'round':
        history.rounds.push(step.settings.map((setting) => ({ setting, ...measureRound(target, setting.size) })))
        break
      case 'probe':
        history.probes.push(step.kinds.map((kind) => measureProbe(target, step.setting.size, kind)))
        break
      case 'open': {
        const { setting, ratePerSecond } = step
        history.open.push({ setting, block: openBlock(target, setting.size, ratePerSecond) })
        break
      }
      default:
        throw new Error(step satisfies never)
    }
  }
  throw new Error('the search does not end')
}

function measureRound({ perSecond, busy = 0.2, errors }: Target, size: number) {
  const sent = perSecond(size)
  const share = errors?.(sent) ?? 0
  const tallies = [{ broken: Math.round(1_000 * share), of: 1_000 }]
  const good = sent * (1 - share)
  return { perSecond: [good, good], succeeded: good, tallies, clientBusy: busy, seconds: 1 }
}

function measureProbe(target: Target, size: number, kind: ProbeKind): ProbeResult {
  const { perSecond, twice = perSecond, busy: clientBusy = 0.2, machineIdle = 0.5 } = target
  const by = {
    same: perSecond(size),
    larger: perSecond(2 * size),
    busier: perSecond(2 * size),
    process: twice(2 * size),
  }
  return { kind, perSecond: by[kind], p50Us: 1_000, succeeded: 100, failed: 0, clientBusy, machineIdle }
}

/** Twenty steps of a tenth of a second each, what is not carried is left behind. */
function openBlock({ perSecond, generatorPerSecond, errors }: Target, size: number, ratePerSecond: number): OpenBlock {
  const most = generatorPerSecond ?? Number.POSITIVE_INFINITY
  const carried = Math.min(ratePerSecond, perSecond(size), most)
  const share = errors?.(carried) ?? 0
  const fill = (value: number) => Array<number>(20).fill(value)
  const course = {
    ...{
      stepMs: 1_000,
      places: size,
      arrived: fill(ratePerSecond),
      usedMs: fill(size * 1_000 * (carried / perSecond(size))),
    },
    ...{ succeeded: fill(carried * (1 - share)), failed: fill(carried * share) },
  }
  const tallies = [{ broken: Math.round(20 * carried * share), of: Math.round(20 * carried) }]
  return { ratePerSecond, course, tallies, isClientLate: ratePerSecond > most }
}

const workers = (count: number) => ({ perSecond: (size: number) => Math.min(size, count) * 50 })

describe('a tuning without a rate', () => {
  it('recommends the smallest size of the plateau and brackets the highest rate within five per cent', () => {
    const { state, setting, highest } = tune(workers(8))
    expect({ state, id: setting?.id }).toEqual({ state: 'recommended', id: 'connections=8' })
    expect(highest?.held).toBeLessThanOrEqual(400)
    expect(highest?.failed).toBeGreaterThan(400)
    expect((highest?.failed ?? 0) / (highest?.held ?? 1)).toBeLessThanOrEqual(1.05)
    expect(highest?.estimate?.perSecond).toBeCloseTo(400, 6)
  })

  it('finds any number of workers within the finest ratio, and a bracket that holds what they carry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (count) => {
        const { setting, highest } = tune(workers(count))
        expect(setting?.size).toBeGreaterThanOrEqual(Math.floor(count * 0.97))
        expect(setting?.size).toBeLessThanOrEqual(Math.ceil(count * 1.25))
        const carried = Math.min(setting?.size ?? 0, count) * 50
        expect(highest?.held).toBeLessThanOrEqual(carried)
        expect(highest?.failed).toBeGreaterThan(carried)
      }),
      { numRuns: 64 },
    )
  })

  it('judges what it has begun, and answers with what it knows, whenever the time for sizes ends', () => {
    for (let sizingSteps = 3; sizingSteps < 12; sizingSteps++) {
      const { state, setting, tried } = tune(workers(11), {}, { sizingSteps })
      expect(['recommended', 'likely']).toContain(state)
      expect(setting?.size).toBeGreaterThanOrEqual(8)
      expect(setting?.size).toBeLessThanOrEqual(16)
      expect(tried.filter(({ rounds, standing }) => rounds < 2 && standing.state === 'unclear')).toEqual([])
    }
  })

  it('refuses when the client was the limit, also where the machine has no time for another', () => {
    const client = { ...workers(8), busy: 0.97, twice: (size: number) => size * 50 }
    expect(tune(client)).toMatchObject({ state: 'refused', highest: undefined })
    expect(tune({ ...workers(8), busy: 0.97, machineIdle: 0.02 })).toMatchObject({ state: 'refused' })
  })

  it('does not refuse a full client when another carries no more, and the machine has time for it', () => {
    const { state, setting } = tune({ ...workers(8), busy: 0.97, machineIdle: 0.4 })
    expect({ state, size: setting?.size }).toEqual({ state: 'recommended', size: 8 })
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

  it('does not crash when no size meets the objective, and says which is nearest', () => {
    const share = (perSecond: number) => 0.02 + perSecond / 100_000
    const { state, setting, nearest } = tune({ ...workers(8), errors: share })
    expect({ state, setting, nearest: nearest?.id }).toEqual({
      state: 'none',
      setting: undefined,
      nearest: 'connections=1',
    })
  })

  it('finds the rate of a limiter that every closed loop is too fast for, at the smallest size', () => {
    const limiter = {
      perSecond: (size: number) => size * 1_000,
      errors: (perSecond: number) => Math.max(0, 1 - 150 / perSecond),
    }
    const { state, setting, highest } = tune(limiter)
    expect({ state, id: setting?.id }).toEqual({ state: 'recommended', id: 'connections=1' })
    expect(highest?.held).toBeLessThanOrEqual(150)
    expect(highest?.failed).toBeGreaterThan(150)
    expect((highest?.failed ?? 0) / (highest?.held ?? 1)).toBeLessThanOrEqual(1.05)
  })

  it('tries no more than the target may get, also to find the limit', () => {
    const { history } = tune(workers(64), { mostSize: 64 })
    expect(history.probes).toEqual([])
  })

  it('stops where it is when time is up, and says what it knows', () => {
    const nothing = { rounds: [], probes: [], open: [] }
    expect(
      nextTuneStep(search, nothing, { guessing: true, sizing: true, doubting: true, probing: true, ending: true }),
    ).toEqual({
      kind: 'done',
    })
    expect(concludeTuning(search, nothing)).toMatchObject({ state: 'nothing measured', tried: [] })
  })

  it('never throws, whatever the sizes did', () => {
    const result = fc.record({ perSecond: fc.double({ min: 0, max: 5_000, noNaN: true }), broken: fc.nat(50) })
    const rounds = fc.array(fc.array(result, { minLength: 7, maxLength: 7 }), { maxLength: 6 })
    const given = parseObjective('p50<20ms,errors<0.1%')
    fc.assert(
      fc.property(rounds, fc.boolean(), (values, sizing) => {
        const sizes = [1, 2, 4, 8, 16, 32, 64]
        const setting = (size: number) => ({
          id: `connections=${size}`,
          params: { connections: size },
          size,
          line: '',
          order: 0,
        })
        const history = {
          rounds: values.map((round) =>
            round.map(({ perSecond, broken }, at) => {
              const tallies = [broken, broken].map((count) => ({ broken: count, of: 100 }))
              const seen = { perSecond: [perSecond, perSecond], succeeded: Math.round(perSecond), seconds: 0.5 }
              return { setting: setting(sizes[at] as number), ...seen, tallies, clientBusy: 0.3 }
            }),
          ),
          ...{ probes: [], open: [] },
        }
        const asked = { ...search, objective: given }
        nextTuneStep(asked, history, { guessing: sizing, sizing, doubting: false, probing: false, ending: false })
        concludeTuning(asked, history)
      }),
      { numRuns: 300 },
    )
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
