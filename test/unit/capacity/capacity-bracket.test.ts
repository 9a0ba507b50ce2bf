import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bracketCapacity,
  isNarrow,
  type JudgedRate,
  nextCapacityRate,
  nextCapacityStep,
} from '../../../src/capacity/capacity-bracket.ts'

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
  ])('%s', (_, trials, bracket) => expect(bracketCapacity(trials)).toEqual(bracket))

  it('takes the closed loop’s word for what is carried where it agrees', () => {
    const trials = [held(98), tooMuch(103, 100, 0.05)]
    expect(bracketCapacity(trials).held).toBeUndefined()
    expect(bracketCapacity(trials, around(100, 0.015)).held).toBe(98)
    expect(bracketCapacity(trials, around(130, 0.015)).held).toBeUndefined()
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
  })
})
