import { describe, expect, it } from 'vitest'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import { judgeTrial, type OpenBlock, settleTrial, type Trial } from '../../../../src/tune/search/rate-trial.ts'

const objective = parseObjective('errors<0.1%')
const fill = (value: number) => Array<number>(20).fill(value)

/** Two seconds at 200 per second, of which so many are left behind in each tenth. */
function block({ behind = 0, broken = 0, isClientLate = false, arrivals = 20 } = {}): OpenBlock {
  const ends = { succeeded: fill(arrivals - behind), failed: fill(0), usedMs: fill(400) }
  const course = { stepMs: 100, places: 4, arrived: fill(arrivals), ...ends }
  return { ratePerSecond: 10 * arrivals, course, tallies: [{ broken, of: 400 }], isClientLate }
}

describe('judgeTrial', () => {
  it.each([
    ['what is carried is held', [block()], 'held', undefined],
    ['a backlog that grows by a twentieth is failed', [block({ behind: 1 })], 'failed', 'drift'],
    ['there is no share of a rate that may be left behind', [block({ behind: 0.2 })], 'failed', 'drift'],
    ['too few arrivals show nothing', [block({ arrivals: 1 })], 'undecided', undefined],
    ['a block that is too short does not either', [], 'undecided', undefined],
    ['an objective that is clearly missed is failed', [block({ broken: 40 })], 'failed', 'objective'],
    ['some broken conditions may be chance', [block({ broken: 3 })], 'undecided', undefined],
    ['one failure of 400 is more than a tenth of a percent', [block({ broken: 1 })], 'undecided', undefined],
    ['and less of 1,200', [block({ broken: 1 }), block(), block()], 'held', undefined],
    [
      'in several blocks one after another they are not',
      [block({ broken: 3 }), block({ broken: 3 })],
      'failed',
      'objective',
    ],
    [
      'what failed while it was sent late is not the target’s',
      [block({ behind: 1, isClientLate: true })],
      'late',
      'drift',
    ],
    ['late and held all the same is held', [block({ isClientLate: true })], 'held', undefined],
  ])('%s', (_, blocks, outcome, cause) => {
    expect(judgeTrial(objective, blocks)).toMatchObject({ outcome, cause })
  })

  it('is late where most blocks were, and not where half of them were', () => {
    const [late, own] = [block({ behind: 1, isClientLate: true }), block({ behind: 1 })]
    expect(judgeTrial(objective, [late, own]).outcome).toBe('failed')
    expect(judgeTrial(objective, [late, own, late]).outcome).toBe('late')
  })

  it('is failed beyond what chance makes of what is allowed, which is much of many', () => {
    const many = (broken: number): OpenBlock => ({ ...block(), tallies: [{ broken, of: 100_000 }] })
    // 100 are allowed; of 130 up to 45 may be chance, of 160 up to 50.
    expect(judgeTrial(objective, [many(130)])).toMatchObject({ outcome: 'undecided', broken: objective })
    expect(judgeTrial(objective, [many(160)])).toMatchObject({ outcome: 'failed', cause: 'objective' })
    // One of two blocks is not each of several.
    expect(judgeTrial(objective, [block({ broken: 3 }), block()]).outcome).toBe('undecided')
  })

  it('is undecided between held and failed, until more blocks tell', () => {
    const noisy = block()
    const spread = [17, 23, 20, 16, 24].flatMap((count) => [count, count - 1, count + 1, count])
    const unclear = { ...noisy, course: { ...noisy.course, succeeded: spread } }
    expect(judgeTrial(objective, [unclear]).outcome).toBe('undecided')
    expect(judgeTrial(objective, [unclear, ...Array.from({ length: 9 }, () => block())]).outcome).toBe('held')
  })
})

describe('settleTrial', () => {
  const carried = { perSecond: 200, low: 197, high: 203 }
  const open = (perSecond: number, { half = 10, broken = false, isMet = true } = {}): Trial => {
    const drift = { perSecond, low: perSecond - half, high: perSecond + half, atMost: perSecond + half }
    const terms = broken ? objective : []
    return {
      ...{ outcome: 'undecided', cause: undefined, broken: terms, isMet: isMet && !broken, seconds: 4 },
      drift: { ...drift, seconds: 4, capacity: undefined },
    }
  }

  it.each<[string, Trial, number, Trial['outcome']]>([
    ['less than is carried is held', open(0), 196, 'held'],
    ['what may be carried is not', open(0), 199, 'undecided'],
    ['more than is carried is failed', open(5), 204, 'failed'],
    ['what may be more is not', open(5), 202, 'undecided'],
    ['its own blocks may speak against that it is held', open(9), 196, 'undecided'],
    ['or against that it fails', open(-1), 204, 'undecided'],
    ['so may a single failure of few', open(0, { isMet: false }), 196, 'undecided'],
    ['so may an objective', open(0, { broken: true }), 196, 'undecided'],
  ])('%s', (_, trial, rate, outcome) => expect(settleTrial(trial, rate, carried).outcome).toBe(outcome))

  it('says what a rate failed for that all of them decide', () => {
    expect(settleTrial(open(5), 203, carried)).toMatchObject({ outcome: 'failed', cause: 'drift' })
    expect(settleTrial(open(0), 197, carried)).toMatchObject({ outcome: 'held', cause: undefined })
  })

  it('does not take a backlog for what is beyond the capacity that grows far faster than that', () => {
    expect(settleTrial(open(60), 204, carried).outcome).toBe('undecided')
    expect(settleTrial(open(5, { broken: true }), 204, carried).outcome).toBe('undecided')
  })

  it('shows nothing with fewer than a hundred arrivals', () => {
    const slow = { perSecond: 30, low: 28, high: 32 }
    expect(settleTrial(open(0, { half: 0.1 }), 24, slow).outcome).toBe('undecided')
    expect(settleTrial(open(0, { half: 0.1 }), 25, slow).outcome).toBe('held')
    // 1 % of it may be left behind.
    expect(settleTrial(open(0.4, { half: 0.1 }), 25, slow).outcome).toBe('undecided')
  })

  it('leaves alone what its own blocks have decided', () => {
    const failed: Trial = { ...open(15), outcome: 'failed', cause: 'drift' }
    expect(settleTrial(failed, 150, carried)).toBe(failed)
  })
})
