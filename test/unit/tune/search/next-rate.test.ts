import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextCapacityRate, nextCapacityStep } from '../../../../src/tune/search/next-rate.ts'
import { bracketCapacity, isNarrow, type JudgedRate, readEstimate } from '../../../../src/tune/search/rate-ends.ts'

const around = (perSecond: number, half = 0.01) => ({
  perSecond,
  low: perSecond * (1 - half),
  high: perSecond * (1 + half),
})
const held = (ratePerSecond: number): JudgedRate => ({ ratePerSecond, outcome: 'held', cause: undefined })
const tooMuch = (ratePerSecond: number, carried: number, half = 0.002): JudgedRate => {
  const seconds = 4_000 / carried
  const counted = { seconds, variance: seconds * ((half * carried) / 1.96) ** 2, degrees: 1_000 }
  return { ratePerSecond, outcome: 'failed', cause: 'drift', capacity: { ...around(carried, half), ...counted } }
}
const undecided = (ratePerSecond: number): JudgedRate => ({ ratePerSecond, outcome: 'undecided', cause: undefined })
const missed = (ratePerSecond: number): JudgedRate => ({ ratePerSecond, outcome: 'failed', cause: 'objective' })
const late = (ratePerSecond: number): JudgedRate => ({ ratePerSecond, outcome: 'late', cause: 'drift' })
/** What was carried while that came of it. */
const carrying = (trial: JudgedRate, carried: number, half = 0.002): JudgedRate => {
  return { ...trial, capacity: tooMuch(trial.ratePerSecond, carried, half).capacity }
}

function search(capacity: number, guess: number) {
  const trials: JudgedRate[] = []
  for (;;) {
    const rate = nextCapacityRate(trials, { guess: around(guess) })
    if (rate === undefined) return { trials, ...bracketCapacity(trials, around(guess)) }
    trials.push(rate <= capacity ? held(rate) : tooMuch(rate, capacity))
  }
}

describe('bracketCapacity', () => {
  it.each<[string, readonly JudgedRate[], ReturnType<typeof bracketCapacity>]>([
    ['nothing tried', [], { held: undefined, failed: undefined }],
    ['adjacent ends', [held(90), held(97), tooMuch(103, 100), tooMuch(120, 100)], { held: 97, failed: 103 }],
    ['what is undecided is no end', [held(90), undecided(99), tooMuch(103, 100)], { held: 90, failed: 103 }],
    ['what held above a failure was luck', [held(90), tooMuch(103, 100), held(110)], { held: 90, failed: 103 }],
    ['so was what held above what is carried', [held(90), held(101), tooMuch(103, 100)], { held: 90, failed: 103 }],
    ['and what failed below it', [held(90), tooMuch(95, 102, 0.05), tooMuch(104, 100)], { held: 90, failed: 104 }],
    [
      'or within what may be carried',
      [held(90), tooMuch(101, 100, 0.02), tooMuch(104, 100, 0.02)],
      { held: 90, failed: 104 },
    ],
    ['an objective may be missed long before', [held(50), missed(60), tooMuch(104, 100)], { held: 50, failed: 60 }],
    ['and what held above that was luck', [held(50), missed(60), held(70)], { held: 50, failed: 60 }],
    ['a late generator ends what can be tried', [held(90), late(120), held(130)], { held: 90, failed: 120 }],
    // 1.15 times as wide as one trial says.
    [
      'what was chosen to be at the limit is within it',
      [held(98.9), tooMuch(103, 100, 0.01)],
      { held: 98.9, failed: 103 },
    ],
  ])('%s', (_, trials, bracket) => expect(bracketCapacity(trials)).toEqual(bracket))

  it('takes the closed loop’s word for what is carried where it agrees', () => {
    const trials = [held(98), tooMuch(103, 100, 0.05)]
    expect(bracketCapacity(trials).held).toBeUndefined()
    expect(bracketCapacity(trials, around(100, 0.015)).held).toBe(98)
    expect(bracketCapacity(trials, around(130, 0.015)).held).toBeUndefined()
  })
})

describe('readEstimate', () => {
  it('asks those that were too much, or meant to be, whatever came of them', () => {
    expect(readEstimate([tooMuch(103, 100)])?.perSecond).toBeCloseTo(100, 9)
    expect(readEstimate([carrying(undecided(103), 100)], around(101))?.perSecond).toBeCloseTo(100, 9)
    expect(readEstimate([carrying(missed(103), 100)], around(101))?.perSecond).toBeCloseTo(100, 9)
  })

  it('does not ask a rate that is not above what is expected, nor one that was sent late', () => {
    expect(readEstimate([carrying(missed(103), 100)])).toBeUndefined()
    expect(readEstimate([carrying(undecided(101), 100)], around(101))).toBeUndefined()
    expect(readEstimate([carrying(late(103), 100)], around(101))).toBeUndefined()
  })
})

describe('nextCapacityRate', () => {
  it('tries just above of what seems to be carried, then just below, and is done', () => {
    const { trials } = search(1_000, 1_003)
    expect(trials.map(({ ratePerSecond }) => Math.round(ratePerSecond))).toEqual([1_025, 978])
  })

  it('holds any capacity between its ends, within five per cent, in few trials, even where the guess is far off', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 40_000, noNaN: true }),
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        (capacity, off) => {
          const bracket = search(capacity, capacity * off)
          expect(bracket.held).toBeLessThanOrEqual(capacity)
          expect(bracket.failed).toBeGreaterThan(capacity)
          expect((bracket.failed ?? 0) / (bracket.held ?? 1)).toBeLessThanOrEqual(1.05)
          expect(bracket.trials.length).toBeLessThanOrEqual(14)
        },
      ),
    )
  })

  it('is no nearer to what seems to be carried than that is known', () => {
    const next = nextCapacityRate([tooMuch(110, 100, 0.04)], { guess: around(130, 0.01) }) ?? 0
    expect(next).toBeCloseTo(100 * (1 - 1.15 * 0.04), 9)
  })

  it('asks for one that holds where it cannot be told whether a rate fails', () => {
    const trials = [undecided(102.2), undecided(104.4)]
    expect(nextCapacityRate(trials, { guess: around(100) })).toBeLessThan(100)
  })

  it('bisects down to where an objective is met', () => {
    const trials = [tooMuch(102, 100), missed(97.8), missed(95), held(60)]
    const next = nextCapacityRate(trials, { guess: around(100) }) ?? 0
    expect(next).toBeGreaterThan(60)
    expect(next).toBeLessThan(95)
  })

  it.each([
    [100, 59.161],
    [71, 59.161],
    [70, 59.161],
    [50, 59.161],
    [49.5, 59.161],
    // Within the bracket it is where the capacity seems to be: first the end that is farther from it.
    [65, 65 * (1 - 0.022)],
    [55, 55 * (1 + 0.022)],
  ])('narrows 50 to 70 where %f is expected by %f', (expected, next) => {
    expect(nextCapacityRate([held(50), missed(70)], { guess: around(expected) })).toBeCloseTo(next, 2)
  })

  it('narrows a bracket no further than what is carried is known', () => {
    // 1.15 times as wide as one trial says.
    const error = 1.15 * 0.04
    const guess = around(150, 0.01)
    expect(nextCapacityRate([held(80), tooMuch(120, 100, 0.04)], { guess })).toBeCloseTo(100 * (1 - error), 9)
    expect(nextCapacityRate([held(85), tooMuch(130, 100, 0.04)], { guess })).toBeCloseTo(100 * (1 + error), 9)
  })

  it.each([
    ['above what held', [held(110)], 122],
    ['farther and farther below what missed the objective', [missed(80)], 78],
    ['half of what is expected', [missed(60)], 50],
    ['and no less than half', [missed(51)], 50],
    ['then half of that', [missed(50)], 25],
    ['and of that', [missed(20)], 12.5],
    ['nothing that is near to what was tried', [undecided(102)], 104.4],
    ['on above while one is undecided', [undecided(102.2)], 104.4],
    ['on above while a rate holds, however many are undecided', [held(90), undecided(102.2), undecided(104.4)], 108.8],
  ])('tries next, where 100 is expected: %s', (_, trials, next) => {
    expect(nextCapacityRate(trials, { guess: around(100) })).toBeCloseTo(next, 9)
  })

  it('goes on asking where one rate is undecided and another held by luck', () => {
    const trials = [held(103), carrying(undecided(102), 100)]
    expect(bracketCapacity(trials, around(100))).toEqual({ held: undefined, failed: undefined })
    expect(nextCapacityRate(trials, { guess: around(100) })).toBeGreaterThan(103)
  })

  it('stops at its bounds', () => {
    const guess = around(100)
    expect(nextCapacityRate([], { guess, highestRatePerSecond: 50 })).toBe(50)
    expect(nextCapacityRate([held(50)], { guess, highestRatePerSecond: 50 })).toBeUndefined()
    expect(nextCapacityRate([missed(26), missed(25)], { guess: around(25), lowestRatePerSecond: 25 })).toBeUndefined()
  })
})

describe('nextCapacityStep', () => {
  const wide = [held(93), tooMuch(107, 100, 0.06)]

  it('learns what is carried where it is offered more, while that keeps the ends apart', () => {
    expect(nextCapacityStep(wide, { guess: around(100, 0.1) })).toEqual({ ratePerSecond: 107, isLonger: true })
  })

  it('sets the ends by what is known when time is short, or that is enough', () => {
    expect(nextCapacityStep(wide, { guess: around(100, 0.1), isEnding: true })?.isLonger).not.toBe(true)
    const known = [held(93), tooMuch(107, 100, 0.015)]
    const next = nextCapacityStep(known, { guess: around(100, 0.1) })
    expect(next?.isLonger).toBe(false)
    expect(Math.abs((next?.ratePerSecond ?? 0) / 100 - 1)).toBeCloseTo(0.022, 3)
  })

  it('learns at the lowest rate that failed because it was more than is carried', () => {
    const others = [
      tooMuch(102, 100, 0.06),
      { ...tooMuch(106, 100), capacity: undefined },
      carrying(late(106.1), 100, 0.06),
      carrying(missed(106.2), 100, 0.06),
      carrying(undecided(106.3), 100, 0.06),
    ]
    const trials = [held(90), ...others, tooMuch(108, 100, 0.06), tooMuch(107, 100, 0.06)]
    expect(nextCapacityStep(trials, { guess: around(100, 0.1) })).toEqual({ ratePerSecond: 107, isLonger: true })
  })

  it('tries a new rate where no rate failed for that', () => {
    const trials = [held(80), missed(95), carrying(undecided(102), 100, 0.06)]
    expect(nextCapacityStep(trials, { guess: around(100, 0.1) })).toMatchObject({ isLonger: false })
  })

  it('looks for both ends before it learns', () => {
    const next = nextCapacityStep([tooMuch(107, 100, 0.06)], { guess: around(100, 0.1) })
    expect(next?.isLonger).toBe(false)
    expect(next?.ratePerSecond).toBeLessThan(100)
  })

  it('learns nothing more of what is carried where an objective sets the end', () => {
    const trials = [held(80), missed(90), undecided(84.85), tooMuch(102, 100, 0.015)]
    expect(bracketCapacity(trials, around(100, 0.1))).toEqual({ held: 80, failed: 90 })
    expect(nextCapacityStep(trials, { guess: around(100, 0.1) })?.isLonger).not.toBe(true)
  })

  it('learns more of what is carried where every rate that is left was tried, and luck keeps the ends apart', () => {
    const lucky = [held(96.8), held(98), held(100.2), held(101.1), tooMuch(103.6, 99, 0.0166)]
    const asked = { guess: around(99, 0.02) }
    expect(bracketCapacity(lucky, asked.guess)).toEqual({ held: 96.8, failed: 103.6 })
    expect(nextCapacityRate(lucky, asked)).toBeUndefined()
    expect(nextCapacityStep(lucky, asked)).toEqual({ ratePerSecond: 103.6, isLonger: true })
    expect(nextCapacityStep(lucky, { ...asked, isEnding: true })).toBeUndefined()
    // By then more would not move the ends.
    const known = [...lucky.slice(0, 4), tooMuch(103.6, 99, 0.005)]
    expect(nextCapacityStep(known, asked)?.isLonger).not.toBe(true)
  })

  it('learns until the ends that are set would not be moved by what is learnt from them', () => {
    const known = (error: number) => {
      return nextCapacityStep([held(93), tooMuch(107, 100, error / 1.15)], { guess: around(150, 0.01) })?.isLonger
    }
    expect(known(0.022)).toBe(true)
    expect(known(0.0205)).toBe(false)
  })

  it('counts what was carried above the guess, whatever came of it', () => {
    const undecidedAbove = { ...tooMuch(102, 100, 0.01), outcome: 'undecided' as const, cause: undefined }
    const trials = [held(97), undecidedAbove, tooMuch(104, 98, 0.01)]
    expect(bracketCapacity(trials, around(101, 0.03)).held).toBe(97)
    expect(bracketCapacity([held(97), tooMuch(104, 98, 0.02)], around(200)).held).toBeUndefined()
  })
})

describe('isNarrow', () => {
  it('takes ten per cent for an answer, and no more', () => {
    expect(isNarrow({ held: 100, failed: 109 })).toBe(true)
    expect(isNarrow({ held: 100, failed: 111 })).toBe(false)
    expect(isNarrow({ held: undefined, failed: 111 })).toBe(false)
    expect(isNarrow({ held: 100, failed: undefined })).toBe(false)
  })
})
