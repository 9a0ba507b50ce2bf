import { expect, test } from 'vitest'
import { makeRandom } from '../../../src/plan/random.ts'
import type { Round } from '../../../src/statistics/contrast.ts'
import { adjustForSpeed } from '../../../src/statistics/speed-control.ts'

type Pair = readonly [number, number]

function makeRound(effect: number, speed: { baseline: Pair; contender: Pair }, sensitivity: number): Round {
  const values = (control: Pair, gain: number) => control.map((log) => Math.exp(log * sensitivity + gain))
  return {
    generation: 0,
    baseline: values(speed.baseline, 0),
    contender: values(speed.contender, effect),
    speedControl: { baseline: speed.baseline.map(Math.exp), contender: speed.contender.map(Math.exp) },
  }
}

const random = makeRandom(7)
const noise = (): Pair => [random() * 0.2, random() * 0.2]
const rounds = Array.from({ length: 8 }, () => makeRound(0.5, { baseline: noise(), contender: noise() }, 0.8))

test('noise that the control explains wholly is taken out, and the effect stays whole', () => {
  const adjusted = adjustForSpeed(rounds)
  expect(adjusted).toMatchObject({ used: true, slope: expect.closeTo(0.8, 9), explained: expect.closeTo(1, 9) })
  for (const { difference } of adjusted.rounds) expect(difference).toBeCloseTo(0.5, 9)
})

test('swapping the arms turns the adjusted differences round, nothing else', () => {
  const swap = <T>(values: { baseline: T; contender: T }) => ({
    baseline: values.contender,
    contender: values.baseline,
  })
  const swapped = rounds.map((round) => ({
    ...round,
    ...swap(round),
    speedControl: round.speedControl && swap(round.speedControl),
  }))
  const there = adjustForSpeed(rounds).rounds.map(({ difference }) => difference)
  const back = adjustForSpeed(swapped).rounds.map(({ difference }) => -difference)
  for (const [i, value] of there.entries()) expect(back[i]).toBeCloseTo(value, 12)
})

test('a control that explains nothing is left alone', () => {
  const idle = rounds.map((round) => ({
    ...round,
    speedControl: { baseline: noise().map(Math.exp), contender: noise().map(Math.exp) },
  }))
  const left = adjustForSpeed(idle)
  expect(left.used).toBe(false)
  expect(left.rounds).toEqual(adjustForSpeed(idle.map((round) => ({ ...round, speedControl: undefined }))).rounds)
})

test.each([
  { why: 'there is none', speedControl: undefined },
  { why: 'it never changes', speedControl: { baseline: [5, 5], contender: [5, 5] } },
  { why: 'it is not a time', speedControl: { baseline: [5, 0], contender: [5, 5] } },
])('the control is not used when $why', ({ speedControl }) => {
  expect(adjustForSpeed(rounds.map((round) => ({ ...round, speedControl })))).toMatchObject({ used: false })
})

test('one round without its control leaves all rounds as they are', () => {
  const [first, ...others] = rounds
  const partly = [{ ...(first as Round), speedControl: undefined }, ...others]
  expect(adjustForSpeed(partly)).toMatchObject({ used: false, slope: undefined })
})

test('an arm with another number of blocks than two says nothing about the slope', () => {
  const longer = rounds.map((round) => ({ ...round, baseline: [50, 60, ...round.baseline] }))
  const shorter = rounds.map((round) => ({
    ...round,
    speedControl: round.speedControl && { ...round.speedControl, baseline: [5] },
  }))
  // Half as many pairs: twice as many rounds.
  expect(adjustForSpeed([...longer, ...longer]).slope).toBeCloseTo(0.8, 9)
  expect(adjustForSpeed([...shorter, ...shorter]).slope).toBeCloseTo(0.8, 9)
})

/** Rounds of two pairs each, in which the control explains exactly this share of the variance within arms. */
function makeExplained(share: number, count: number): Round[] {
  const [common, own] = [Math.sqrt(share), Math.sqrt(1 - share)]
  return Array.from({ length: count }, (_, index) => {
    const other = index % 2 === 0 ? own : -own
    return {
      ...{ generation: 0, baseline: [Math.exp(common + other), 1], contender: [Math.exp(other - common), 1] },
      speedControl: { baseline: [Math.E, 1], contender: [1 / Math.E, 1] },
    }
  })
}

test.each([
  // 16 pairs: t reaches 3 at 9 / (9 + 15) of the variance.
  { share: 0.36, rounds: 8, used: false, t: 'below 3' },
  { share: 0.39, rounds: 8, used: true, t: 'above 3' },
  // 256 pairs: t is above 3 in both.
  { share: 0.045, rounds: 128, used: false, t: 'above 3' },
  { share: 0.055, rounds: 128, used: true, t: 'above 3' },
])('a share of $share in $rounds rounds, t $t: used $used', ({ share, rounds: count, used }) => {
  expect(adjustForSpeed(makeExplained(share, count))).toMatchObject({ used, explained: expect.closeTo(share, 9) })
})

test('a figure that never changes within an arm has nothing to explain', () => {
  const constant = rounds.map((round) => ({ ...round, baseline: [5, 5], contender: [6, 6] }))
  expect(adjustForSpeed(constant)).toMatchObject({ used: false, slope: undefined, explained: undefined })
})

test('few rounds may lie on a line by chance: the control is not used', () => {
  expect(adjustForSpeed(rounds.slice(0, 6)).used).toBe(true)
  for (const count of [1, 2, 5]) expect(adjustForSpeed(rounds.slice(0, count)).used).toBe(false)
})
