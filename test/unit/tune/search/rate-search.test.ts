import { describe, expect, it } from 'vitest'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import {
  carriedPerSecond,
  isWorthMore,
  nextRateStep,
  type RateBlocks,
  readHighestRate,
} from '../../../../src/tune/search/rate-search.ts'
import type { OpenBlock, Trial } from '../../../../src/tune/search/rate-trial.ts'

const objective = parseObjective('errors<1%')

type Open = { readonly perSecond?: number; readonly half?: number; readonly most?: number; readonly seconds?: number }

describe('isWorthMore', () => {
  const rate = { ratePerSecond: 1_000, mostSeconds: 20 }
  /** Undecided after so long: it grows by so much a second, give or take. */
  function open({ perSecond = 0, half = 5, most = perSecond + half, seconds = 4 }: Open = {}): Trial {
    const drift = {
      perSecond,
      low: perSecond - half,
      high: perSecond + half,
      atMost: most,
      seconds,
      capacity: undefined,
    }
    return { outcome: 'undecided', cause: undefined, broken: [], isMet: true, drift, seconds }
  }

  it.each<[string, Trial, boolean]>([
    ['what is decided', { ...open(), outcome: 'held' }, false],
    ['what has had its time', open({ seconds: 20 }), false],
    ['what has nearly', open({ seconds: 19.9 }), true],
    ['what was too short to tell', { ...open(), drift: undefined }, true],
    // 1 % of the rate, 10, is allowed: 30 above the middle comes within it in 9 times the time.
    ['what will be held in 36 s', open({ half: 30 }), true],
    ['what will be held in 40 s, twice the most', open({ half: Math.sqrt(1_000) }), true],
    ['what will be held in 41 s', open({ half: Math.sqrt(1_025) }), false],
    ['what has less to come within', open({ perSecond: 5, half: 15, most: 20 }), true],
    ['and what takes too long for it', open({ perSecond: 5, half: 99, most: 22 }), false],
    ['what will have failed in 36 s', open({ perSecond: 20, half: 60 }), true],
    ['what will have failed in 41 s', open({ perSecond: 20, half: 20 * Math.sqrt(10.25) }), false],
    ['what grows by just what is allowed, and is not told from nothing', open({ perSecond: 10, half: 40 }), false],
    ['what becomes less', open({ perSecond: -20, half: 60, most: 40 }), true],
    ['what becomes less, and is known badly', open({ perSecond: -20, half: 120 }), false],
    ['what too few have come for to be held', open({ most: -200 }), true],
    ['what is known not to grow, and may yet meet the objective', { ...open({ half: 99 }), isMet: false }, true],
  ])('%s: %#', (_, trial, expected) => expect(isWorthMore(trial, rate)).toBe(expected))
})

const fill = (value: number, steps = 20) => Array<number>(steps).fill(value)
/** Steps of a tenth of a second over four places: what comes and is not carried is left behind. */
function block(
  perSecond: number,
  { carried = perSecond, usedMs = 380, failing = 0, isClientLate = false, steps = 20 } = {},
) {
  const ends = { succeeded: fill(carried / 10 - failing, steps), failed: fill(failing, steps) }
  const course = { stepMs: 100, places: 4, arrived: fill(perSecond / 10, steps), ...ends, usedMs: fill(usedMs, steps) }
  const tallies = [{ broken: failing * steps, of: (perSecond * steps) / 10 }]
  return { ratePerSecond: perSecond, course, tallies, isClientLate } satisfies OpenBlock
}
const at = (ratePerSecond: number, ...blocks: OpenBlock[]): RateBlocks => ({ ratePerSecond, blocks })
const guess = { perSecond: 1_000, low: 980, high: 1_020 }
const full = (perSecond: number) => block(perSecond, { carried: 1_000, usedMs: 400 })

describe('nextRateStep', () => {
  const options = { search: { guess }, mostSeconds: 20 }

  it('tries just above what is expected, then just below, and ends', () => {
    const trials = [at(1_022, full(1_022)), at(978, block(978))]
    expect(nextRateStep(objective, options, [])).toEqual({ ratePerSecond: 1_022, secondsSoFar: 0 })
    expect(nextRateStep(objective, options, trials.slice(0, 1))).toEqual({ ratePerSecond: 978, secondsSoFar: 0 })
    expect(nextRateStep(objective, options, trials)).toBeUndefined()
  })

  it('goes on with a rate that is too slow to tell in so short a time', () => {
    // 20 of the 100 arrivals that it takes, with no sign of a backlog.
    const slow = { search: { guess: { perSecond: 11, low: 10.8, high: 11.2 } }, mostSeconds: 20 }
    const trials = [at(10, block(10, { usedMs: 350 }))]
    expect(nextRateStep(objective, slow, trials)).toEqual({ ratePerSecond: 10, secondsSoFar: 2 })
  })

  it('goes on with a rate at which more fail than may, and not clearly', () => {
    const few = block(500, { usedMs: 350 })
    const unlucky = { ...few, tallies: [{ broken: 11, of: 1_000 }] }
    expect(nextRateStep(objective, options, [at(500, unlucky)])).toEqual({ ratePerSecond: 500, secondsSoFar: 2 })
    const one = { ...few, tallies: [{ broken: 1, of: 99 }] }
    expect(nextRateStep(objective, options, [at(500, one)])).toEqual({ ratePerSecond: 500, secondsSoFar: 2 })
    expect(nextRateStep(objective, { ...options, mostSeconds: 2 }, [at(500, one)])?.ratePerSecond).not.toBe(500)
  })

  it('learns what is carried in pieces of at most eight seconds more', () => {
    // What is carried varies by a tenth from one step to the next: it takes long to be known.
    const uneven = (perSecond: number, steps: number) => {
      const all = full(perSecond)
      const arrived = fill(perSecond / 10, steps)
      const succeeded = arrived.map((_, step) => (step % 4 < 2 ? 60 : 140))
      return { ...all, course: { ...all.course, arrived, succeeded, failed: fill(0, steps), usedMs: fill(400, steps) } }
    }
    const wide = { search: { guess: { perSecond: 1_000, low: 800, high: 1_200 } }, mostSeconds: 2 }
    const next = (steps: number) => {
      return nextRateStep(objective, wide, [at(600, block(600)), at(1_500, uneven(1_500, steps))])
    }
    expect(next(40)).toEqual({ ratePerSecond: 1_500, secondsSoFar: 4 })
    expect(next(100)).toEqual({ ratePerSecond: 1_500, secondsSoFar: 8 })
  })
})

describe('readHighestRate', () => {
  it('says what was really carried at the highest rate that held, and what each came to', () => {
    const trials = [
      at(900, block(900)),
      at(978, block(978, { failing: 0.4 }), block(978, { steps: 30 })),
      at(1_022, full(1_022)),
    ]
    const { trials: outcomes, ...rest } = readHighestRate(objective, { guess }, trials)
    expect(rest).toEqual({
      ...{ held: 978, failed: 1_022, lateFrom: undefined },
      achieved: expect.closeTo((978 * 5 - 8) / 5, 6),
      estimate: { perSecond: 1_000, low: expect.any(Number), high: expect.any(Number) },
    })
    expect([...outcomes]).toEqual([
      [900, { outcome: 'held', cause: undefined }],
      [978, { outcome: 'held', cause: undefined }],
      [1_022, { outcome: 'failed', cause: 'drift' }],
    ])
  })

  it('knows nothing where nothing was tried', () => {
    expect(readHighestRate(objective, { guess }, [])).toEqual({
      ...{ held: undefined, failed: undefined, achieved: undefined, estimate: undefined, lateFrom: undefined },
      trials: new Map(),
    })
  })

  it('takes the lowest rate that was sent late for the end, and not for one that the target failed', () => {
    const late = (rate: number) => at(rate, { ...full(rate), isClientLate: true })
    const trials = [at(978, block(978)), late(1_200), late(1_100)]
    expect(readHighestRate(objective, { guess }, trials)).toMatchObject({
      held: 978,
      failed: undefined,
      lateFrom: 1_100,
    })
    const failedBelow = [at(978, block(978)), at(1_022, full(1_022)), late(1_100)]
    expect(readHighestRate(objective, { guess }, failedBelow)).toMatchObject({ failed: 1_022, lateFrom: 1_100 })
  })

  it('decides by what all rates tell what one leaves open', () => {
    // Steps that vary: by itself the lower rate could be either.
    const all = block(978, { usedMs: 300 })
    const varying = {
      ...all,
      course: { ...all.course, succeeded: all.course.arrived.map((each, step) => each + (step % 2 === 0 ? 20 : -20)) },
    }
    const alone = readHighestRate(objective, { guess }, [at(978, varying)])
    expect(alone.trials.get(978)?.outcome).toBe('undecided')
    const both = readHighestRate(objective, { guess }, [at(978, varying), at(1_022, full(1_022))])
    expect(both.trials.get(978)?.outcome).toBe('held')
  })
})

it('carriedPerSecond counts successes, and none in no time', () => {
  expect(carriedPerSecond([block(1_000, { failing: 10 }), block(500, { steps: 40 })])).toBeCloseTo(
    (1_800 + 2_000) / 6,
    9,
  )
  expect(carriedPerSecond([])).toBe(0)
})
